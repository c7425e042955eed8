/** Threads, how they wait and for how long; independent of tasks and channels. */
@NullMarked
package dev.pogo.util;

import org.jspecify.annotations.NullMarked;
