/** Threads, what they wait by, and for how long; knows nothing of tasks and channels. */
@NullMarked
package dev.pogo.sync;

import org.jspecify.annotations.NullMarked;
