package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.Eventually;
import dev.pogo.Held;
import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.PoolSaturatedException;
import dev.pogo.PoolStats;
import dev.pogo.TaskFailedException;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class PoolStatsTest {
    private static final PoolStats.Times NONE = new PoolStats.Times(0, ZERO, ZERO, ZERO, ZERO);

    private final PogoRuntimeImpl runtime = Runtimes.ofSize(2);
    private final PoolImpl pool = runtime.pool("default");

    @Test
    void stats_ofUnusedPool_areAllZero() {
        assertEquals(new PoolStats(2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NONE, NONE), pool.stats());
    }

    @Test
    void stats_tasksRunAndWait_countsThemAndTheirPeaks() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            for (int i = 0; i < 5; i++) {
                scope.spawn(held);
            }
            Eventually.isTrue(() -> pool.stats().admitted() == 2);
            PoolStats stats = pool.stats();
            assertEquals(2, stats.running());
            assertEquals(3, stats.waiting());
            assertEquals(2, stats.waits().count());
            assertEquals(0, stats.runs().count());
            assertEquals(2, stats.peakRunning());
            assertEquals(3, stats.peakWaiting());
            held.release();
            scope.awaitAll();
        }
        PoolStats after = pool.stats();
        assertEquals(0, after.running());
        assertEquals(0, after.waiting());
        assertEquals(2, after.peakRunning());
        assertEquals(3, after.peakWaiting());
        assertEquals(5, after.admitted());
        assertEquals(5, after.succeeded());
        assertEquals(5, after.waits().count());
        assertEquals(5, after.runs().count());
    }

    @Test
    void stats_fewerWaitAfterMore_peakIsOfTheMore() throws InterruptedException {
        for (int waiting = 3; waiting >= 1; waiting--) {
            try (PogoScopeImpl scope = runtime.open();
                    Held held = Held.untilReleased()) {
                for (int i = 0; i < 2 + waiting; i++) {
                    scope.spawn(held);
                }
                assertEquals(waiting, pool.stats().waiting());
                held.release();
                scope.awaitAll();
            }
            assertEquals(3, pool.stats().peakWaiting());
        }
    }

    @Test
    void stats_onePermitTakenAfterTheOther_peakIsOne() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open()) {
            scope.spawn(() -> 1).await();
            Eventually.isTrue(() -> pool.stats().running() == 0);
            scope.spawn(() -> 2).await();
        }
        assertEquals(1, pool.stats().peakRunning());
        assertEquals(0, pool.stats().peakWaiting());
    }

    @Test
    void stats_taskAwaitsOneOfItsOwnPool_countsTheLentPermit() throws InterruptedException {
        PogoRuntimeImpl narrow = Runtimes.ofSize(1);
        try (PogoScopeImpl scope = narrow.open();
                Held held = Held.untilReleased()) {
            TaskImpl<String> parent = scope.spawn(() -> scope.spawn(held).await(ofSeconds(20)));
            held.awaitStarted();
            PoolStats stats = narrow.pool("default").stats();
            assertEquals(1, stats.lent());
            assertEquals(1, stats.running());
            held.release();
            parent.await();
        }
        PoolStats after = narrow.pool("default").stats();
        assertEquals(0, after.lent());
        assertEquals(2, after.admitted());
        assertEquals(1, after.peakRunning());
    }

    @Test
    void stats_workThrows_countsAsFailed() {
        try (PogoScopeImpl scope = runtime.open()) {
            TaskImpl<?> task =
                    scope.spawn(() -> {
                        throw new IllegalStateException("test");
                    });
            assertThrows(TaskFailedException.class, task::await);
        }
        PoolStats stats = pool.stats();
        assertEquals(1, stats.failed());
        assertEquals(1, stats.admitted());
        assertEquals(1, stats.runs().count());
        assertEquals(0, stats.succeeded());
    }

    @Test
    void stats_noThreadToBeHad_countsAsFailedAndNotAsAdmitted() {
        PoolImpl broken =
                new PoolImpl(
                        PoolConfig.named("broken"),
                        runtime.timer(),
                        work -> {
                            throw new OutOfMemoryError("test");
                        });
        try (PogoScopeImpl scope = runtime.open()) {
            TaskImpl<?> task = scope.tasks().add(broken, null, () -> 1);
            broken.submit(task);
            assertThrows(TaskFailedException.class, task::result);
        }
        PoolStats stats = broken.stats();
        assertEquals(1, stats.failed());
        assertEquals(0, stats.admitted());
        assertEquals(1, stats.waits().count());
        assertEquals(0, stats.runs().count());
    }

    @Test
    void stats_runningAndWaitingTasksCancelled_countsBoth() throws InterruptedException {
        try (Held held = Held.untilReleased();
                PogoScopeImpl scope = runtime.open()) {
            for (int i = 0; i < 3; i++) {
                scope.spawn(held);
            }
            Eventually.isTrue(() -> pool.stats().admitted() == 2);
        }
        PoolStats stats = pool.stats();
        assertEquals(3, stats.cancelled());
        assertEquals(2, stats.admitted());
        assertEquals(3, stats.waits().count());
        assertEquals(2, stats.runs().count());
    }

    @Test
    void stats_cancelledTaskThatGoesOn_countsWhenItHasEnded() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.ignoringInterrupts()) {
            TaskImpl<?> task = scope.spawn(held);
            held.awaitStarted();
            task.cancel();
            assertEquals(0, pool.stats().cancelled());
            Eventually.isTrue(() -> pool.stats().stuck() == 1);
            assertEquals(1, pool.stats().running());
            held.release();
            Eventually.isTrue(() -> pool.stats().cancelled() == 1);
        }
        assertEquals(0, pool.stats().stuck());
    }

    @Test
    void stats_taskWaitsForMaxWait_countsAsSaturated() throws InterruptedException {
        Duration maxWait = ofMillis(20);
        PogoRuntimeImpl narrow =
                Runtimes.start(
                        PogoConfig.defaults()
                                .withPool(
                                        PoolConfig.named("default")
                                                .withNumThreads(1)
                                                .withMaxWait(maxWait)));
        try (Held held = Held.untilReleased();
                PogoScopeImpl scope = narrow.open()) {
            scope.spawn(held);
            held.awaitStarted();
            TaskImpl<?> late = scope.spawn(() -> 1);
            assertThrows(PoolSaturatedException.class, () -> late.await(ofSeconds(20)));
        }
        PoolStats stats = narrow.pool("default").stats();
        assertEquals(1, stats.saturated());
        assertEquals(0, stats.failed());
        assertEquals(1, stats.cancelled());
        assertEquals(2, stats.waits().count());
        assertTrue(stats.waits().max().compareTo(maxWait) >= 0, stats::toString);
    }

    @Test
    void stats_taskWaitsAndRuns_tellsHowLong() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            scope.spawn(held);
            scope.spawn(held);
            Eventually.isTrue(() -> pool.stats().admitted() == 2);
            TaskImpl<?> last = scope.spawn(() -> 1);
            Eventually.isTrue(() -> last.waited().compareTo(ofMillis(20)) > 0);
            held.release();
            scope.awaitAll();
        }
        PoolStats.Times waits = pool.stats().waits();
        assertTrue(waits.max().compareTo(ofMillis(20)) > 0, waits::toString);
        assertTrue(waits.p50().compareTo(waits.max()) < 0, waits::toString);
        PoolStats.Times runs = pool.stats().runs();
        assertTrue(runs.p50().compareTo(ofMillis(20)) > 0, runs::toString);
        assertTrue(runs.p95().compareTo(runs.p50()) >= 0, runs::toString);
        assertTrue(runs.max().compareTo(runs.p99()) >= 0, runs::toString);
    }

    /** Seen at any moment from outside, no outcome is there without what it comes from. */
    @Test
    void stats_whileTasksEnd_neverHaveMoreOutcomesThanTasks() throws InterruptedException {
        long rounds = 200;
        Thread requests =
                Thread.startVirtualThread(() -> {
                    for (long i = 0; i < rounds; i++) {
                        try (PogoScopeImpl scope = runtime.open()) {
                            for (int j = 0; j < 50; j++) {
                                scope.spawn(() -> 1);
                            }
                            scope.awaitAll();
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                    }
                });
        long before = 0;
        while (requests.isAlive()) {
            PoolStats stats = pool.stats();
            assertTrue(stats.succeeded() <= stats.admitted(), stats::toString);
            assertTrue(stats.succeeded() >= before, stats::toString);
            assertTrue(stats.running() <= stats.peakRunning(), stats::toString);
            assertTrue(stats.waiting() <= stats.peakWaiting(), stats::toString);
            before = stats.succeeded();
        }
        requests.join();
        assertEquals(50 * rounds, pool.stats().succeeded());
    }
}
