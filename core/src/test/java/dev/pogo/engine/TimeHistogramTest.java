package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

class TimeHistogramTest {
    private static final int MANY = 1_000_000;
    private static final long DAY = TimeUnit.DAYS.toNanos(1);
    private static final double[] PERCENTS = {0.1, 5, 50, 95, 99, 99.9, 100};

    /** Where times come from. */
    enum Times {
        LOGNORMAL {
            @Override
            long next(Random random) {
                return (long) Math.exp(random.nextGaussian() * 1.5 + 15);
            }
        },
        UNIFORM {
            @Override
            long next(Random random) {
                return random.nextLong(10_000_000);
            }
        },
        CONSTANT {
            @Override
            long next(Random random) {
                return 1_234_567;
            }
        },
        BIMODAL {
            @Override
            long next(Random random) {
                return (long)
                        (random.nextInt(100) < 96
                                ? 1_000_000 + random.nextGaussian() * 50_000
                                : 80_000_000 + random.nextGaussian() * 5_000_000);
            }
        },
        TINY {
            @Override
            long next(Random random) {
                return random.nextLong(3_000);
            }
        },
        HUGE {
            @Override
            long next(Random random) {
                return DAY - random.nextLong(DAY / 2);
            }
        },
        ANY_SIZE {
            @Override
            long next(Random random) {
                return random.nextLong(DAY) >>> random.nextInt(47);
            }
        };

        abstract long next(Random random);
    }

    private final TimeHistogram times = new TimeHistogram();

    /** As exact as Pogo says, and as HdrHistogram is, which takes the same steps. */
    @ParameterizedTest
    @EnumSource
    void percentile_ofAMillionTimes_isThatOfHdrHistogram(Times source) {
        Random random = new Random(1);
        Histogram other = new Histogram(1, DAY, 3);
        long longest = 0;
        for (int i = 0; i < MANY; i++) {
            long time = Math.max(0, source.next(random));
            times.record(time, 1);
            other.recordValue(time);
            longest = Math.max(longest, time);
        }
        assertEquals(MANY, times.total());
        assertEquals(longest, times.longest());
        for (double percent : PERCENTS) {
            long found = times.percentile(percent);
            long expected = other.getValueAtPercentile(percent);
            assertClose(expected, found);
        }
    }

    @Test
    void percentile_oneTime_isLessThanAHundredthOrAMicrosecondOver() {
        Random random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            TimeHistogram one = new TimeHistogram();
            long time = random.nextLong(DAY) >>> random.nextInt(47);
            one.record(time, 1);
            one.noteLongest(DAY);
            long found = one.percentile(50);
            assertTrue(
                    found >= time && found - time <= Math.max(1_000, time / 100),
                    () -> found + " is not " + time);
        }
    }

    @Test
    void percentile_nothingRecorded_isZero() {
        assertEquals(0, times.percentile(99));
        assertEquals(0, times.total());
        assertEquals(0, times.longest());
    }

    @Test
    void record_withWeight_countsThatOften() {
        times.record(1_000_000, 98);
        times.record(5_000_000, 2);
        assertEquals(100, times.total());
        assertClose(1_000_000, times.percentile(98));
        assertClose(5_000_000, times.percentile(98.5));
    }

    @Test
    void record_outOfRange_countsAsTheEndOfTheRange() {
        times.record(-1, 1);
        times.record(Long.MIN_VALUE, 1);
        times.record(DAY + 1, 1);
        times.record(Long.MAX_VALUE, 1);
        assertEquals(4, times.total());
        assertTrue(times.percentile(50) < 1_000);
        assertClose(DAY, times.percentile(75));
        assertEquals(DAY, times.longest());
    }

    @Test
    void noteLongest_ofATimeThatIsNotCounted_changesNothingElse() {
        times.record(1_000_000, 1);
        times.noteLongest(7_000_001);
        times.noteLongest(6_000_000);
        assertEquals(1, times.total());
        assertEquals(7_000_001, times.longest());
        assertClose(1_000_000, times.percentile(100));
    }

    @Test
    void add_another_hasTheTimesOfBoth() {
        TimeHistogram other = new TimeHistogram();
        times.record(1_000_000, 1);
        other.record(5_000_000, 3);
        times.add(other);
        assertEquals(4, times.total());
        assertEquals(5_000_000, times.longest());
        assertClose(1_000_000, times.percentile(25));
        assertEquals(5_000_000, times.percentile(26));
    }

    @Test
    void record_byManyThreads_losesNone() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(
                    Thread.startVirtualThread(() -> {
                        for (int j = 1; j <= 100_000; j++) {
                            times.record(j % 7 * 1_000L, 2);
                            times.noteLongest(j);
                        }
                    }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(800_000, times.total());
        assertEquals(100_000, times.longest());
    }

    private static void assertClose(long expected, long found) {
        assertTrue(
                Math.abs(found - expected) <= Math.max(1_000, expected / 100),
                () -> found + " is not " + expected);
    }
}
