/**
 * What tasks talk through while they run: {@link dev.pogo.channel.Channel channels}, {@link
 * dev.pogo.channel.Select} over several of them and tasks, and {@link dev.pogo.channel.WaitGroup
 * wait groups}. They work between any threads, and best between virtual ones.
 *
 * <p>Unless a method says otherwise, it refuses {@code null} with a {@link NullPointerException}
 * that names the parameter, and may be called by any thread. A timeout that is longer than about
 * 146 years counts as that long.
 */
@NullMarked
package dev.pogo.channel;

import org.jspecify.annotations.NullMarked;
