/** Runs the benchmarks, and makes a page of tables and a chart of what comes out. */
@NullMarked
package dev.pogo.benchmarks.report;

import org.jspecify.annotations.NullMarked;
