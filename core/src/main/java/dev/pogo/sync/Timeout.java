package dev.pogo.sync;

import java.time.Duration;
import java.util.Objects;

/** Durations given by callers, as the nanoseconds that the engine counts in. */
public final class Timeout {
    /** How long {@code await}, {@code awaitAll} and {@code awaitAny} wait unless told. */
    public static final Duration DEFAULT = Duration.ofSeconds(5);

    /** About 146 years: as good as forever, and far from overflow when added to a nanoTime. */
    public static final long FOREVER = Long.MAX_VALUE >> 1;

    private static final Duration LONGEST = Duration.ofNanos(FOREVER);

    private Timeout() {}

    /**
     * The duration in nanoseconds, at most {@link #FOREVER}.
     *
     * @param duration the duration
     * @param parameter what the caller calls it, for messages
     * @return the nanoseconds, not negative
     * @throws NullPointerException if it is null
     * @throws IllegalArgumentException if it is negative
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
