package dev.pogo.process;

import dev.pogo.util.Nanos;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;

/**
 * The options of a {@link ProcessWorkers} for one pool, with all defaults resolved.
 *
 * @param pool the pool's name
 * @param maxWait the maximum time that a task waits for a worker
 * @param command the command to start
 * @param minWorkers the minimum number of workers
 * @param maxWorkers the maximum number of workers, at least 1
 * @param maxJobs the number of jobs that one worker runs
 * @param jobTimeout the maximum time of a job, null if unlimited
 * @param ipcTimeout the maximum time for which a request or response may be in transit
 * @param startTimeout the maximum time that a worker may take to say hello
 * @param scaleLatency the time for which tasks may have to wait
 * @param shmSize the size of the shared memory in bytes, 0 if there is none
 * @param maxFrame the maximum size of a body in bytes
 */
record ResolvedOptions(
        String pool,
        Duration maxWait,
        List<String> command,
        int minWorkers,
        int maxWorkers,
        int maxJobs,
        @Nullable Duration jobTimeout,
        Duration ipcTimeout,
        Duration startTimeout,
        Duration scaleLatency,
        long shmSize,
        long maxFrame) {
    /** Number of further bytes of a body for which {@code ipc_timeout} is granted again. */
    private static final long BYTES_PER_TIMEOUT = 1 << 20;

    /** Returns the maximum time in nanoseconds for which a body of that size may be in transit. */
    long nanosOnTheWay(long bytes) {
        return Nanos.times(Nanos.of(ipcTimeout), 1 + bytes / BYTES_PER_TIMEOUT);
    }
}
