package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

class SamplingTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** Not zero, for the clock starts anywhere, and overflows. */
    private long now = Long.MAX_VALUE - 3 * SECOND;

    private final Sampling sampling = new Sampling(new PaddedLongs(Sampling.LINES));
    private long id;
    private long chosen;
    private long stoodFor;

    private void second(int tasks) {
        chosen = 0;
        stoodFor = 0;
        for (int i = 0; i < tasks; i++) {
            now += SECOND / tasks;
            long weight = sampling.weight(++id, now);
            chosen += weight > 0 ? 1 : 0;
            stoodFor += weight;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 4_000})
    void weight_fewTasks_isOneForEach(int rate) {
        for (int i = 0; i < 100; i++) {
            second(rate);
            assertEquals(rate, chosen);
            assertEquals(rate, stoodFor);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10_000, 50_000, 1_000_000})
    void weight_manyTasks_choosesAFewThatStandForAll(int rate) {
        long allStoodFor = 0;
        for (int i = 0; i < 20; i++) {
            second(rate);
            assertTrue(chosen > 2_000, () -> chosen + " of " + rate);
            // At first it has yet to find out how many there are.
            long most = i == 0 ? 13 * Sampling.ENOUGH : 9 * Sampling.ENOUGH / 4;
            assertTrue(chosen < most, () -> chosen + " of " + rate);
            allStoodFor += stoodFor;
        }
        assertEquals(20.0 * rate, (double) allStoodFor, 0.02 * 20 * rate);
    }

    @Test
    void weight_fewTasksAfterMany_isSoonOneAgain() {
        second(200_000);
        second(200_000);
        second(100);
        second(100);
        second(100);
        assertEquals(100, chosen);
        assertEquals(100, stoodFor);
    }

    @Test
    void weight_afterAPause_isOneAgain() {
        second(200_000);
        second(200_000);
        now += 3_600 * SECOND;
        second(100);
        assertEquals(100, stoodFor);
    }

    /** Ids of one scope are consecutive, and its tasks may differ by their place. */
    @ParameterizedTest
    @ValueSource(ints = {3, 7, 16, 64})
    void weight_tasksOfScopes_doesNotDependOnThePlace(int tasksOfAScope) {
        long[] byPlace = new long[tasksOfAScope];
        int rate = 40_000;
        for (int i = 0; i < 100 * rate; i++) {
            now += SECOND / rate;
            byPlace[i % tasksOfAScope] += sampling.weight(i, now);
        }
        double expected = 100.0 * rate / tasksOfAScope;
        for (long sum : byPlace) {
            assertEquals(expected, (double) sum, 0.07 * expected);
        }
    }

    @Test
    void weight_askedByManyThreads_standsForAll() throws InterruptedException {
        LongAdder all = new LongAdder();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            long first = i * 1_000_000L;
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                long sum = 0;
                                for (long j = 0; j < 1_000_000; j++) {
                                    sum += sampling.weight(first + j, j * 5_000);
                                }
                                all.add(sum);
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(4_000_000, (double) all.sum(), 100_000);
    }
}
