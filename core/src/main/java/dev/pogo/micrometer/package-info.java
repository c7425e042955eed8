/**
 * Metrics of Pogo's pools for Micrometer, which is an optional dependency: the rest of Pogo runs
 * without it.
 */
@NullMarked
package dev.pogo.micrometer;

import org.jspecify.annotations.NullMarked;
