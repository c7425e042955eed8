/** Which client library for Redis Pogo's modules use. */
@NullMarked
package dev.pogo.benchmarks.redis;

import org.jspecify.annotations.NullMarked;
