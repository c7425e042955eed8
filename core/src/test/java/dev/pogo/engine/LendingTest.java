package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.AwaitTimeoutException;
import dev.pogo.Eventually;
import dev.pogo.Held;
import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.PoolLoad;
import dev.pogo.Task;
import dev.pogo.TaskCancelledException;
import dev.pogo.TaskFailedException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Rule 10: a task that awaits waiting tasks of its own pool lends them its permit. */
class LendingTest {
    private static final Duration LONG = ofSeconds(20);

    private final PogoRuntimeImpl runtime =
            Runtimes.start(
                    PogoConfig.defaults()
                            .withPool(PoolConfig.named("default").withNumThreads(1))
                            .withPool(PoolConfig.named("other").withNumThreads(1)));

    private final PoolImpl pool = runtime.pool("default");
    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger atWork = new AtomicInteger();
    private final AtomicInteger mostAtWork = new AtomicInteger();

    private interface Nested<T> {
        T in(PogoScopeImpl scope) throws Exception;
    }

    /** Work that opens a scope of its own. */
    private <T> Callable<T> parent(Nested<T> work) {
        return () -> {
            try (PogoScopeImpl scope = runtime.open()) {
                return work.in(scope);
            }
        };
    }

    /** Work that is counted while it runs. */
    private Callable<Integer> counted(int value) {
        return () -> {
            runs.incrementAndGet();
            mostAtWork.accumulateAndGet(atWork.incrementAndGet(), Math::max);
            Thread.yield();
            atWork.decrementAndGet();
            return value;
        };
    }

    private <T> T run(Callable<T> work) throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open()) {
            return scope.spawn(work).await(LONG);
        }
    }

    @AfterEach
    void nothingIsLent() {
        Eventually.isTrue(
                () -> pool.load().equals(new PoolLoad(1, 0, 0, 0, 0)),
                () -> pool.load().toString());
    }

    @Test
    void await_waitingChild_runsOnTheParentsPermit() throws InterruptedException {
        PoolLoad load = run(parent(scope -> scope.spawn(pool::load).await(LONG)));
        assertEquals(new PoolLoad(1, 1, 0, 1, 0), load);
    }

    @Test
    void await_byId_runsOnTheParentsPermit() throws InterruptedException {
        String value =
                run(
                        parent(scope ->
                                String.valueOf(scope.await(scope.spawn(counted(1)).id(), LONG))));
        assertEquals("1", value);
    }

    @Test
    void await_childrenOneByOne_runOnTheParentsPermitOneByOne() throws InterruptedException {
        int sum =
                run(
                        parent(scope -> {
                            List<TaskImpl<Integer>> children = new ArrayList<>();
                            for (int i = 0; i < 1_000; i++) {
                                children.add(scope.spawn(counted(1)));
                            }
                            int total = 0;
                            for (TaskImpl<Integer> child : children) {
                                total += child.await(LONG);
                            }
                            return total;
                        }));
        assertEquals(1_000, sum);
        assertEquals(1, mostAtWork.get());
    }

    @Test
    void await_descendants_areLentDownAndBack() throws InterruptedException {
        assertEquals(500, run(generation(500)));
    }

    private Callable<Integer> generation(int left) {
        return left == 0
                ? () -> 0
                : parent(scope -> 1 + scope.spawn(generation(left - 1)).await(LONG));
    }

    @Test
    void awaitAll_children_runOnTheParentsPermitOneByOne() throws InterruptedException {
        int done =
                run(
                        parent(scope -> {
                            List<TaskImpl<Integer>> children = new ArrayList<>();
                            for (int i = 0; i < 10_000; i++) {
                                children.add(scope.spawn(counted(1)));
                            }
                            scope.awaitAll(LONG);
                            return (int) children.stream().filter(TaskImpl::done).count();
                        }));
        assertEquals(10_000, done);
        assertEquals(1, mostAtWork.get());
    }

    @Test
    void settle_childrenOfWhichOneFails_lendsToAll() throws InterruptedException {
        List<Task<?>> settled =
                run(
                        parent(scope -> {
                            scope.spawn(counted(1));
                            scope.spawn(() -> {
                                throw new IllegalStateException("test");
                            });
                            scope.spawn(counted(3));
                            return scope.settle(LONG);
                        }));
        assertEquals(
                List.of(Task.State.SUCCEEDED, Task.State.FAILED, Task.State.SUCCEEDED),
                settled.stream().map(Task::state).toList());
    }

    @Test
    void awaitAny_firstFails_lendsToTheNext() throws InterruptedException {
        int won =
                run(
                        parent(scope -> {
                            TaskImpl<Integer> fails =
                                    scope.spawn(() -> {
                                        throw new IllegalStateException("test");
                                    });
                            TaskImpl<Integer> elsewhere = scope.spawn("other", this::hang);
                            TaskImpl<Integer> wins = scope.spawn(counted(3));
                            scope.spawn(counted(4));
                            return scope.awaitAny(List.of(fails, elsewhere, wins), LONG);
                        }));
        assertEquals(3, won);
        assertEquals(1, mostAtWork.get());
    }

    private int hang() throws InterruptedException {
        new CountDownLatch(1).await();
        return 0;
    }

    /** The task comes while the parent is waiting already, and from another thread. */
    @Test
    void awaitAll_childSpawnedMeanwhile_runsOnTheParentsPermit() throws InterruptedException {
        Integer value =
                run(
                        parent(scope -> {
                            TaskImpl<TaskImpl<Integer>> spawner =
                                    scope.spawn(
                                            "other",
                                            () -> {
                                                TaskImpl<Integer> late = null;
                                                for (int i = 0; i < 100; i++) {
                                                    late = scope.spawn(counted(i));
                                                }
                                                return late;
                                            });
                            scope.awaitAll(LONG);
                            return spawner.result().result();
                        }));
        assertEquals(99, value);
        assertEquals(1, mostAtWork.get());
    }

    @Test
    void await_childFails_givesTheFailureAndThePermitBack() throws InterruptedException {
        run(
                parent(scope -> {
                    TaskImpl<Integer> child =
                            scope.spawn(() -> {
                                throw new StackOverflowError("test");
                            });
                    return assertThrows(TaskFailedException.class, () -> child.await(LONG));
                }));
    }

    @Test
    void await_childHasNoThread_givesTheFailureAndThePermitBack() throws InterruptedException {
        OutOfMemoryError noThread = new OutOfMemoryError("unable to create native thread");
        for (FaultyThreads.Fault fault : FaultyThreads.Fault.values()) {
            FailingThreads threads = new FailingThreads(noThread);
            PoolImpl fragile =
                    new PoolImpl(
                            PoolConfig.named("fragile").withNumThreads(1),
                            runtime.timer(),
                            threads);
            try (PogoScopeImpl scope = runtime.open()) {
                Callable<Boolean> work =
                        parent(inner -> {
                            threads.fault = fault;
                            inner.spawn(fragile, counted(1), null);
                            inner.spawn(fragile, counted(2), null);
                            List<Task<?>> settled = inner.settle(LONG);
                            threads.fault = null;
                            return settled.stream().allMatch(Task::done);
                        });
                assertTrue(scope.spawn(fragile, work, null).await(LONG));
                assertEquals(1, scope.spawn(fragile, counted(1), null).await(LONG));
            }
            assertEquals(new PoolLoad(1, 0, 0, 0, 0), fragile.load());
        }
    }

    @Test
    void await_timesOut_goesOnBesideTheChildUntilThatEnds() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open();
                Held child = Held.ignoringInterrupts();
                Held parent = Held.untilReleased()) {
            TaskImpl<String> nested =
                    scope.spawn(
                            parent(inner -> {
                                TaskImpl<String> late = inner.spawn(child);
                                // It starts only while it is awaited, on a busy machine late.
                                assertThrows(
                                        AwaitTimeoutException.class,
                                        () -> late.await(ofMillis(500)));
                                return parent.call();
                            }));
            parent.awaitStarted();
            Eventually.isTrue(() -> pool.load().equals(new PoolLoad(1, 2, 0, 0, 1)));
            TaskImpl<Integer> next = scope.spawn(counted(1));
            child.release();
            Eventually.isTrue(() -> pool.load().running() == 1);
            assertEquals(new PoolLoad(1, 1, 1, 0, 0), pool.load());
            parent.release();
            assertEquals("released", nested.await(LONG));
            assertEquals(1, next.await(LONG));
        }
    }

    /**
     * A child that awaits something elsewhere may have its siblings beside it, but none at work.
     */
    @Test
    void awaitAll_childrenAwaitAnotherPool_runOneByOne() throws InterruptedException {
        run(
                parent(scope -> {
                    for (int i = 0; i < 20; i++) {
                        scope.spawn(
                                parent(inner -> {
                                    inner.spawn("other", () -> 1).await(LONG);
                                    assertEquals(1, pool.load().running());
                                    return counted(1).call();
                                }));
                    }
                    scope.awaitAll(LONG);
                    return 0;
                }));
        assertEquals(1, mostAtWork.get());
    }

    /** The tasks are left alone, but nothing more is lent to them. */
    @Test
    void awaitAll_interrupted_goesOnBesideTheBorrowerAndLendsToNoOther()
            throws InterruptedException {
        AtomicReference<Thread> works = new AtomicReference<>();
        try (PogoScopeImpl scope = runtime.open();
                Held first = Held.untilReleased();
                Held second = Held.untilReleased();
                Held parent = Held.untilReleased()) {
            TaskImpl<String> nested =
                    scope.spawn(
                            parent(inner -> {
                                works.set(Thread.currentThread());
                                inner.spawn(first);
                                inner.spawn(second);
                                assertThrows(InterruptedException.class, inner::awaitAll);
                                return parent.call();
                            }));
            first.awaitStarted();
            works.get().interrupt();
            parent.awaitStarted();
            assertEquals(new PoolLoad(1, 2, 1, 0, 0), pool.load());
            first.release();
            Eventually.isTrue(() -> pool.load().running() == 1);
            assertFalse(second.hasStarted());
            assertEquals(new PoolLoad(1, 1, 1, 0, 0), pool.load());
            parent.release();
            assertEquals("released", nested.await(LONG));
        }
    }

    /** The winner's end must not start a loser beside the parent, which is about to go on. */
    @Test
    void awaitAny_borrowerWins_noLoserIsStarted() throws InterruptedException {
        for (int i = 0; i < 200; i++) {
            run(
                    parent(scope -> {
                        List<TaskImpl<Integer>> racing = new ArrayList<>();
                        for (int j = 0; j < 3; j++) {
                            racing.add(scope.spawn(counted(j)));
                        }
                        return scope.awaitAny(racing, LONG);
                    }));
            assertEquals(0, atWork.get());
        }
        assertEquals(200, runs.get());
    }

    @Test
    void awaitAll_borrowerFails_noSiblingIsStarted() throws InterruptedException {
        for (int i = 0; i < 200; i++) {
            run(
                    parent(scope -> {
                        scope.spawn(() -> {
                            throw new IllegalStateException("test");
                        });
                        scope.spawn(counted(1));
                        return assertThrows(TaskFailedException.class, () -> scope.awaitAll(LONG));
                    }));
        }
        assertEquals(0, runs.get());
    }

    /** Work that is interrupted while it awaits the sibling, then waits to be let go on. */
    private <T> Callable<T> afterAnInterruptedAwait(
            AtomicReference<Thread> works,
            List<? extends TaskImpl<?>> siblings,
            Held interrupted,
            Nested<T> then) {
        return parent(scope -> {
            works.set(Thread.currentThread());
            assertThrows(InterruptedException.class, () -> siblings.get(0).await(LONG));
            interrupted.call();
            return then.in(scope);
        });
    }

    /** Lender and borrower both wait, so the permit is idle with the borrower. */
    @Test
    void lender_awaitsAgainWhileItsBorrowerAwaits_hasItsChildServed() throws InterruptedException {
        AtomicReference<Thread> works = new AtomicReference<>();
        for (boolean borrowerFirst : new boolean[] {true, false}) {
            try (PogoScopeImpl scope = runtime.open();
                    Held first = Held.untilReleased();
                    Held elsewhere = Held.untilReleased();
                    Held mayAwait = Held.untilReleased();
                    Held interrupted = Held.untilReleased()) {
                scope.spawn(first);
                List<TaskImpl<String>> siblings = new ArrayList<>();
                TaskImpl<Integer> lender =
                        scope.spawn(
                                afterAnInterruptedAwait(
                                        works,
                                        siblings,
                                        interrupted,
                                        inner -> inner.spawn(counted(7)).await(LONG)));
                siblings.add(
                        scope.spawn(
                                parent(inner -> {
                                    mayAwait.call();
                                    return inner.spawn("other", elsewhere).await(LONG);
                                })));
                first.release();
                mayAwait.awaitStarted();
                works.get().interrupt();
                interrupted.awaitStarted();
                (borrowerFirst ? mayAwait : interrupted).release();
                if (borrowerFirst) {
                    elsewhere.awaitStarted();
                }
                (borrowerFirst ? interrupted : mayAwait).release();
                assertEquals(7, lender.await(LONG));
                elsewhere.release();
                assertEquals("released", siblings.get(0).await(LONG));
            }
        }
    }

    /** The borrower would have lent the permit to the next task of its own scope. */
    @Test
    void borrower_hasLentToAChildOfItsLender_doesNotLendTwice() throws InterruptedException {
        AtomicReference<Thread> works = new AtomicReference<>();
        AtomicReference<TaskImpl<Integer>> late = new AtomicReference<>();
        try (PogoScopeImpl scope = runtime.open();
                Held first = Held.untilReleased();
                Held interrupted = Held.untilReleased();
                Held childOfLender = Held.untilReleased();
                Held elsewhere = Held.untilReleased()) {
            scope.spawn(first);
            List<TaskImpl<Boolean>> siblings = new ArrayList<>();
            TaskImpl<String> lender =
                    scope.spawn(
                            afterAnInterruptedAwait(
                                    works,
                                    siblings,
                                    interrupted,
                                    inner -> inner.spawn(childOfLender).await(LONG)));
            siblings.add(
                    scope.spawn(
                            parent(inner -> {
                                inner.spawn(
                                        "other",
                                        () -> {
                                            elsewhere.call();
                                            late.set(inner.spawn(counted(1)));
                                            return null;
                                        });
                                inner.awaitAll(LONG);
                                return true;
                            })));
            first.release();
            elsewhere.awaitStarted();
            works.get().interrupt();
            interrupted.awaitStarted();
            interrupted.release();
            childOfLender.awaitStarted();
            elsewhere.release();
            Eventually.isTrue(() -> late.get() != null);
            assertEquals(new PoolLoad(1, 1, 1, 2, 0), pool.load());
            childOfLender.release();
            assertEquals("released", lender.await(LONG));
            siblings.get(0).await(LONG);
            assertEquals(1, late.get().result());
        }
    }

    /** What it awaits belongs to the scope around it, and so may outlive it. */
    @Test
    void lender_endsBeforeItsBorrower_leavesItThePermit() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open();
                Held first = Held.untilReleased();
                Held stubborn = Held.ignoringInterrupts()) {
            scope.spawn(first);
            List<TaskImpl<String>> siblings = new ArrayList<>();
            TaskImpl<Void> lender =
                    scope.spawn(() -> {
                        assertThrows(
                                AwaitTimeoutException.class,
                                () -> siblings.get(0).await(ofMillis(10)));
                        return null;
                    });
            siblings.add(scope.spawn(stubborn));
            first.release();
            lender.await(LONG);
            Eventually.isTrue(() -> pool.load().equals(new PoolLoad(1, 1, 0, 0, 1)));
            TaskImpl<Integer> next = scope.spawn(counted(1));
            assertEquals(1, pool.load().waiting());
            stubborn.release();
            assertEquals(1, next.await(LONG));
        }
    }

    /** Three generations; the middle one ends first, then the eldest. */
    @Test
    void borrower_endsBeforeItsOwnBorrower_leavesItThePermit() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open();
                Held first = Held.untilReleased();
                Held stubborn = Held.ignoringInterrupts()) {
            scope.spawn(first);
            List<TaskImpl<String>> youngest = new ArrayList<>();
            Callable<Void> middle =
                    () -> {
                        assertThrows(
                                AwaitTimeoutException.class,
                                () -> youngest.get(0).await(ofMillis(10)));
                        return null;
                    };
            TaskImpl<PoolLoad> eldest =
                    scope.spawn(
                            parent(inner -> {
                                inner.spawn(middle).await(LONG);
                                return pool.load();
                            }));
            youngest.add(scope.spawn(stubborn));
            first.release();
            assertEquals(2, eldest.await(LONG).running());
            TaskImpl<Integer> next = scope.spawn(counted(1));
            Eventually.isTrue(() -> pool.load().equals(new PoolLoad(1, 1, 1, 0, 1)));
            stubborn.release();
            assertEquals(1, next.await(LONG));
        }
    }

    @Test
    void parent_cancelledWhileItLends_endsWithItsChildren() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open();
                Held child = Held.untilReleased()) {
            TaskImpl<String> parent = scope.spawn(parent(inner -> inner.spawn(child).await(LONG)));
            child.awaitStarted();
            assertTrue(parent.cancel());
            assertEquals(1, scope.spawn(counted(1)).await(LONG));
            assertEquals(1, child.interrupts.get());
        }
    }

    @Test
    void child_cancelledWhileItWaits_isNotLentTo() throws InterruptedException {
        run(
                parent(scope -> {
                    TaskImpl<Integer> child = scope.spawn(counted(1));
                    child.cancel();
                    assertThrows(TaskCancelledException.class, () -> child.await(LONG));
                    return scope.spawn(counted(2)).await(LONG);
                }));
        assertEquals(1, mostAtWork.get());
    }

    @Test
    void zeroTimeout_waitingChild_isNotLentTo() throws InterruptedException {
        run(
                parent(scope -> {
                    TaskImpl<Integer> child = scope.spawn(counted(1));
                    assertThrows(AwaitTimeoutException.class, () -> child.await(Duration.ZERO));
                    return 0;
                }));
        assertEquals(0, mostAtWork.get());
    }

    @Test
    void recursiveFanOut_everyLevelInThePoolOfTwo_completes() throws InterruptedException {
        PogoRuntimeImpl two = Runtimes.ofSize(2);
        try (PogoScopeImpl scope = two.open()) {
            assertEquals(6_765, scope.spawn(fib(two, 20)).await(ofSeconds(60)));
        }
        assertEquals(new PoolLoad(2, 0, 0, 0, 0), two.pool("default").load());
    }

    private static Callable<Integer> fib(PogoRuntimeImpl runtime, int n) {
        return () -> {
            if (n < 2) {
                return n;
            }
            try (PogoScopeImpl scope = runtime.open()) {
                TaskImpl<Integer> left = scope.spawn(fib(runtime, n - 1));
                TaskImpl<Integer> right = scope.spawn(fib(runtime, n - 2));
                return left.await(ofSeconds(60)) + right.await(ofSeconds(60));
            }
        };
    }
}
