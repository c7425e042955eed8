package dev.pogo;

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
     * @throws Exception if it could not be run; the task fails with this among its causes
     */
    WorkerResponse handle(WorkerRequest request) throws Exception;
}
