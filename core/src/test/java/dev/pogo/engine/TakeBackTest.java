package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.AwaitTimeoutException;
import dev.pogo.CancelReason;
import dev.pogo.DeadlineExceededException;
import dev.pogo.Eventually;
import dev.pogo.Logs;
import dev.pogo.PoolConfig;
import dev.pogo.PoolLoad;
import dev.pogo.PoolStats;

import org.junit.jupiter.api.Test;

import java.lang.invoke.MethodHandles;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Tasks that have their permit, and whose threads do not begin: nobody waits for those. */
class TakeBackTest {
    private static final Duration LONG = ofSeconds(20);

    private final PogoRuntimeImpl runtime = Runtimes.ofSize(1);
    private final AtomicBoolean ran = new AtomicBoolean();

    private PoolImpl pool(LateThreads threads) {
        return new PoolImpl(PoolConfig.named("late").withNumThreads(1), runtime.timer(), threads);
    }

    /**
     * Does it on a thread of its own, for a close that does not end cannot be interrupted.
     *
     * @param unblock what has to happen for a close that is not prompt to end
     */
    private static void promptly(Runnable unblock, Callable<?> steps) throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                steps.call();
                            } catch (Throwable e) {
                                thrown.set(e);
                            }
                        });
        boolean ended = thread.join(ofSeconds(4));
        if (!ended) {
            unblock.run();
            thread.join();
        }
        if (thrown.get() != null) {
            throw new AssertionError(thrown.get());
        }
        assertTrue(ended, "it has waited for a thread that does not begin");
    }

    /**
     * The thread that admits the task is held up between two statements: it has set the state, and
     * sets the thread only after the task has been taken back.
     */
    @Test
    void takenBack_beforeItsThreadIsSet_hasNoThread() throws ReflectiveOperationException {
        Inert inert = new Inert(1);
        TaskImpl<Integer> task = inert.unsubmitted();
        MethodHandles.Lookup fields =
                MethodHandles.privateLookupIn(TaskProgress.class, MethodHandles.lookup());
        fields.findVarHandle(TaskProgress.class, "state", Object.class)
                .setVolatile(task, TaskState.Running.RUNNING);
        assertTrue(task.cancel());
        assertTrue(task.hasEnded());
        fields.findVarHandle(TaskProgress.class, "thread", Thread.class)
                .setVolatile(task, inert.thread());
        assertNull(task.liveThread());
    }

    @Test
    void deadline_threadHasNotBegun_closesAndTheNextHasThePermit() throws InterruptedException {
        try (LateThreads threads = new LateThreads(Set.of(0));
                Logs logs = new Logs()) {
            PoolImpl pool = pool(threads);
            promptly(
                    threads::release,
                    () -> {
                        try (PogoScopeImpl other = runtime.open()) {
                            TaskImpl<?> late;
                            TaskImpl<Integer> next;
                            try (PogoScopeImpl scope = runtime.open(ofMillis(100))) {
                                late = scope.spawn(pool, () -> ran.getAndSet(true), null);
                                next = other.spawn(pool, () -> 1, null);
                                assertEquals(1, threads.waiting());
                                Eventually.isTrue(late::done);
                            }
                            DeadlineExceededException e =
                                    assertThrows(DeadlineExceededException.class, late::result);
                            assertEquals(CancelReason.SCOPE_DEADLINE, e.reason());
                            assertEquals(Duration.ZERO, e.ran());
                            assertEquals(1, next.await(LONG));
                        }
                        return null;
                    });
            assertEquals(new PoolLoad(1, 0, 0, 0, 0), pool.load());
            PoolStats stats = pool.stats();
            assertEquals(1, stats.admitted());
            assertEquals(1, stats.cancelled());
            assertEquals(1, stats.succeeded());
            threads.release();
            assertFalse(ran.get());
            assertEquals(stats, pool.stats());
            assertEquals(List.of(), logs.messages());
        }
    }

    @Test
    void everyWayToCancel_threadHasNotBegun_givesThePermitBackAtOnce() throws InterruptedException {
        try (LateThreads threads = new LateThreads(Set.of(0, 1, 2, 3))) {
            PoolImpl pool = pool(threads);
            promptly(
                    threads::release,
                    () -> {
                        try (PogoScopeImpl scope = runtime.open()) {
                            TaskImpl<?> cancelled = scope.spawn(pool, () -> 1, null);
                            assertTrue(cancelled.cancel());
                            assertEquals(new PoolLoad(1, 0, 0, 0, 0), pool.load());
                            TaskImpl<?> awaited = scope.spawn(pool, () -> 1, null);
                            assertThrows(
                                    AwaitTimeoutException.class, () -> awaited.await(ofMillis(1)));
                            assertEquals(new PoolLoad(1, 0, 0, 0, 0), pool.load());
                            scope.spawn(pool, () -> 1, null);
                            scope.settle(ofMillis(1));
                            assertEquals(new PoolLoad(1, 0, 0, 0, 0), pool.load());
                            scope.spawn(pool, () -> 1, null);
                        }
                        assertEquals(4, pool.stats().cancelled());
                        assertEquals(0, pool.stats().admitted());
                        return null;
                    });
            assertEquals(4, threads.waiting());
        }
    }

    /** The permit is that of the parent, which goes on with it and lends it again. */
    @Test
    void await_threadWithABorrowedPermitHasNotBegun_givesItBackToTheLender()
            throws InterruptedException {
        try (LateThreads threads = new LateThreads(Set.of(1))) {
            PoolImpl pool = pool(threads);
            promptly(
                    threads::release,
                    () -> {
                        try (PogoScopeImpl scope = runtime.open()) {
                            TaskImpl<Integer> parent =
                                    scope.spawn(pool, () -> secondChild(pool, threads), null);
                            assertEquals(2, parent.await(LONG));
                        }
                        return null;
                    });
            assertEquals(new PoolLoad(1, 0, 0, 0, 0), pool.load());
        }
    }

    private int secondChild(PoolImpl pool, LateThreads threads) throws InterruptedException {
        try (PogoScopeImpl inner = runtime.open()) {
            TaskImpl<Integer> late = inner.spawn(pool, () -> 1, null);
            assertThrows(AwaitTimeoutException.class, () -> late.await(ofMillis(50)));
            assertEquals(1, threads.waiting());
            assertEquals(new PoolLoad(1, 1, 0, 0, 0), pool.load());
            return inner.spawn(pool, () -> 2, null).await(LONG);
        }
    }

    /** Virtual threads that compute keep all others from beginning. */
    @Test
    void deadline_carriersAreBusy_closes() throws InterruptedException {
        int carriers = Runtime.getRuntime().availableProcessors();
        CountDownLatch computing = new CountDownLatch(carriers);
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> busy = new ArrayList<>();
        try (Logs logs = new Logs()) {
            for (int i = 0; i < carriers; i++) {
                busy.add(
                        Thread.ofVirtual()
                                .start(() -> {
                                    computing.countDown();
                                    while (!over.get()) {
                                        Thread.onSpinWait();
                                    }
                                }));
            }
            assertTrue(computing.await(20, TimeUnit.SECONDS));
            try {
                promptly(
                        () -> over.set(true),
                        () -> {
                            try (PogoScopeImpl scope = runtime.open(ofMillis(100))) {
                                TaskImpl<?> task = scope.spawn(() -> ran.getAndSet(true));
                                assertThrows(
                                        DeadlineExceededException.class, () -> task.await(LONG));
                            } finally {
                                over.set(true);
                            }
                            return null;
                        });
            } finally {
                over.set(true);
            }
            assertEquals(List.of(), logs.messages());
        }
        for (Thread thread : busy) {
            thread.join();
        }
        assertFalse(ran.get());
    }

    /** The thread that has not begun may stay so for long. */
    @Test
    void takenBack_scopeAndWork_areNotKeptByTheThread() throws InterruptedException {
        try (LateThreads threads = new LateThreads(Set.of(0))) {
            PoolImpl pool = pool(threads);
            List<WeakReference<?>> gone = new ArrayList<>();
            promptly(threads::release, () -> gone.addAll(leaveBehind(pool)));
            assertEquals(1, threads.waiting());
            for (WeakReference<?> reference : gone) {
                Eventually.isTrue(() -> {
                    System.gc();
                    return reference.get() == null;
                });
            }
        }
    }

    private List<WeakReference<?>> leaveBehind(PoolImpl pool) {
        AtomicInteger captured = new AtomicInteger();
        try (PogoScopeImpl scope = runtime.open()) {
            TaskImpl<?> task = scope.spawn(pool, captured::incrementAndGet, null);
            task.cancel();
            return List.of(
                    new WeakReference<>(captured),
                    new WeakReference<>(scope),
                    new WeakReference<>(task));
        }
    }

    /** However often, of the two one wins, and the pool's numbers are right. */
    @Test
    void cancel_asTheThreadBegins_endsOnceAndGivesThePermitBackOnce() throws InterruptedException {
        PoolImpl pool = runtime.pool("default");
        int rounds = 5_000;
        AtomicInteger works = new AtomicInteger();
        try (PogoScopeImpl scope = runtime.open()) {
            for (int i = 0; i < rounds; i++) {
                TaskImpl<Integer> task = scope.spawn(works::incrementAndGet);
                if (i % 3 == 0) {
                    Thread.yield();
                }
                task.cancel();
                assertTrue(pool.load().running() <= 1);
            }
        }
        PoolStats stats = pool.stats();
        assertEquals(new PoolLoad(1, 0, 0, 0, 0), pool.load());
        assertEquals(rounds, stats.cancelled() + stats.succeeded());
        assertTrue(stats.admitted() >= works.get() && stats.admitted() <= rounds);
        assertEquals(0, stats.stuck());
    }
}
