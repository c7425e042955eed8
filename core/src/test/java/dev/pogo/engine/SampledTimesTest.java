package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pogo.PoolStats;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An hour of a pool with a changing load, far above what is recorded in full for most of the time.
 * In each scope of twenty tasks two are slow, at the same places, so that who chose tasks by their
 * place would be wrong. What is found now and then is compared with all times of the same window.
 */
class SampledTimesTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int[] RATES = {100, 50_000, 3_000, 20_000, 1_000, 9_000, 35_000, 500};

    /** A load lasts for a time that is no multiple of a slice. */
    private static final int SECONDS_OF_A_LOAD = 73;

    /** All times of ten seconds. */
    private static final class Slice {
        final long from;
        long[] times = new long[1_024];
        int size;

        Slice(long from) {
            this.from = from;
        }

        void add(long time) {
            if (size == times.length) {
                times = Arrays.copyOf(times, 2 * size);
            }
            times[size++] = time;
        }
    }

    private final AtomicLong counted = new AtomicLong();
    private final RecentTimes recent = new RecentTimes(counted::get);
    private final Deque<Slice> slices = new ArrayDeque<>();
    private final Random random = new Random(1);

    private void record(long id, long now, long time) {
        Slice last = slices.peekLast();
        if (last == null || now - last.from >= 10 * SECOND) {
            last = new Slice(now);
            slices.add(last);
            while (now - slices.element().from > 60 * SECOND) {
                slices.remove();
            }
        }
        last.add(time);
        counted.incrementAndGet();
        recent.recordSampled(id, time, now);
    }

    private long time(long id, int rate) {
        double spread = Math.exp(0.3 * random.nextGaussian());
        boolean slow = id % 20 == 7 || id % 20 == 8;
        return (long) ((slow ? 80_000_000 + 400.0 * rate : 1_000_000) * spread);
    }

    @Test
    void until_inAnHourOfChangingLoad_hasThePercentilesOfAllTimes() {
        long start = -1_800 * SECOND;
        long id = 0;
        int checks = 0;
        for (int second = 0; second < 3_600; second++) {
            int rate = RATES[second / SECONDS_OF_A_LOAD % RATES.length];
            long now = start + second * SECOND;
            for (int i = 0; i < rate; i++) {
                now += SECOND / rate;
                record(++id, now, time(id, rate));
            }
            if (second % 47 == 46) {
                // Where the load has just become a hundred times what it was, most of the window's
                // tasks are of one second in which the weight had to find that out.
                boolean settled = second % SECONDS_OF_A_LOAD >= 3;
                check(now, settled ? 0.02 : 0.04, "second " + second + ", " + rate + " a second");
                checks++;
            }
        }
        assertEquals(76, checks);
    }

    private void check(long now, double within, String when) {
        long[] all =
                slices.stream()
                        .filter(slice -> now - slice.from <= 60 * SECOND)
                        .flatMapToLong(slice -> Arrays.stream(slice.times, 0, slice.size))
                        .sorted()
                        .toArray();
        PoolStats.Times found = recent.until(now);
        assertEquals(all.length, found.count(), when);
        assertEquals(Duration.ofNanos(all[all.length - 1]), found.max(), when);
        assertClose(all[all.length / 2], found.p50(), within, when);
        assertClose(all[(int) (all.length * 0.95)], found.p95(), within, when);
        assertClose(all[(int) (all.length * 0.99)], found.p99(), within, when);
    }

    private static void assertClose(long expected, Duration found, double within, String when) {
        double ratio = (double) found.toNanos() / expected;
        assertEquals(1, ratio, within, when);
    }
}
