/** What a job on another machine costs. */
@NullMarked
package dev.pogo.benchmarks.remote;

import org.jspecify.annotations.NullMarked;
