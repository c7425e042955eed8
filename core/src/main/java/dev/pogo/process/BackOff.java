package dev.pogo.process;

import java.util.concurrent.TimeUnit;

/**
 * How long to wait before the next worker is started, after some that were no good: twice as long
 * each time. Not thread-safe.
 */
final class BackOff {
    static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(10);

    private int failures;

    /** When the last one failed, if {@link #failures} is more than zero. */
    private long last;

    /** Not before this, if {@link #failures} is more than zero. */
    private long next;

    /**
     * One was no good. Those that were started together count once.
     *
     * @param started when it was started
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

    /** Zero if it may be now. */
    long nanosToWait(long now) {
        return failures == 0 ? 0 : Math.max(0, next - now);
    }
}
