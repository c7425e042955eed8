package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * How long something has taken in the last minute. A histogram for every ten seconds in which there
 * was anything to record: the newest is written to without a lock, and those that have become too
 * old are dropped when a new one comes.
 */
final class RecentTimes {
    private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long SLICE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** The times that were recorded in one ten seconds; 33 KB. */
    private static final class Slice {
        final TimeHistogram times = new TimeHistogram();
        final long from;

        /** How many there were before this began, whether they were recorded or not. */
        final long countedBefore;

        /** Whether a time has been recorded that stands for several. */
        volatile boolean sampled;

        /** The slice before, if there was one; cut off once that has left the window. */
        volatile @Nullable Slice earlier;

        Slice(long from, long countedBefore, @Nullable Slice earlier) {
            this.from = from;
            this.countedBefore = countedBefore;
            this.earlier = earlier;
        }
    }

    /** Beside what {@link Sampling} reads for each time: when the newest slice has begun. */
    private static final int SLICE_FROM = Sampling.FREE_SLOT;

    /**
     * The longest time in that slice, or less, so that a shorter one need not be compared with the
     * slice's own. In the high bits is which slice it belongs to.
     */
    private static final int LONGEST = SLICE_FROM + 1;

    private static final int LONGEST_BITS = 48;

    private final PaddedLongs numbers = new PaddedLongs(Sampling.LINES);

    private final Sampling sampling = new Sampling(numbers);

    /** How many there have been so far, each counted before it is recorded. */
    private final LongSupplier counted;

    /** Replaced by compare-and-set, so that one thread begins each ten seconds. */
    private final AtomicReference<@Nullable Slice> newest = new AtomicReference<>();

    /**
     * Of something that is counted elsewhere.
     *
     * @param counted how many there have been so far, each counted before it is recorded; asked
     *     when a slice begins, and by {@link #until}
     */
    RecentTimes(LongSupplier counted) {
        this.counted = counted;
    }

    /** Records a task's time, or, in a pool that is too busy for each, only the longest. */
    void record(Task<?> task, long nanos, long now) {
        recordSampled(task.id(), nanos, now);
    }

    void recordSampled(long id, long nanos, long now) {
        if (sampling.leavesOut(id, now) && isNotTheLongest(nanos, now)) {
            return;
        }
        Slice slice = slice(now);
        long weight = sampling.weight(id, now);
        raiseLongest(slice, nanos);
        if (weight == 0) {
            slice.times.noteLongest(nanos);
            return;
        }
        if (weight > 1 && !slice.sampled) {
            slice.sampled = true;
        }
        slice.times.record(nanos, weight);
    }

    /**
     * Records a time.
     *
     * @param now when it was over, in terms of {@link System#nanoTime()}
     */
    void record(long nanos, long now) {
        slice(now).times.record(nanos, 1);
    }

    private boolean isNotTheLongest(long nanos, long now) {
        long from = numbers.get(Sampling.READ, SLICE_FROM);
        long longest = numbers.get(Sampling.READ, LONGEST);
        return now - from < SLICE_NANOS
                && longest >>> LONGEST_BITS == mark(from)
                && nanos <= (longest & ((1L << LONGEST_BITS) - 1));
    }

    /** Before the time is in the slice, where it then is in any case. */
    private void raiseLongest(Slice slice, long nanos) {
        long mark = mark(slice.from);
        long raised = mark << LONGEST_BITS | Math.clamp(nanos, 0, TimeHistogram.LONGEST_NANOS);
        long longest;
        while ((longest = numbers.get(Sampling.READ, LONGEST)) >>> LONGEST_BITS == mark
                && Long.compareUnsigned(raised, longest) > 0) {
            numbers.compareAndSet(Sampling.READ, LONGEST, longest, raised);
        }
    }

    /** Differs between slices that follow each other. */
    private static long mark(long from) {
        return (from >>> 33) & 0xFFFF;
    }

    private Slice slice(long now) {
        Slice slice = newest.get();
        while (slice == null || now - slice.from >= SLICE_NANOS) {
            slice = begin(slice, now);
        }
        return slice;
    }

    /** The slice after that one, or one that another thread has begun in the meantime. */
    private Slice begin(@Nullable Slice before, long now) {
        // The one that begins it is counted already, but belongs to it.
        long countedBefore = before == null ? 0 : counted.getAsLong() - 1;
        Slice next = new Slice(now, countedBefore, before);
        if (!newest.compareAndSet(before, next)) {
            return Objects.requireNonNull(newest.get());
        }
        numbers.set(Sampling.READ, LONGEST, mark(now) << LONGEST_BITS);
        numbers.set(Sampling.READ, SLICE_FROM, now);
        Slice last = next;
        Slice earlier; // read once, since who begins the slice after this one may cut here as well
        while ((earlier = last.earlier) != null && !isTooOld(earlier, now)) {
            last = earlier;
        }
        last.earlier = null;
        return next;
    }

    private static boolean isTooOld(Slice slice, long now) {
        return now - slice.from > WINDOW_NANOS;
    }

    /** What was recorded in the last minute. */
    PoolStats.Times until(long now) {
        TimeHistogram all = new TimeHistogram();
        boolean sampled = false;
        long countedBefore = 0;
        for (Slice slice = newest.get(); slice != null; slice = slice.earlier) {
            if (!isTooOld(slice, now)) {
                all.add(slice.times);
                sampled |= slice.sampled;
                countedBefore = slice.countedBefore;
            }
        }
        return new PoolStats.Times(
                sampled ? counted.getAsLong() - countedBefore : all.total(),
                at(all, 50),
                at(all, 95),
                at(all, 99),
                Duration.ofNanos(all.longest()));
    }

    /** How many are kept. */
    int slices() {
        int count = 0;
        for (Slice slice = newest.get(); slice != null; slice = slice.earlier) {
            count++;
        }
        return count;
    }

    private static Duration at(TimeHistogram times, double percentile) {
        return Duration.ofNanos(times.percentile(percentile));
    }
}
