/** What Pogo costs. */
@NullMarked
package dev.pogo.benchmarks;

import org.jspecify.annotations.NullMarked;
