/** What a message of a queue costs, and a delivery. */
@NullMarked
package dev.pogo.benchmarks.queue;

import org.jspecify.annotations.NullMarked;
