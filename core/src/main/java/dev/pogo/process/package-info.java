/**
 * Runs the jobs of a pool in other processes, which can be killed forcibly and be written in any
 * language. {@link dev.pogo.process.ProcessWorkers} describes them, and is given to a pool by the
 * directive {@code worker} or by {@link dev.pogo.PoolConfig#withWorker}. Requires Linux, with
 * {@code sh} and {@code setsid}.
 */
@NullMarked
package dev.pogo.process;

import org.jspecify.annotations.NullMarked;
