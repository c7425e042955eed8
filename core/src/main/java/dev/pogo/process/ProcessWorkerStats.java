package dev.pogo.process;

import java.util.List;
import java.util.Map;

/**
 * Statistics of a pool's worker processes at one moment.
 *
 * @param active number of workers running a job
 * @param total number of workers, including those that are being started or ended
 * @param peak the highest total so far
 * @param waiting number of tasks that have a permit and wait for a worker
 * @param restarts number of workers that had to be replaced so far, by cause; causes that have not
 *     occurred are left out
 * @param jobs number of jobs answered by all workers so far
 * @param workers the current workers
 * @param shmTotal bytes of shared memory, 0 if none are configured
 * @param shmUsed bytes of shared memory that hold requests at this moment or are reserved for
 *     answers
 * @param shmFragmented bytes of shared memory that are free, but not contiguous with the largest
 *     free block
 */
public record ProcessWorkerStats(
        int active,
        int total,
        int peak,
        int waiting,
        Map<RestartCause, Long> restarts,
        long jobs,
        List<WorkerStats> workers,
        long shmTotal,
        long shmUsed,
        long shmFragmented) {
    /** Makes the collections unmodifiable. */
    public ProcessWorkerStats {
        restarts = Map.copyOf(restarts);
        workers = List.copyOf(workers);
    }

    /**
     * Statistics of one worker process.
     *
     * @param pid its process id, 0 while it is being started
     * @param jobs number of jobs it has answered
     * @param busy whether it is running a job
     */
    public record WorkerStats(long pid, int jobs, boolean busy) {}
}
