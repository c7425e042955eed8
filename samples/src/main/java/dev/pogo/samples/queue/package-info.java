/** Queues in Redis from the terminal. */
@NullMarked
package dev.pogo.samples.queue;

import org.jspecify.annotations.NullMarked;
