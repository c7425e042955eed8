package dev.pogo.process;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;

/**
 * What a {@link ProcessWorkers} says, for one pool, with nothing left open.
 *
 * @param pool the pool's name
 * @param maxWait how long a task waits for a worker
 * @param command what is started
 * @param minWorkers how many workers there are at least
 * @param maxWorkers how many workers there are at most, at least 1
 * @param maxJobs how many jobs one runs
 * @param jobTimeout how long a job may take, null if for ever
 * @param ipcTimeout how long a request or an answer may be on its way
 * @param startTimeout how long a worker may take to say hello
 * @param scaleLatency how long tasks may have to wait
 * @param shmSize how many bytes of shared memory there are, 0 if none
 * @param maxFrame how many bytes a body may have
 */
record Settings(
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
    /** For how much more of a body {@code ipc_timeout} is granted again. */
    private static final long BYTES_PER_TIMEOUT = 1 << 20;

    /** How long a body may be on its way. */
    long nanosOnTheWay(long bytes) {
        return Nanos.times(Nanos.of(ipcTimeout), 1 + bytes / BYTES_PER_TIMEOUT);
    }
}
