package dev.pogo.queue;

import dev.pogo.InvalidConfigException;
import dev.pogo.PogoConfig;
import dev.pogo.redis.Durations;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Configuration of a {@link PogoQueue}. As JSON, the section "queue" at the top of the file, with
 * the names of the components below in lower case with underscores:
 *
 * <pre>{@code
 * { "queue": { "backend": { "redis": { "url": "redis://10.0.0.5:6379" } },
 *              "queues": ["mail"], "worker": "com.acme.SendMail", "pool": "mail", "concurrency": 8 },
 *   "jobs": ["com.acme.SendMail"], "pools": { "mail": { "num_threads": 8 } } }
 * }</pre>
 *
 * <p>Immutable; each {@code with} method returns a modified copy.
 *
 * @param backend where the messages are kept; by default {@link MemoryBackend#defaults()}
 * @param worker the job class that handles the deliveries; its args are a {@link Delivery}. It must
 *     be among {@link PogoConfig#jobs()}. Null, the default, if this process only pushes
 * @param pool the pool in which it runs; by default {@code default}
 * @param queues the names of the queues, at least one, each 1 to 100 characters without braces; by
 *     default {@code default}
 * @param concurrency how many deliveries of each queue this process runs at the same time, from 1,
 *     the default, to 100,000
 * @param maxPayloadBytes the maximum number of bytes in a payload, as JSON, from 1 to 512 MB; by
 *     default 1,048,576
 * @param visibilityTimeout the deadline of a delivery, from 10 ms to 10 years; by default 90
 *     seconds. What its consumer has not settled a tenth of it, and at least one second, later, is
 *     delivered again. It must be the same for all consumers of a queue
 * @param reserveTimeout how long one attempt to reserve a message waits, from 10 ms to 1 minute; by
 *     default 1 second
 * @param shutdownTimeout how long {@link PogoQueue#close()} lets deliveries run, more than zero; by
 *     default 30 seconds
 * @param maxAttempts after how many failed attempts a message becomes a dead letter, at least 1; by
 *     default 3
 * @param retryDelay the delay before the second attempt, at least 1 ms; by default 1 second. It
 *     doubles with each further one, and is shortened by up to a half at random
 * @param maxRetryDelay the maximum of this delay, not less than {@code retryDelay}; by default 5
 *     minutes
 */
public record QueueConfig(
        QueueBackend backend,
        @Nullable String worker,
        String pool,
        List<String> queues,
        int concurrency,
        int maxPayloadBytes,
        Duration visibilityTimeout,
        Duration reserveTimeout,
        Duration shutdownTimeout,
        int maxAttempts,
        Duration retryDelay,
        Duration maxRetryDelay) {
    private static final String SOURCE = "QueueConfig";
    static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(10);

    /** Closing waits for it. */
    static final Duration LONGEST_RESERVE = Duration.ofMinutes(1);

    static final int MOST_CONCURRENCY = 100_000;

    /** The longest value that Redis takes by default. */
    static final int LARGEST_PAYLOAD = 512 << 20;

    private static final QueueConfig DEFAULTS =
            new QueueConfig(
                    MemoryBackend.defaults(),
                    null,
                    PogoConfig.DEFAULT_POOL,
                    List.of("default"),
                    1,
                    1 << 20,
                    Duration.ofSeconds(90),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(30),
                    3,
                    Duration.ofSeconds(1),
                    Duration.ofMinutes(5));

    /**
     * Checks the values and copies the list.
     *
     * @throws InvalidConfigException if one is out of its range
     */
    public QueueConfig {
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(pool, "pool");
        queues = List.copyOf(queues);
        ensureQueues(queues);
        if (concurrency < 1 || concurrency > MOST_CONCURRENCY) {
            throw Checks.invalid(
                    SOURCE,
                    "concurrency",
                    Integer.toString(concurrency),
                    "is not from 1 to " + MOST_CONCURRENCY);
        }
        if (maxPayloadBytes < 1 || maxPayloadBytes > LARGEST_PAYLOAD) {
            throw Checks.invalid(
                    SOURCE,
                    "max_payload_bytes",
                    Integer.toString(maxPayloadBytes),
                    "is not from 1 to " + LARGEST_PAYLOAD);
        }
        ensureTimeout("visibility_timeout", visibilityTimeout, PushOptions.LONGEST, "10 years");
        ensureTimeout("reserve_timeout", reserveTimeout, LONGEST_RESERVE, "1 minute");
        Checks.ensurePositive(SOURCE, "shutdown_timeout", shutdownTimeout);
        Checks.ensurePositive(SOURCE, "max_attempts", maxAttempts);
        Checks.ensurePositive(SOURCE, "retry_delay", retryDelay);
        if (retryDelay.toMillis() < 1) {
            throw Checks.invalid(
                    SOURCE, "retry_delay", retryDelay.toNanos() + " ns", "is less than 1 ms");
        }
        Checks.ensurePositive(SOURCE, "max_retry_delay", maxRetryDelay);
        if (maxRetryDelay.compareTo(retryDelay) < 0) {
            throw Checks.invalid(
                    SOURCE,
                    "max_retry_delay",
                    Durations.describe(maxRetryDelay),
                    "is less than retry_delay, " + Durations.describe(retryDelay));
        }
    }

    private static void ensureQueues(List<String> queues) {
        if (queues.isEmpty()) {
            throw Checks.invalid(SOURCE, "queues", "[]", "is empty");
        }
        Set<String> seen = new HashSet<>();
        for (String queue : queues) {
            Checks.ensureName(SOURCE, "queues", queue);
            if (!seen.add(queue)) {
                throw Checks.invalid(SOURCE, "queues", '"' + queue + '"', "occurs twice");
            }
        }
    }

    private static void ensureTimeout(
            String path, Duration timeout, Duration most, String mostText) {
        if (timeout.compareTo(SHORTEST_TIMEOUT) < 0 || timeout.compareTo(most) > 0) {
            throw Checks.invalid(
                    SOURCE, path, Durations.describe(timeout), "is not from 10 ms to " + mostText);
        }
    }

    /**
     * Returns the configuration of one queue, {@code default}, in memory, without a worker.
     *
     * @return the configuration
     */
    public static QueueConfig defaults() {
        return DEFAULTS;
    }

    /**
     * Returns a copy with another backend.
     *
     * @param b where the messages are kept
     * @return the copy
     */
    public QueueConfig withBackend(QueueBackend b) {
        return copy(b, worker, pool, queues);
    }

    /**
     * Returns a copy with a worker.
     *
     * @param jobClass the name of the job class
     * @param inPool the pool in which it runs
     * @return the copy
     */
    public QueueConfig withWorker(String jobClass, String inPool) {
        return copy(backend, Objects.requireNonNull(jobClass, "jobClass"), inPool, queues);
    }

    /**
     * Returns a copy with other queues.
     *
     * @param names their names
     * @return the copy
     * @throws InvalidConfigException if there is none, one is not a name, or occurs twice
     */
    public QueueConfig withQueues(List<String> names) {
        return copy(backend, worker, pool, names);
    }

    private QueueConfig copy(
            QueueBackend b, @Nullable String jobClass, String inPool, List<String> names) {
        return new QueueConfig(
                b,
                jobClass,
                inPool,
                names,
                concurrency,
                maxPayloadBytes,
                visibilityTimeout,
                reserveTimeout,
                shutdownTimeout,
                maxAttempts,
                retryDelay,
                maxRetryDelay);
    }

    /**
     * Returns a copy with another number of deliveries at the same time.
     *
     * @param n the number for each queue
     * @return the copy
     * @throws InvalidConfigException if it is less than 1 or more than 100,000
     */
    public QueueConfig withConcurrency(int n) {
        return limits(n, maxPayloadBytes, maxAttempts);
    }

    /**
     * Returns a copy with another maximum size of payloads.
     *
     * @param bytes the number of bytes
     * @return the copy
     * @throws InvalidConfigException if it is less than 1 or more than 512 MB
     */
    public QueueConfig withMaxPayloadBytes(int bytes) {
        return limits(concurrency, bytes, maxAttempts);
    }

    /**
     * Returns a copy with another number of attempts.
     *
     * @param n after how many failed attempts a message becomes a dead letter
     * @return the copy
     * @throws InvalidConfigException if it is less than 1
     */
    public QueueConfig withMaxAttempts(int n) {
        return limits(concurrency, maxPayloadBytes, n);
    }

    private QueueConfig limits(int parallel, int bytes, int attempts) {
        return new QueueConfig(
                backend,
                worker,
                pool,
                queues,
                parallel,
                bytes,
                visibilityTimeout,
                reserveTimeout,
                shutdownTimeout,
                attempts,
                retryDelay,
                maxRetryDelay);
    }

    /**
     * Returns a copy with another deadline of deliveries.
     *
     * @param d the deadline
     * @return the copy
     * @throws InvalidConfigException if it is out of its range
     */
    public QueueConfig withVisibilityTimeout(Duration d) {
        return times(d, reserveTimeout, shutdownTimeout, retryDelay, maxRetryDelay);
    }

    /**
     * Returns a copy with another time that one attempt to reserve a message waits.
     *
     * @param d the time
     * @return the copy
     * @throws InvalidConfigException if it is out of its range
     */
    public QueueConfig withReserveTimeout(Duration d) {
        return times(visibilityTimeout, d, shutdownTimeout, retryDelay, maxRetryDelay);
    }

    /**
     * Returns a copy with another time for deliveries to end when the queue is closed.
     *
     * @param d the time
     * @return the copy
     * @throws InvalidConfigException if it is zero or negative
     */
    public QueueConfig withShutdownTimeout(Duration d) {
        return times(visibilityTimeout, reserveTimeout, d, retryDelay, maxRetryDelay);
    }

    /**
     * Returns a copy with other delays between attempts.
     *
     * @param first the delay before the second attempt
     * @param most the maximum delay
     * @return the copy
     * @throws InvalidConfigException if one is zero or negative, or the first is more than the
     *     maximum
     */
    public QueueConfig withRetryDelay(Duration first, Duration most) {
        return times(visibilityTimeout, reserveTimeout, shutdownTimeout, first, most);
    }

    private QueueConfig times(
            Duration visibility,
            Duration reserve,
            Duration shutdown,
            Duration first,
            Duration most) {
        return new QueueConfig(
                backend,
                worker,
                pool,
                queues,
                concurrency,
                maxPayloadBytes,
                visibility,
                reserve,
                shutdown,
                maxAttempts,
                first,
                most);
    }
}
