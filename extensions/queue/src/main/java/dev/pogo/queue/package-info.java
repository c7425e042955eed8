/**
 * Durable queues, delivered at least once: each delivery is a request of its own, in a scope whose
 * deadline is the visibility timeout.
 */
@NullMarked
package dev.pogo.queue;

import org.jspecify.annotations.NullMarked;
