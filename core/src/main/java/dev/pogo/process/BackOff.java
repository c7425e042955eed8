package dev.pogo.process;

import java.util.concurrent.TimeUnit;

/**
 * The delay before the next worker is started after others have failed. It doubles each time. Not
 * thread-safe.
 */
final class BackOff {
    static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(10);

    private int failures;

    /** When the last worker failed, if {@link #failures} is more than zero. */
    private long last;

    /** Earliest time of the next start, if {@link #failures} is more than zero. */
    private long next;

    /**
     * Records that a worker failed. Workers that were started together count once.
     *
     * @param started when the worker was started
     */
    void failed(long started, long now) {
        if (failures > 0 && started - last < 0) {
            return;
        }
        last = now;
        long doubled = FIRST_NANOS << Math.min(failures, Integer.SIZE - 1);
        failures = Math.min(failures, Integer.MAX_VALUE - 1) + 1;
        next = now + Math.min(doubled, LONGEST_NANOS);
    }

    void succeeded() {
        failures = 0;
    }

    int failures() {
        return failures;
    }

    /** Returns the time to wait until the next start, zero if it may be now. */
    long nanosToWait(long now) {
        return failures == 0 ? 0 : Math.max(0, next - now);
    }
}
