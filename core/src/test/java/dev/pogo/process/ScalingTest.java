package dev.pogo.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** With a clock of its own: nothing here waits. */
class ScalingTest {
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LATENCY = 50 * MS;
    private static final long BEGAN = -12_345; // a nanoTime may be less than zero

    @Test
    void target_tasksThatHaveWaitedTooLong_getAWorkerEach() {
        Scaling scaling = new Scaling(1, 8, LATENCY, Scaling.CALM_NANOS);
        long[] three = {10 * MS, 10 * MS, 10 * MS};
        assertEquals(1, scaling.target(1, 0, 1, three, BEGAN + 10 * MS), "not yet");
        long[] longer = {60 * MS, 60 * MS, 60 * MS};
        assertEquals(4, scaling.target(1, 0, 1, longer, BEGAN + 60 * MS));
        assertEquals(4, scaling.target(4, 3, 1, longer, BEGAN + 61 * MS), "they are coming");
    }

    @Test
    void target_moreTasksThanTheMaximum_isTheMaximum() {
        Scaling scaling = new Scaling(1, 8, LATENCY, Scaling.CALM_NANOS);
        long[] many = new long[100];
        Arrays.fill(many, LATENCY + 1);
        assertEquals(8, scaling.target(1, 0, 1, many, BEGAN + LATENCY));
    }

    @Test
    void target_aMaximumThatNobodyReaches_costsNothing() {
        Scaling scaling = new Scaling(1, Integer.MAX_VALUE, LATENCY, Scaling.CALM_NANOS);
        long[] three = {60 * MS, 60 * MS, 60 * MS};
        assertEquals(4, scaling.target(1, 0, 1, three, BEGAN));
        long later = BEGAN + Scaling.CALM_NANOS;
        assertEquals(4, scaling.target(4, 0, 4, new long[0], later - 1));
        assertEquals(Scaling.CALM_NANOS - 1, scaling.nanosToFewer(later));
        assertEquals(1, scaling.target(4, 0, 0, new long[0], later + Scaling.CALM_NANOS));
    }

    @Test
    void target_oneOfManyThatHadToWait_isNoReason() {
        Scaling scaling = new Scaling(1, 8, LATENCY, Scaling.CALM_NANOS);
        for (int i = 0; i < 99; i++) {
            scaling.waited(0, BEGAN);
        }
        long[] one = {500 * MS};
        assertEquals(1, scaling.target(1, 0, 1, one, BEGAN + 500 * MS));
        // Those that got their worker at once were long ago: now all that there are have to wait.
        assertEquals(2, scaling.target(1, 0, 1, new long[] {1100 * MS}, BEGAN + 1100 * MS));
    }

    @Test
    void target_withoutAnyWorker_isOneAtOnce() {
        Scaling scaling = new Scaling(0, 8, LATENCY, Scaling.CALM_NANOS);
        assertEquals(0, scaling.target(0, 0, 0, new long[0], BEGAN));
        assertEquals(1, scaling.target(0, 0, 0, new long[] {0}, BEGAN));
    }

    @Test
    void target_workersThatWereNotNeededForAWhile_go() {
        Scaling scaling = new Scaling(1, 8, LATENCY, Scaling.CALM_NANOS);
        long now = BEGAN + LATENCY;
        assertEquals(4, scaling.target(1, 0, 1, new long[] {60 * MS, 60 * MS, 60 * MS}, now));
        scaling.needed(4, now);
        long calm = Scaling.CALM_NANOS;
        assertEquals(calm, scaling.nanosToFewer(now));
        scaling.needed(2, now + 4 * MS);
        assertEquals(4, scaling.target(4, 0, 0, new long[0], now + calm - 1));
        assertEquals(1, scaling.nanosToFewer(now + calm - 1));
        assertEquals(2, scaling.target(4, 0, 0, new long[0], now + calm));
        assertEquals(4 * MS, scaling.nanosToFewer(now + calm));
        assertEquals(1, scaling.target(2, 0, 0, new long[0], now + calm + 4 * MS));
        assertEquals(-1, scaling.nanosToFewer(now + calm + 4 * MS), "that is the minimum");
    }

    @Test
    void target_workersThatWorkForLong_stay() {
        Scaling scaling = new Scaling(1, 8, LATENCY, Scaling.CALM_NANOS);
        assertEquals(2, scaling.target(1, 0, 1, new long[] {60 * MS}, BEGAN + 60 * MS));
        long later = BEGAN + 10 * Scaling.CALM_NANOS;
        assertEquals(2, scaling.target(2, 0, 2, new long[0], later), "both are busy");
    }

    /** A pool of workers under a load, tick by tick. */
    private static final class Simulation {
        final Scaling scaling = new Scaling(1, 8, LATENCY, Scaling.CALM_NANOS);
        final List<Integer> changes = new ArrayList<>();
        final ArrayDeque<Long> waiting = new ArrayDeque<>();
        final List<Long> busyUntil = new ArrayList<>();
        int total = 1;
        long now = BEGAN;

        /** One millisecond, in which so many tasks of that length arrive. */
        void tick(int arriving, long jobNanos) {
            now += MS;
            for (int i = 0; i < arriving; i++) {
                waiting.add(now);
            }
            scaling.needed(busyUntil.size() + waiting.size(), now);
            busyUntil.removeIf(until -> until <= now);
            while (!waiting.isEmpty() && busyUntil.size() < total) {
                scaling.waited(now - waiting.remove(), now);
                busyUntil.add(now + jobNanos);
            }
            long[] waits = waiting.stream().mapToLong(since -> now - since).toArray();
            int target = scaling.target(total, 0, busyUntil.size(), waits, now);
            int possible = Math.max(target, busyUntil.size()); // a busy one stays
            if (possible != total) {
                changes.add(possible - total);
                total = possible;
            }
        }

        long downs() {
            return changes.stream().filter(change -> change < 0).count();
        }
    }

    @Test
    void simulation_burstsThatComeAndGo_doNotFlap() {
        Simulation pool = new Simulation();
        for (int second = 0; second < 300; second++) {
            for (int ms = 0; ms < 1000; ms++) {
                // Six tasks of 200 ms every two seconds, and nothing between.
                pool.tick(second % 2 == 0 && ms == 0 ? 6 : 0, 200 * MS);
            }
        }
        assertEquals(0, pool.downs(), pool.changes::toString);
        assertEquals(6, pool.total, pool.changes::toString);
        assertTrue(pool.changes.size() <= 3, pool.changes::toString);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void simulation_randomLoadNearTheLimit_doesNotFlap(int seed) {
        Random random = new Random(seed);
        Simulation pool = new Simulation();
        for (int ms = 0; ms < 600_000; ms++) {
            // On average three workers' worth, in waits that are often about the latency.
            pool.tick(random.nextInt(100) < 3 ? 1 : 0, (50 + random.nextInt(100)) * MS);
        }
        assertTrue(pool.changes.size() <= 12, () -> "in ten minutes: " + pool.changes);
    }

    @Test
    void simulation_loadThatIsOver_leavesTheMinimum() {
        Simulation pool = new Simulation();
        for (int ms = 0; ms < 5_000; ms++) {
            pool.tick(ms % 100 == 0 ? 8 : 0, 100 * MS);
        }
        assertEquals(8, pool.total);
        for (int ms = 0; ms < 11_000; ms++) {
            pool.tick(0, 0);
        }
        assertEquals(1, pool.total);
    }
}
