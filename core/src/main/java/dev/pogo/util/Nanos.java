package dev.pogo.util;

import java.time.Duration;
import java.util.Objects;

/** Converts durations to nanoseconds that can be added to a {@link System#nanoTime()}. */
public final class Nanos {
    /** About 146 years: practically forever, and far from overflow when added to a nanoTime. */
    public static final long FOREVER = Long.MAX_VALUE >> 1;

    private static final Duration LONGEST = Duration.ofNanos(FOREVER);

    private Nanos() {}

    /**
     * Returns the duration in nanoseconds, at most {@link #FOREVER}.
     *
     * @param duration the duration
     * @return the nanoseconds
     */
    public static long of(Duration duration) {
        return duration.compareTo(LONGEST) >= 0 ? FOREVER : duration.toNanos();
    }

    /**
     * Returns a duration that a caller has given in nanoseconds, at most {@link #FOREVER}.
     *
     * @param duration the duration
     * @param parameter the caller's name for it, for messages
     * @return the nanoseconds, not negative
     * @throws NullPointerException if the duration is null
     * @throws IllegalArgumentException if the duration is negative
     */
    public static long of(Duration duration, String parameter) {
        Objects.requireNonNull(duration, parameter);
        if (duration.isNegative()) {
            throw new IllegalArgumentException(
                    parameter + " must not be negative, but is " + duration);
        }
        return of(duration);
    }

    /** Returns the earlier of two values of {@link System#nanoTime()}. */
    public static long earlier(long a, long b) {
        return a - b < 0 ? a : b;
    }

    /** Returns the product, at most {@link #FOREVER}. */
    public static long times(long nanos, long factor) {
        return nanos > FOREVER / factor ? FOREVER : nanos * factor;
    }
}
