package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;

import dev.pogo.PoolStats;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

class RecentTimesTest {
    /** Not zero, for the clock starts anywhere, and overflows between two slices. */
    private static final long START = Long.MAX_VALUE - seconds(15);

    private final RecentTimes times = new RecentTimes(() -> 0);

    @Test
    void until_nothingRecorded_isAllZero() {
        assertEquals(new PoolStats.Times(0, ZERO, ZERO, ZERO, ZERO), times.until(START));
    }

    @Test
    void until_hundredTimes_hasTheirPercentiles() {
        for (int i = 1; i <= 100; i++) {
            times.record(ofMillis(i).toNanos(), START);
        }
        PoolStats.Times found = times.until(START);
        assertEquals(100, found.count());
        assertClose(ofMillis(50), found.p50());
        assertClose(ofMillis(95), found.p95());
        assertClose(ofMillis(99), found.p99());
        assertClose(ofMillis(100), found.max());
    }

    @Test
    void until_timeOverAMinuteAgo_leavesItOut() {
        times.record(1_000_000, START);
        assertEquals(1, times.until(START + seconds(60)).count());
        assertEquals(0, times.until(START + seconds(61)).count());
    }

    @Test
    void until_timesOfManySlices_hasThoseOfTheLastMinute() {
        for (int second = 0; second < 1_000; second++) {
            times.record(1_000_000, START + seconds(second));
        }
        long count = times.until(START + seconds(999)).count();
        assertTrue(count > 50 && count <= 60, () -> count + " of a minute");
    }

    @Test
    void record_yearsOfSlices_keepsNoneThatIsTooOld() {
        for (long minute = 0; minute < 1_000_000; minute += 10) {
            times.record(1, START + seconds(60 * minute));
            assertEquals(1, times.slices());
        }
    }

    @Test
    void record_lateAfterTheNextSliceHasBegun_countsInThat() {
        times.record(1_000_000, START + seconds(10));
        times.record(1_000_000, START);
        assertEquals(2, times.until(START + seconds(20)).count());
    }

    @Test
    void record_outOfRange_countsAsTheEndOfTheRange() {
        times.record(-1, START);
        times.record(Long.MAX_VALUE, START);
        PoolStats.Times found = times.until(START);
        assertEquals(2, found.count());
        assertTrue(found.p50().compareTo(Duration.ofNanos(1_000)) < 0, found::toString);
        assertClose(ofDays(1), found.max());
    }

    @Test
    void record_byManyThreadsAcrossSlices_losesNone() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(
                    Thread.startVirtualThread(() -> {
                        for (int j = 0; j < 50_000; j++) {
                            times.record(j, START + j * 1_000_000L);
                        }
                    }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(200_000, times.until(START + seconds(50)).count());
    }

    private static void assertClose(Duration expected, Duration found) {
        double ratio = (double) found.toNanos() / expected.toNanos();
        assertTrue(ratio >= 1 && ratio < 1.01, () -> found + " is not " + expected);
    }

    private static long seconds(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }
}
