package dev.pogo.remote;

import dev.pogo.InvalidConfigException;
import dev.pogo.Pool;
import dev.pogo.PoolConfig;
import dev.pogo.Worker;
import dev.pogo.WorkerRequest;
import dev.pogo.WorkerResponse;
import dev.pogo.redis.Durations;
import dev.pogo.redis.RedisAddress;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;

/**
 * Runs the jobs of a pool on other machines, where {@link JobHost}s take them from a queue in
 * Redis. This is only their description: a runtime connects to Redis for each pool that has this as
 * its worker, and disconnects when it is closed.
 *
 * {@snippet file="dev/pogo/remote/RemoteExampleTest.java" region="workers"}
 *
 * <p>As JSON: {@code "worker": { "redis": "redis://10.0.0.5:6379", "queue": "render" }}, with the
 * names of the components below in lower case with underscores.
 *
 * <p>A job is run at most once. If the task is cancelled, a job that no host has claimed yet never
 * begins, and one that is running is cancelled; the task's permit is returned when it has ended.
 *
 * <p>Immutable; each {@code with} method returns a modified copy.
 *
 * @param redis the Redis server, 6.2 or newer
 * @param queue the queue that the hosts serve, not blank, without braces
 * @param claimTimeout how long a job may wait for a host that claims it, more than zero, after
 *     which its task fails with {@link dev.pogo.PoolSaturatedException}; null, the default, stands
 *     for the pool's {@code max_wait}
 * @param heartbeat the time within which callers and hosts show that they are alive, from 100 ms to
 *     1 minute; by default 1 second. It must be that of the hosts
 * @param maxPayload the maximum number of bytes in a request, from 1 KB to 512 MB; by default 1 MB
 */
public record RemoteWorkers(
        RedisAddress redis,
        String queue,
        @Nullable Duration claimTimeout,
        Duration heartbeat,
        long maxPayload)
        implements Worker {
    /**
     * Checks the values.
     *
     * @throws InvalidConfigException if one is out of its range
     */
    public RemoteWorkers {
        Objects.requireNonNull(redis, "redis");
        Checks.ensureQueue("RemoteWorkers", queue);
        if (claimTimeout != null && !claimTimeout.isPositive()) {
            throw Checks.invalid(
                    "RemoteWorkers",
                    "claim_timeout",
                    Durations.describe(claimTimeout),
                    "must be more than zero");
        }
        Checks.ensureHeartbeat("RemoteWorkers", heartbeat);
        Checks.ensurePayload("RemoteWorkers", maxPayload);
    }

    /**
     * Returns workers with the default limits.
     *
     * @param url the Redis server: {@code redis://HOST:PORT} or {@code rediss://HOST:PORT}, with
     *     {@code USER:PASSWORD@} before the host if it demands them
     * @param queue the queue that the hosts serve
     * @return the description
     * @throws InvalidConfigException if the URL or the name of the queue is invalid; the message
     *     does not contain the URL
     */
    public static RemoteWorkers redis(String url, String queue) {
        return new RemoteWorkers(
                Checks.address("RemoteWorkers", url),
                queue,
                null,
                Heartbeat.DEFAULT,
                Checks.DEFAULT_PAYLOAD);
    }

    /**
     * Returns whether a pool's jobs run on other machines, so that it has {@link #stats}.
     *
     * @param pool the pool, of a runtime that may be closed
     * @return whether its worker is of this kind
     */
    public static boolean isUsedBy(Pool pool) {
        return Objects.requireNonNull(pool, "pool").worker() instanceof RemotePool;
    }

    /**
     * Returns the current numbers of a pool whose jobs run on other machines.
     *
     * @param pool the pool
     * @return a snapshot
     * @throws IllegalArgumentException if the pool's worker is not of this kind
     */
    public static RemoteStats stats(Pool pool) {
        if (Objects.requireNonNull(pool, "pool").worker() instanceof RemotePool remote) {
            return remote.stats();
        }
        throw new IllegalArgumentException(
                "the jobs of pool " + pool.name() + " do not run on other machines");
    }

    /**
     * Returns a copy with another time that a job may wait for a host.
     *
     * @param d how long no host may claim the job
     * @return the copy
     * @throws InvalidConfigException if it is zero or negative
     */
    public RemoteWorkers withClaimTimeout(Duration d) {
        return new RemoteWorkers(
                redis, queue, Objects.requireNonNull(d, "d"), heartbeat, maxPayload);
    }

    /**
     * Returns a copy with another heartbeat.
     *
     * @param d the time within which callers and hosts show that they are alive
     * @return the copy
     * @throws InvalidConfigException if it is less than 100 ms or more than a minute
     */
    public RemoteWorkers withHeartbeat(Duration d) {
        return new RemoteWorkers(redis, queue, claimTimeout, d, maxPayload);
    }

    /**
     * Returns a copy with another maximum size of requests.
     *
     * @param bytes the number of bytes
     * @return the copy
     * @throws InvalidConfigException if it is less than 1 KB or more than 512 MB
     */
    public RemoteWorkers withMaxPayload(long bytes) {
        return new RemoteWorkers(redis, queue, claimTimeout, heartbeat, bytes);
    }

    /**
     * Connects a pool, for a runtime. If Redis cannot be reached, this succeeds all the same, and
     * jobs fail until it can be.
     *
     * @param pool the pool
     * @return the worker, which the runtime closes
     */
    @Override
    public Worker start(PoolConfig pool) {
        return new RemotePool(this, Objects.requireNonNull(pool, "pool"));
    }

    /**
     * Never runs a job: only the worker of a runtime does, see {@link #start}.
     *
     * @param request the job
     * @return nothing
     * @throws IllegalStateException always
     */
    @Override
    public WorkerResponse handle(WorkerRequest request) {
        throw new IllegalStateException(
                "this is the description of remote workers; a runtime starts them");
    }
}
