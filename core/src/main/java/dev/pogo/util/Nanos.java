package dev.pogo.util;

import java.time.Duration;

/** Converts durations to nanoseconds that can be added to a {@link System#nanoTime()}. */
public final class Nanos {
    /** About 73 years, which is as good as forever. */
    public static final long FOREVER = Long.MAX_VALUE >> 2;

    private static final Duration LONGEST = Duration.ofNanos(FOREVER);

    private Nanos() {}

    public static long of(Duration duration) {
        return duration.compareTo(LONGEST) >= 0 ? FOREVER : duration.toNanos();
    }

    /** Returns the earlier of two values of {@link System#nanoTime()}. */
    public static long earlier(long a, long b) {
        return a - b < 0 ? a : b;
    }

    public static long times(long nanos, long factor) {
        return nanos > FOREVER / factor ? FOREVER : nanos * factor;
    }
}
