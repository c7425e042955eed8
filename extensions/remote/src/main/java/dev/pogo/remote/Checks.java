package dev.pogo.remote;

import dev.pogo.InvalidConfigException;
import dev.pogo.redis.Durations;
import dev.pogo.redis.RedisAddress;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;

/** Ranges of the values that callers and hosts have in common. */
final class Checks {
    static final long DEFAULT_PAYLOAD = 1 << 20;

    static final String NO_QUEUE = "is not a name of 1 to 100 characters without { and }";
    static final String NO_HEARTBEAT = "is not from 100ms to 1m";
    static final String NO_PAYLOAD = "is not from 1KB to 512MB";

    private static final Duration SHORTEST_HEARTBEAT = Duration.ofMillis(100);
    private static final Duration LONGEST_HEARTBEAT = Duration.ofMinutes(1);
    private static final long LEAST_PAYLOAD = 1 << 10;

    /** The longest value that Redis takes by default. */
    private static final long LARGEST_PAYLOAD = 512 << 20;

    private static final int LONGEST_NAME = 100;

    private Checks() {}

    static boolean isQueue(String queue) {
        return !queue.isBlank()
                && queue.length() <= LONGEST_NAME
                && queue.indexOf('{') < 0
                && queue.indexOf('}') < 0;
    }

    static boolean isHeartbeat(Duration d) {
        return d.compareTo(SHORTEST_HEARTBEAT) >= 0 && d.compareTo(LONGEST_HEARTBEAT) <= 0;
    }

    static boolean isPayload(long bytes) {
        return bytes >= LEAST_PAYLOAD && bytes <= LARGEST_PAYLOAD;
    }

    static void ensureQueue(String source, String queue) {
        if (!isQueue(Objects.requireNonNull(queue, "queue"))) {
            throw invalid(source, "queue", '"' + queue + '"', NO_QUEUE);
        }
    }

    static void ensureHeartbeat(String source, Duration d) {
        if (!isHeartbeat(Objects.requireNonNull(d, "heartbeat"))) {
            throw invalid(source, "heartbeat", Durations.describe(d), NO_HEARTBEAT);
        }
    }

    static void ensurePayload(String source, long bytes) {
        if (!isPayload(bytes)) {
            throw invalid(source, "max_payload", Long.toString(bytes), NO_PAYLOAD);
        }
    }

    static RedisAddress address(String source, String url) {
        try {
            return RedisAddress.parse(url);
        } catch (IllegalArgumentException e) {
            throw invalid(source, "redis", null, String.valueOf(e.getMessage()));
        }
    }

    static InvalidConfigException invalid(
            String source, String path, @Nullable String value, String problem) {
        return new InvalidConfigException(source, path, value, problem, null);
    }
}
