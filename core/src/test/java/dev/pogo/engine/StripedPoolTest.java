package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.Held;
import dev.pogo.PoolLoad;
import dev.pogo.PoolStats;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Pools of any size, used from many scopes at once: their permits are those of one pool. */
class StripedPoolTest {
    private static final int CALLERS = 64;

    /** A quarter of the tasks throw, so that not only successes give a permit back. */
    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 1_000})
    void pool_ofAnySizeUsedByManyScopes_keepsItsBoundAndItsCounts(int size) throws Exception {
        PogoRuntimeImpl runtime = Runtimes.ofSize(size);
        PoolImpl pool = runtime.pool("default");
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Queue<Throwable> findings = new ConcurrentLinkedQueue<>();
        int rounds = 20;
        int tasks = 20;
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            callers.add(
                    Thread.startVirtualThread(() -> {
                        try {
                            for (int round = 0; round < rounds; round++) {
                                request(runtime, tasks, running, most);
                            }
                        } catch (Throwable e) {
                            findings.add(e);
                        }
                    }));
        }
        long admitted = 0;
        long succeeded = 0;
        long failed = 0;
        for (Thread caller : callers) {
            while (!caller.join(ofMillis(1))) {
                PoolStats stats = pool.stats();
                assertTrue(stats.admitted() >= admitted, stats::toString);
                assertTrue(stats.succeeded() >= succeeded, stats::toString);
                assertTrue(stats.failed() >= failed, stats::toString);
                assertTrue(stats.succeeded() + stats.failed() <= stats.admitted(), stats::toString);
                assertTrue(stats.running() <= size, stats::toString);
                assertTrue(stats.peakRunning() >= stats.running(), stats::toString);
                admitted = stats.admitted();
                succeeded = stats.succeeded();
                failed = stats.failed();
            }
        }
        assertEquals(List.of(), List.copyOf(findings));
        assertTrue(most.get() <= size, () -> most + " ran at once");
        PoolStats stats = pool.stats();
        long all = (long) CALLERS * rounds * tasks;
        assertEquals(all, stats.admitted());
        assertEquals(all / 4, stats.failed());
        assertEquals(all - all / 4, stats.succeeded());
        assertEquals(all, stats.runs().count());
        assertEquals(all, stats.waits().count());
        assertEquals(new PoolLoad(size, 0, 0, 0, 0), pool.load());
        assertTrue(stats.peakRunning() <= size, stats::toString);
    }

    private static void request(
            PogoRuntimeImpl runtime, int tasks, AtomicInteger running, AtomicInteger most)
            throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open()) {
            for (int i = 0; i < tasks; i++) {
                boolean fails = i % 4 == 0;
                scope.spawn(() -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    try {
                        Thread.yield();
                        if (fails) {
                            throw new IllegalStateException("test");
                        }
                        return 1;
                    } finally {
                        running.decrementAndGet();
                    }
                });
            }
            scope.settle(ofSeconds(20));
        }
    }

    /** A scope gets all permits, whichever word it prefers, and the next one waits. */
    @ParameterizedTest
    @ValueSource(ints = {63, 64, 65, 1_000})
    void pool_allPermitsTakenByOneScope_hasTheNextTaskWait(int size) throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(size);
        PoolImpl pool = runtime.pool("default");
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            for (int i = 1; i <= size; i++) {
                scope.spawn(held);
                assertEquals(new PoolLoad(size, i, 0, 0, 0), pool.load());
            }
            assertEquals(size, pool.stats().peakRunning());
            TaskImpl<?> late = scope.spawn(() -> 1);
            assertEquals(new PoolLoad(size, size, 1, 0, 0), pool.load());
            held.release();
            late.await(ofSeconds(20));
            scope.awaitAll();
        }
        assertEquals(new PoolLoad(size, 0, 0, 0, 0), pool.load());
        assertEquals(size + 1, pool.stats().succeeded());
    }

    /** Lent permits, hand-overs and the fast path count into one figure. */
    @Test
    void stats_tasksThatShareAPermit_countTheirSuccessesOnce() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(64);
        int parents = 200;
        try (PogoScopeImpl scope = runtime.open()) {
            for (int i = 0; i < parents; i++) {
                scope.spawn(() -> {
                    try (PogoScopeImpl inner = runtime.open()) {
                        return inner.spawn(() -> 1).await(ofSeconds(20))
                                + inner.spawn(() -> 2).await(ofSeconds(20));
                    }
                });
            }
            scope.awaitAll(ofSeconds(20));
        }
        PoolStats stats = runtime.pool("default").stats();
        assertEquals(3L * parents, stats.succeeded());
        assertEquals(3L * parents, stats.admitted());
        assertEquals(64, stats.peakRunning());
    }
}
