package dev.pogo.engine;

import dev.pogo.PoolStats;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * The times that something has taken in the last minute. There is a histogram for every ten seconds
 * in which there was anything to record. The newest is written to without a lock, and those that
 * have become too old are dropped when a new one is added.
 */
final class RecentTimes {
    private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long SLICE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** The times recorded within ten seconds; takes 33 KB. */
    private static final class Slice {
        final TimeHistogram times = new TimeHistogram();
        final long from;

        /** Number of times before this slice began, whether they were recorded or not. */
        final long countedBefore;

        /** Whether any recorded time stands for several. */
        volatile boolean sampled;

        /** The previous slice, if there was one; cut off once it has left the window. */
        volatile @Nullable Slice earlier;

        Slice(long from, long countedBefore, @Nullable Slice earlier) {
            this.from = from;
            this.countedBefore = countedBefore;
            this.earlier = earlier;
        }
    }

    /** Slot beside those that {@link Sampling} reads for each time: start of the newest slice. */
    private static final int SLICE_FROM = Sampling.FREE_SLOT;

    /**
     * Slot of the longest time in that slice, or of a lower value, so that a shorter time need not
     * be compared with the slice's own longest. The high bits tell which slice it belongs to.
     */
    private static final int LONGEST = SLICE_FROM + 1;

    private static final int LONGEST_BITS = 48;

    private final PaddedLongs numbers = new PaddedLongs(Sampling.LINES);

    private final Sampling sampling = new Sampling(numbers);

    /** Number of times so far; each is counted before it is recorded. */
    private final LongSupplier counted;

    /** Replaced by compare-and-set, so that a single thread begins each slice. */
    private final AtomicReference<@Nullable Slice> newest = new AtomicReference<>();

    /**
     * Creates the recent times of something that is counted elsewhere.
     *
     * @param counted the number of times so far, each counted before it is recorded; called when a
     *     slice begins, and by {@link #until}
     */
    RecentTimes(LongSupplier counted) {
        this.counted = counted;
    }

    /** Records a task's time or, if the pool is too busy for every one, only the longest. */
    void record(TaskImpl<?> task, long nanos, long now) {
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
     * @param now when the time ended, in terms of {@link System#nanoTime()}
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

    /** Called before the time is recorded in the slice, which then happens in any case. */
    private void raiseLongest(Slice slice, long nanos) {
        long mark = mark(slice.from);
        long raised = mark << LONGEST_BITS | Math.clamp(nanos, 0, TimeHistogram.LONGEST_NANOS);
        long longest;
        while ((longest = numbers.get(Sampling.READ, LONGEST)) >>> LONGEST_BITS == mark
                && Long.compareUnsigned(raised, longest) > 0) {
            numbers.compareAndSet(Sampling.READ, LONGEST, longest, raised);
        }
    }

    /** Returns a mark that differs between consecutive slices. */
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

    /** Begins the next slice, or returns one that another thread has begun in the meantime. */
    private Slice begin(@Nullable Slice before, long now) {
        // The time that begins the slice is counted already, but belongs to it.
        long countedBefore = before == null ? 0 : counted.getAsLong() - 1;
        Slice next = new Slice(now, countedBefore, before);
        if (!newest.compareAndSet(before, next)) {
            return Objects.requireNonNull(newest.get());
        }
        numbers.set(Sampling.READ, LONGEST, mark(now) << LONGEST_BITS);
        numbers.set(Sampling.READ, SLICE_FROM, now);
        Slice last = next;
        Slice earlier; // read once, since the thread that begins the next slice may cut here too
        while ((earlier = last.earlier) != null && !isTooOld(earlier, now)) {
            last = earlier;
        }
        last.earlier = null;
        return next;
    }

    private static boolean isTooOld(Slice slice, long now) {
        return now - slice.from > WINDOW_NANOS;
    }

    /** Returns the times of the last minute. */
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

    /** Returns the number of slices that are kept. */
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
