package dev.pogo.process;

import java.util.List;
import java.util.Map;

/**
 * The numbers of a pool's worker processes at one moment.
 *
 * @param active how many of them run a job
 * @param total how many there are, those that are being started or ended among them
 * @param peak the highest total so far
 * @param waiting how many tasks have a permit and wait for a worker
 * @param restarts how many workers had to be replaced so far, by cause; causes that have not
 *     occurred are left out
 * @param jobs how many jobs have been answered, by all workers so far
 * @param workers the workers that are there now
 * @param shmTotal how many bytes of shared memory there are, 0 if none are configured
 * @param shmUsed how many of them hold requests at this moment, or are kept for answers
 * @param shmFragmented how many of them are free, but not in one piece with the largest free one
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
     * One worker process.
     *
     * @param pid its process id, 0 while it is being started
     * @param jobs how many jobs it has answered
     * @param busy whether it runs one now
     */
    public record WorkerStats(long pid, int jobs, boolean busy) {}
}
