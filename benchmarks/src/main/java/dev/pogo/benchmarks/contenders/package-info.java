/** Pogo and what one would use instead of it, each of them doing the same. */
@NullMarked
package dev.pogo.benchmarks.contenders;

import org.jspecify.annotations.NullMarked;
