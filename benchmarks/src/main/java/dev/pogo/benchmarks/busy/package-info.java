/** What requests cost while many callers make them at once. */
@NullMarked
package dev.pogo.benchmarks.busy;

import org.jspecify.annotations.NullMarked;
