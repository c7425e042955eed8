package dev.pogo.remote;

import dev.pogo.InvalidConfigException;
import dev.pogo.PoolConfig;
import dev.pogo.redis.Durations;
import dev.pogo.redis.ProcessName;
import dev.pogo.redis.RedisAddress;

import java.time.Duration;
import java.util.Objects;

/**
 * What a {@link JobHost} needs besides its pools. As JSON, the section {@code host} at the top of
 * the file: {@code "host": { "redis": "redis://10.0.0.5:6379" }}, with the names of the components
 * below in lower case with underscores. Immutable; each {@code with} method returns a modified
 * copy.
 *
 * @param redis the Redis server, 6.2 or newer
 * @param name the name of the host in messages, 1 to 100 letters, digits, dots, hyphens and
 *     underscores; by default that of the machine. The process id and a random part are appended to
 *     it
 * @param heartbeat the time within which the host shows that it is alive, from 100 ms to 1 minute;
 *     by default 1 second. It must be that of the callers
 * @param maxPayload the maximum number of bytes in a request or an answer, from 1 KB to 512 MB; by
 *     default 1 MB
 * @param shutdownTimeout how long {@link JobHost#close()} lets jobs run, more than zero; by default
 *     30 seconds
 */
public record HostConfig(
        RedisAddress redis,
        String name,
        Duration heartbeat,
        long maxPayload,
        Duration shutdownTimeout) {
    static final Duration DEFAULT_SHUTDOWN = Duration.ofSeconds(30);
    static final String NO_NAME =
            "is not a name of 1 to 100 letters, digits, dots, hyphens and underscores";

    /**
     * Checks the values.
     *
     * @throws InvalidConfigException if one is out of its range
     */
    public HostConfig {
        Objects.requireNonNull(redis, "redis");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(shutdownTimeout, "shutdownTimeout");
        if (!isName(name)) {
            throw Checks.invalid("HostConfig", "name", '"' + name + '"', NO_NAME);
        }
        Checks.ensureHeartbeat("HostConfig", heartbeat);
        Checks.ensurePayload("HostConfig", maxPayload);
        if (!shutdownTimeout.isPositive()) {
            throw Checks.invalid(
                    "HostConfig",
                    "shutdown_timeout",
                    Durations.describe(shutdownTimeout),
                    "must be more than zero");
        }
    }

    static boolean isName(String name) {
        return name.matches("[\\w.-]{1,100}");
    }

    /**
     * Returns the configuration of a host with the default name and limits.
     *
     * @param url the Redis server, as {@link RemoteWorkers#redis} takes it
     * @return the configuration
     * @throws InvalidConfigException if the URL is invalid; the message does not contain it
     */
    public static HostConfig redis(String url) {
        return new HostConfig(
                Checks.address("HostConfig", url),
                ProcessName.machine(),
                Heartbeat.DEFAULT,
                Checks.DEFAULT_PAYLOAD,
                DEFAULT_SHUTDOWN);
    }

    /**
     * Returns a copy of a pool that serves a queue, like the directive {@code "serves"}.
     *
     * @param pool the pool in which the jobs run
     * @param queue the queue
     * @return the copy
     * @throws InvalidConfigException if the name of the queue is invalid
     */
    public static PoolConfig serving(PoolConfig pool, String queue) {
        Objects.requireNonNull(pool, "pool");
        Checks.ensureQueue("HostConfig", queue);
        return pool.withDirective(ServesReader.NAME, queue);
    }

    /**
     * Returns a copy with another name.
     *
     * @param name the name
     * @return the copy
     * @throws InvalidConfigException if it has other characters
     */
    public HostConfig withName(String name) {
        return new HostConfig(redis, name, heartbeat, maxPayload, shutdownTimeout);
    }

    /**
     * Returns a copy with another heartbeat.
     *
     * @param d the time within which the host shows that it is alive
     * @return the copy
     * @throws InvalidConfigException if it is less than 100 ms or more than a minute
     */
    public HostConfig withHeartbeat(Duration d) {
        return new HostConfig(redis, name, d, maxPayload, shutdownTimeout);
    }

    /**
     * Returns a copy with another maximum size of requests and answers.
     *
     * @param bytes the number of bytes
     * @return the copy
     * @throws InvalidConfigException if it is less than 1 KB or more than 512 MB
     */
    public HostConfig withMaxPayload(long bytes) {
        return new HostConfig(redis, name, heartbeat, bytes, shutdownTimeout);
    }

    /**
     * Returns a copy with another time for jobs to end when the host is closed.
     *
     * @param d how long they may run
     * @return the copy
     * @throws InvalidConfigException if it is zero or negative
     */
    public HostConfig withShutdownTimeout(Duration d) {
        return new HostConfig(redis, name, heartbeat, maxPayload, d);
    }
}
