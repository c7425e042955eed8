package dev.pogo.process;

import java.time.Duration;

/** Durations as nanoseconds that can be added to a {@link System#nanoTime()}. */
final class Nanos {
    /** About 73 years: as good as forever. */
    static final long FOREVER = Long.MAX_VALUE >> 2;

    private static final Duration LONGEST = Duration.ofNanos(FOREVER);

    private Nanos() {}

    static long of(Duration duration) {
        return duration.compareTo(LONGEST) >= 0 ? FOREVER : duration.toNanos();
    }

    /** The earlier of two {@link System#nanoTime()}s. */
    static long earlier(long a, long b) {
        return a - b < 0 ? a : b;
    }

    static long times(long nanos, long factor) {
        return nanos > FOREVER / factor ? FOREVER : nanos * factor;
    }
}
