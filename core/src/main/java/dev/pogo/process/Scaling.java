package dev.pogo.process;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * How many workers there should be. More, if tasks wait and 95 of 100 of those of late did not have
 * to wait as long as {@code scale_latency}; fewer, if for a good while there was no moment at which
 * all would have been needed. So a load that comes and goes keeps the workers that its peaks need:
 * what makes them more is over in a second, what makes them fewer takes {@link #CALM_NANOS} without
 * a peak. Not thread-safe; times are {@link System#nanoTime()}s, and go forward.
 */
final class Scaling {
    /** How long it mostly takes until there are fewer. */
    static final long CALM_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int REMEMBERED = 256;

    private final int min;
    private final int max;
    private final long latencyNanos;
    private final long calmNanos;
    private final long windowNanos;

    /**
     * The last waits and when each was over, a ring; {@link #next} is the oldest once it is full.
     */
    private final long[] waits = new long[REMEMBERED];

    private final long[] over = new long[REMEMBERED];
    private int remembered;
    private int next;

    /** When that many workers were needed last, at index number - 1; grows with the number. */
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

    /** A task has its worker. */
    void waited(long nanos, long now) {
        waits[next] = nanos;
        over[next] = now;
        next = (next + 1) % REMEMBERED;
        remembered = Math.min(remembered + 1, REMEMBERED);
    }

    /** So many tasks have a worker or wait for one; to be told before it becomes less. */
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
     * Looks again at how many there should be.
     *
     * @param total how many there are
     * @param coming how many of them are being started
     * @param busy how many of them have a task
     * @param waiting for how long each waiting task has waited, so far
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

    /** The most that were needed at any moment of late. */
    private int neededOfLate(long now) {
        int workers = neededAt.length;
        while (workers > 0 && now - neededAt[workers - 1] >= calmNanos) {
            workers--;
        }
        return workers;
    }

    /** In how long the target may become less though nothing happens; -1 if it will not. */
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
     * Whether fewer than 95 of 100 waits were no longer than the limit; with those that are not
     * over yet, or those of a pool where nothing moves would not count.
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
