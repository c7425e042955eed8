package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

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

        /** The slice before, if there was one; cut off once that has left the window. */
        volatile @Nullable Slice earlier;

        Slice(long from, @Nullable Slice earlier) {
            this.from = from;
            this.earlier = earlier;
        }
    }

    /** Replaced by compare-and-set, so that one thread begins each ten seconds. */
    private final AtomicReference<@Nullable Slice> newest = new AtomicReference<>();

    /**
     * Records a time.
     *
     * @param now when it was over, in terms of {@link System#nanoTime()}
     */
    void record(long nanos, long now) {
        Slice slice = newest.get();
        while (slice == null || now - slice.from >= SLICE_NANOS) {
            slice = begin(slice, now);
        }
        slice.times.record(nanos, 1);
    }

    /** The slice after that one, or one that another thread has begun in the meantime. */
    private Slice begin(@Nullable Slice before, long now) {
        Slice next = new Slice(now, before);
        if (!newest.compareAndSet(before, next)) {
            return Objects.requireNonNull(newest.get());
        }
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
        for (Slice slice = newest.get(); slice != null; slice = slice.earlier) {
            if (!isTooOld(slice, now)) {
                all.add(slice.times);
            }
        }
        return new PoolStats.Times(
                all.total(),
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
