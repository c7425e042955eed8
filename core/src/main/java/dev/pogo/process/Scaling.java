package dev.pogo.process;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Computes how many workers there should be. The number grows if tasks wait and fewer than 95 of
 * 100 recent waits were within {@code scale_latency}; it shrinks if for a good while there was no
 * moment at which all workers would have been needed. So a load that fluctuates keeps the workers
 * that its peaks need: growth depends on about the last second, while shrinking takes {@link
 * #CALM_NANOS} without a peak. Not thread-safe; times are {@link System#nanoTime()} values that
 * never go backwards.
 */
final class Scaling {
    /** Usual time until the number shrinks, in nanoseconds. */
    static final long CALM_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int REMEMBERED = 256;

    private final int min;
    private final int max;
    private final long latencyNanos;
    private final long calmNanos;
    private final long windowNanos;

    /**
     * The last waits, a ring, with the time when each was over in {@link #over}; {@link #next} is
     * the oldest once it is full.
     */
    private final long[] waits = new long[REMEMBERED];

    private final long[] over = new long[REMEMBERED];
    private int remembered;
    private int next;

    /**
     * Time when {@code n} workers were last needed, at index {@code n - 1}; grows with the number.
     */
    private long[] neededAt = {};

    private int target;

    Scaling(int min, int max, long latencyNanos, long calmNanos) {
        this.min = min;
        this.max = max;
        this.latencyNanos = latencyNanos;
        this.calmNanos = calmNanos;
        this.windowNanos = Math.max(WINDOW_NANOS, 2 * latencyNanos);
        this.target = min;
    }

    /** Records the wait of a task that now has its worker. */
    void waited(long nanos, long now) {
        waits[next] = nanos;
        over[next] = now;
        next = (next + 1) % REMEMBERED;
        remembered = Math.min(remembered + 1, REMEMBERED);
    }

    /**
     * Records that so many tasks have a worker or wait for one. Called before the number decreases.
     */
    void needed(int workers, long now) {
        if (workers > 0) {
            int number = Math.min(workers, max);
            int known = neededAt.length;
            if (number > known) {
                neededAt = Arrays.copyOf(neededAt, (int) Math.min(max, 2L * number));
                Arrays.fill(neededAt, known, neededAt.length, now - calmNanos);
            }
            neededAt[number - 1] = now;
        }
    }

    /**
     * Recomputes how many workers there should be.
     *
     * @param total how many there are
     * @param coming how many of them are being started
     * @param busy how many of them have a task
     * @param waiting how long each waiting task has waited so far
     * @return how many there should be
     */
    int target(int total, int coming, int busy, long[] waiting, long now) {
        needed(busy + waiting.length, now);
        int uncovered = waiting.length - coming;
        if (uncovered > 0 && (total == 0 || isLate(waiting, now))) {
            target = Math.max(target, Math.min(max, total + uncovered));
        } else if (waiting.length == 0) {
            target = Math.min(target, Math.max(min, neededOfLate(now)));
        }
        return target;
    }

    /** Returns the largest number that was needed at any recent moment. */
    private int neededOfLate(long now) {
        int workers = neededAt.length;
        while (workers > 0 && now - neededAt[workers - 1] >= calmNanos) {
            workers--;
        }
        return workers;
    }

    /** Returns the time until the target may shrink although nothing happens; -1 if it will not. */
    long nanosToFewer(long now) {
        if (target <= min) {
            return -1;
        }
        long sinceNeeded = calmNanos;
        for (int workers = target; workers <= neededAt.length; workers++) {
            sinceNeeded = Math.min(sinceNeeded, now - neededAt[workers - 1]);
        }
        return calmNanos - sinceNeeded;
    }

    /**
     * Returns whether fewer than 95 of 100 waits were within the limit. Includes waits that are not
     * over yet, since otherwise those of a pool where nothing moves would not count.
     */
    private boolean isLate(long[] waiting, long now) {
        int all = waiting.length;
        int inTime = 0;
        for (long wait : waiting) {
            inTime += wait <= latencyNanos ? 1 : 0;
        }
        for (int i = 0; i < remembered; i++) {
            if (now - over[i] <= windowNanos) {
                all++;
                inTime += waits[i] <= latencyNanos ? 1 : 0;
            }
        }
        return inTime < Math.ceil(0.95 * all);
    }
}
