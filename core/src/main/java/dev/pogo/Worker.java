package dev.pogo;

import java.util.Objects;

/**
 * Runs the jobs of a pool, usually somewhere else: it passes the request on and gives back the
 * answer. Tasks that are lambdas run in this process whatever the pool's worker.
 *
 * {@snippet file="dev/pogo/JobExampleTest.java" region="worker"}
 */
@FunctionalInterface
public interface Worker {
    /**
     * Runs a job. Called on the task's thread, which is interrupted if the task is cancelled; by
     * many threads at once.
     *
     * @param request the job's class and args
     * @return what became of it
     * @throws Exception if it could not be run; the task fails with this among its causes. Where
     *     the exception's message says it all, let it be a {@link WorkerException}
     */
    WorkerResponse handle(WorkerRequest request) throws Exception;

    /**
     * Called once by each runtime for each of its pools that has this worker, before the first job:
     * gives what is to run the jobs of this pool. A worker that has something to keep for a pool
     * (processes, connections) makes it here. If what it gives is another worker and is {@link
     * AutoCloseable}, the runtime closes it when it is closed itself, after the last job. To be
     * soon done: whoever starts the runtime waits for it.
     *
     * @param pool the pool
     * @return the worker of this pool; by default this one, which no runtime ever closes
     */
    default Worker start(PoolConfig pool) {
        Objects.requireNonNull(pool, "pool");
        return this;
    }
}
