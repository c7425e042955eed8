package dev.pogo;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often which times have occurred, and exactly the longest. Times are counted in steps that
 * grow with them: up to 131 µs one for each 512 ns; above that each doubling has 128, so that a
 * step is less than a hundredth of its time. Times below zero count as zero, those above a day as a
 * day.
 *
 * <p>Each time that is recorded stands for a number of times, its weight. Any thread may record
 * while others do and while others read; to record is one addition, and takes no lock and no
 * memory. A reader sees each time that was recorded before, and may see some that are recorded
 * meanwhile.
 */
final class TimeHistogram {
    static final long LONGEST_NANOS = TimeUnit.DAYS.toNanos(1);

    /** The smallest step is two to the power of this, in nanoseconds. */
    private static final int UNIT_BITS = 9;

    /** Each doubling has two to the power of this many steps. */
    private static final int STEP_BITS = 7;

    private static final int COUNTS = indexOf(LONGEST_NANOS) + 1;

    /** A cache line and its neighbour, which processors fetch with it; in longs. */
    private static final int PAD = 16;

    private static final int LONGEST = PAD + COUNTS;

    /**
     * The counts, and behind them the longest time. Each time that is recorded asks for the array's
     * length and the longest, both hardly ever written; so they stand away from the counts, and
     * from what lies beside the array. All around the longest are counts of hours, which hardly
     * ever occur.
     */
    private final AtomicLongArray counts = new AtomicLongArray(LONGEST + PAD);

    /** Counts a time that often. */
    void record(long nanos, long weight) {
        long within = Math.clamp(nanos, 0, LONGEST_NANOS);
        counts.getAndAdd(PAD + indexOf(within), weight);
        noteLongest(within);
    }

    /** Has the longest be no less than this time, which is not counted. */
    void noteLongest(long nanos) {
        long longest;
        while (nanos > (longest = counts.get(LONGEST)) && longest < LONGEST_NANOS) {
            counts.compareAndSet(LONGEST, longest, Math.min(nanos, LONGEST_NANOS));
        }
    }

    /** Counts all that the other one has counted. */
    void add(TimeHistogram other) {
        for (int i = PAD; i < LONGEST; i++) {
            long count = other.counts.get(i);
            if (count != 0) {
                counts.getAndAdd(i, count);
            }
        }
        noteLongest(other.longest());
    }

    /** How many times are counted. */
    long total() {
        long total = 0;
        for (int i = PAD; i < LONGEST; i++) {
            total += counts.get(i);
        }
        return total;
    }

    /** The longest time in nanoseconds, whether it is counted or only noted; else zero. */
    long longest() {
        return counts.get(LONGEST);
    }

    /**
     * What that share of the times did not exceed, or a little more: the end of the step that it is
     * in, but not more than the longest.
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

    /** The longest time that is counted at that index. */
    private static long lastOf(int index) {
        int doublings = Math.max(0, (index >>> STEP_BITS) - 1);
        long step = index - ((long) doublings << STEP_BITS);
        return ((step + 1) << doublings << UNIT_BITS) - 1;
    }
}
