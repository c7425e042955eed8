/** Slices of contenders in turn, with what this process and a Redis server spend on them. */
@NullMarked
package dev.pogo.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
