package dev.pogo.redis;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * The pause before the next attempt to connect. It doubles with each failure, and is shortened at
 * random so that clients do not all come back at once. Not thread-safe.
 */
final class BackOff {
    static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private long next = FIRST_NANOS;

    void succeeded() {
        next = FIRST_NANOS;
    }

    /** Returns the pause after another failure. */
    long failed() {
        long pause = next;
        next = Math.min(LONGEST_NANOS, 2 * next);
        return pause - ThreadLocalRandom.current().nextLong(pause / 2);
    }
}
