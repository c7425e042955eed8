package dev.pogo.queue;

import dev.pogo.redis.RedisAddress;
import dev.pogo.spi.Directives;
import dev.pogo.spi.SectionReader;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Reads the section {@code queue} of the configuration. For the service loader. */
public final class QueueReader implements SectionReader {
    static final String NAME = "queue";

    /** For the service loader. */
    public QueueReader() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Object read(Directives directives) {
        directives.ensureKnown(
                Set.of(
                        "backend",
                        "worker",
                        "pool",
                        "queues",
                        "concurrency",
                        "max_payload_bytes",
                        "visibility_timeout",
                        "reserve_timeout",
                        "shutdown_timeout",
                        "max_attempts",
                        "retry_delay",
                        "max_retry_delay"));
        QueueConfig defaults = QueueConfig.defaults();
        Duration retryDelay = positive(directives, "retry_delay", defaults.retryDelay());
        Duration maxRetryDelay = positive(directives, "max_retry_delay", defaults.maxRetryDelay());
        if (maxRetryDelay.compareTo(retryDelay) < 0) {
            throw directives.refuse("has a retry_delay that is more than max_retry_delay");
        }
        int concurrency = directives.number("concurrency", 1, defaults.concurrency());
        if (concurrency > QueueConfig.MOST_CONCURRENCY) {
            throw directives.refuse(
                    "concurrency", "must be at most " + QueueConfig.MOST_CONCURRENCY);
        }
        int maxPayload = directives.number("max_payload_bytes", 1, defaults.maxPayloadBytes());
        if (maxPayload > QueueConfig.LARGEST_PAYLOAD) {
            throw directives.refuse(
                    "max_payload_bytes", "must be at most " + QueueConfig.LARGEST_PAYLOAD);
        }
        return new QueueConfig(
                backend(directives.object("backend")),
                directives.text("worker"),
                Objects.requireNonNullElse(directives.text("pool"), defaults.pool()),
                queues(directives),
                concurrency,
                maxPayload,
                timeout(directives, "visibility_timeout", defaults.visibilityTimeout()),
                reserveTimeout(directives, defaults.reserveTimeout()),
                positive(directives, "shutdown_timeout", defaults.shutdownTimeout()),
                directives.number("max_attempts", 1, defaults.maxAttempts()),
                retryDelay,
                maxRetryDelay);
    }

    private static List<String> queues(Directives directives) {
        List<String> names = directives.texts("queues");
        if (names == null) {
            return QueueConfig.defaults().queues();
        }
        if (names.isEmpty()) {
            throw directives.refuse("queues", "must not be empty");
        }
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (!Checks.isName(name)) {
                throw directives.refuse(
                        "queues", "contains \"" + name + "\", which " + Checks.NO_NAME);
            }
            if (!seen.add(name)) {
                throw directives.refuse("queues", "contains \"" + name + "\" twice");
            }
        }
        return names;
    }

    private static QueueBackend backend(@Nullable Directives directives) {
        if (directives == null) {
            return MemoryBackend.defaults();
        }
        directives.ensureKnown(Set.of("redis", "memory"));
        if (directives.has("redis") == directives.has("memory")) {
            throw directives.refuse(
                    "needs either redis, like {\"redis\": {\"url\": \"redis://10.0.0.5:6379\"}}, or"
                            + " memory, like {\"memory\": {}}");
        }
        Directives redis = directives.object("redis");
        return redis == null
                ? memory(Objects.requireNonNull(directives.object("memory")))
                : redis(redis);
    }

    private static QueueBackend memory(Directives directives) {
        directives.ensureKnown(Set.of("max_messages", "max_total_bytes"));
        return new MemoryBackend(
                directives.number("max_messages", 1, MemoryBackend.DEFAULT_MESSAGES),
                directives.number("max_total_bytes", 1, MemoryBackend.DEFAULT_BYTES));
    }

    private static QueueBackend redis(Directives directives) {
        directives.ensureKnown(
                Set.of("url", "tls", "key_prefix", "group", "consumer", "max_messages"));
        RedisAddress url = RedisAddress.read(directives, "url");
        return new RedisBackend(
                directives.flag("tls") ? url.withTls() : url,
                redisName(directives, "key_prefix", RedisBackend.DEFAULT_PREFIX),
                redisName(directives, "group", RedisBackend.DEFAULT_GROUP),
                redisName(directives, "consumer", Checks.processName()),
                directives.number("max_messages", 1, RedisBackend.DEFAULT_MESSAGES));
    }

    private static String redisName(Directives directives, String name, String otherwise) {
        String given = directives.text(name);
        if (given != null && !Checks.isName(given)) {
            throw directives.refuse(name, Checks.NO_NAME);
        }
        return given == null ? otherwise : given;
    }

    private static Duration reserveTimeout(Directives directives, Duration otherwise) {
        Duration given = timeout(directives, "reserve_timeout", otherwise);
        if (given.compareTo(QueueConfig.LONGEST_RESERVE) > 0) {
            throw directives.refuse("reserve_timeout", "must be at most 1m");
        }
        return given;
    }

    private static Duration timeout(Directives directives, String name, Duration otherwise) {
        Duration given = positive(directives, name, otherwise);
        if (given.compareTo(QueueConfig.SHORTEST_TIMEOUT) < 0) {
            throw directives.refuse(name, "must be at least 10ms");
        }
        return given;
    }

    private static Duration positive(Directives directives, String name, Duration otherwise) {
        Duration given = directives.duration(name);
        if (given != null && given.compareTo(PushOptions.LONGEST) > 0) {
            throw directives.refuse(name, "must be at most 10 years");
        }
        return given == null ? otherwise : given;
    }
}
