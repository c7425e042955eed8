package dev.pogo.util;

import java.time.Duration;
import java.util.Objects;

/** Converts durations given by callers to the nanoseconds that the engine uses. */
public final class Timeout {
    /** The default timeout of {@code await}, {@code awaitAll} and {@code awaitAny}. */
    public static final Duration DEFAULT = Duration.ofSeconds(5);

    /** About 146 years: practically forever, and far from overflow when added to a nanoTime. */
    public static final long FOREVER = Long.MAX_VALUE >> 1;

    private static final Duration LONGEST = Duration.ofNanos(FOREVER);

    private Timeout() {}

    /**
     * Returns the duration in nanoseconds, at most {@link #FOREVER}.
     *
     * @param duration the duration
     * @param parameter the caller's name for it, for messages
     * @return the nanoseconds, not negative
     * @throws NullPointerException if the duration is null
     * @throws IllegalArgumentException if the duration is negative
     */
    public static long nanos(Duration duration, String parameter) {
        Objects.requireNonNull(duration, parameter);
        if (duration.isNegative()) {
            throw new IllegalArgumentException(
                    parameter + " must not be negative, but is " + duration);
        }
        return duration.compareTo(LONGEST) >= 0 ? FOREVER : duration.toNanos();
    }
}
