package dev.pogo;

import java.util.Objects;

/**
 * Runs the jobs of a pool, usually somewhere else: it forwards the request and returns the
 * response. Tasks that are lambdas run in this process whatever the pool's worker.
 *
 * {@snippet file="dev/pogo/JobExampleTest.java" region="worker"}
 */
@FunctionalInterface
public interface Worker {
    /**
     * Runs a job. Called on the task's thread, which is interrupted if the task is cancelled. Many
     * threads may call this concurrently.
     *
     * @param request the job's class and args
     * @return the outcome of the job
     * @throws Exception if the job could not be run; the task fails with this exception among its
     *     causes. If the exception's message is sufficient by itself, throw a {@link
     *     WorkerException}
     */
    WorkerResponse handle(WorkerRequest request) throws Exception;

    /**
     * Returns the worker that is to run the jobs of the given pool. Each runtime calls this once
     * for each of its pools that has this worker, before the first job. A worker that keeps
     * something for a pool (processes, connections) creates it here. If another worker is returned
     * and it is {@link AutoCloseable}, the runtime closes it when the runtime itself is closed,
     * after the last job. This method should return quickly, because the thread that starts the
     * runtime waits for it.
     *
     * @param pool the pool
     * @return the worker of the pool; by default this one, which no runtime ever closes
     */
    default Worker start(PoolConfig pool) {
        Objects.requireNonNull(pool, "pool");
        return this;
    }
}
