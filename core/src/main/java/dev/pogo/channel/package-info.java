/**
 * Communication between running tasks: {@link dev.pogo.channel.Channel channels}, {@link
 * dev.pogo.channel.Select} over several of them and tasks, and {@link dev.pogo.channel.WaitGroup
 * wait groups}. They work between any threads, and best between virtual threads.
 *
 * <p>Unless documented otherwise, a method rejects {@code null} with a {@link NullPointerException}
 * that names the parameter, and may be called by any thread. A timeout longer than about 146 years
 * is treated as that long.
 */
@NullMarked
package dev.pogo.channel;

import org.jspecify.annotations.NullMarked;
