package dev.pogo.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Histogram of times, with the exact longest one. Times are counted in steps that grow with them:
 * up to 131 µs there is one for each 512 ns; above that each doubling has 128, so that a step is
 * less than a hundredth of its time. Times below zero count as zero, those above a day as a day.
 *
 * <p>Each recorded time stands for a number of times, its weight. Any thread may record while
 * others record or read. Recording is one addition, and neither takes a lock nor allocates. A
 * reader sees each time that was recorded before, and may see some that are recorded concurrently.
 */
final class TimeHistogram {
    static final long LONGEST_NANOS = TimeUnit.DAYS.toNanos(1);

    /** The smallest step is two to the power of this, in nanoseconds. */
    private static final int UNIT_BITS = 9;

    /** Each doubling has two to the power of this many steps. */
    private static final int STEP_BITS = 7;

    private static final int COUNTS = indexOf(LONGEST_NANOS) + 1;

    /** Size in longs of a cache line and its neighbour, which processors fetch with it. */
    private static final int PAD = 16;

    private static final int LONGEST = PAD + COUNTS;

    /**
     * The counts, followed by the longest time. Each recording reads the array's length and the
     * longest time, both of which are hardly ever written; so they are kept apart from the counts,
     * and from whatever is next to the array. The counts next to the longest time are of hours,
     * which hardly ever occur.
     */
    private final AtomicLongArray counts = new AtomicLongArray(LONGEST + PAD);

    /** Adds the weight to the count of a time. */
    void record(long nanos, long weight) {
        long within = Math.clamp(nanos, 0, LONGEST_NANOS);
        counts.getAndAdd(PAD + indexOf(within), weight);
        noteLongest(within);
    }

    /** Raises the longest time to this one if it is less. The time is not counted. */
    void noteLongest(long nanos) {
        long longest;
        while (nanos > (longest = counts.get(LONGEST)) && longest < LONGEST_NANOS) {
            counts.compareAndSet(LONGEST, longest, Math.min(nanos, LONGEST_NANOS));
        }
    }

    /** Adds all counts of the other histogram. */
    void add(TimeHistogram other) {
        for (int i = PAD; i < LONGEST; i++) {
            long count = other.counts.get(i);
            if (count != 0) {
                counts.getAndAdd(i, count);
            }
        }
        noteLongest(other.longest());
    }

    /** Returns the number of times that are counted. */
    long total() {
        long total = 0;
        for (int i = PAD; i < LONGEST; i++) {
            total += counts.get(i);
        }
        return total;
    }

    /** Returns the longest time in nanoseconds, counted or only noted; zero if there is none. */
    long longest() {
        return counts.get(LONGEST);
    }

    /**
     * Returns the time that this share of the times did not exceed, or a little more: the end of
     * the step that contains it, but not more than the longest time.
     *
     * @param percent above 0, at most 100
     * @return nanoseconds; zero if nothing is counted
     */
    long percentile(double percent) {
        long rank = Math.max(1, (long) Math.ceil(percent / 100 * total()));
        long upToHere = 0;
        for (int i = 0; i < COUNTS; i++) {
            upToHere += counts.get(PAD + i);
            if (upToHere >= rank) {
                return Math.min(lastOf(i), longest());
            }
        }
        return longest();
    }

    private static int indexOf(long nanos) {
        long units = nanos >>> UNIT_BITS;
        int doublings = Math.max(0, Long.SIZE - 1 - Long.numberOfLeadingZeros(units) - STEP_BITS);
        return (doublings << STEP_BITS) + (int) (units >>> doublings);
    }

    /** Returns the longest time that is counted at the index. */
    private static long lastOf(int index) {
        int doublings = Math.max(0, (index >>> STEP_BITS) - 1);
        long step = index - ((long) doublings << STEP_BITS);
        return ((step + 1) << doublings << UNIT_BITS) - 1;
    }
}
