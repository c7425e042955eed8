package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import dev.pogo.channel.Channel;
import dev.pogo.channel.Select;
import dev.pogo.channel.Selected;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * The bound of a pool while its permits are lent, counted inside the work; and that an idle permit
 * is lent to whatever anybody who shares it awaits.
 */
class SharedPermitTest {
    private static final Duration LONG = ofSeconds(20);

    private final PogoRuntimeImpl runtime =
            Runtimes.start(
                    PogoConfig.defaults()
                            .withPool(PoolConfig.named("default").withNumThreads(1))
                            .withPool(PoolConfig.named("two").withNumThreads(2))
                            .withPool(PoolConfig.named("other").withNumThreads(200)));

    private final PoolImpl pool = runtime.pool("default");
    private final AtomicInteger atWork = new AtomicInteger();
    private final AtomicInteger mostAtWork = new AtomicInteger();

    private interface Nested<T extends @Nullable Object> {
        T in(PogoScopeImpl scope) throws Exception;
    }

    private <T extends @Nullable Object> Callable<T> parent(Nested<T> work) {
        return () -> {
            try (PogoScopeImpl scope = runtime.open()) {
                return work.in(scope);
            }
        };
    }

    private <T extends @Nullable Object> T run(Callable<T> work) throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open()) {
            return scope.spawn(work).await(LONG);
        }
    }

    /**
     * What the pool's permit stands for. Stays a while, so that others have time to come in too.
     */
    private void useBackend() {
        mostAtWork.accumulateAndGet(atWork.incrementAndGet(), Math::max);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        atWork.decrementAndGet();
    }

    private static Optional<Selected<String>> look(TaskImpl<?> task, Duration timeout)
            throws InterruptedException {
        return Select.from("task", task).timeout(timeout);
    }

    /** Looks at a child, shortly, until it has been started. */
    private static Optional<Selected<String>> lookUntilStarted(TaskImpl<?> task, Held work)
            throws InterruptedException {
        Optional<Selected<String>> seen;
        do {
            seen = look(task, ofMillis(1));
        } while (!work.hasStarted());
        return seen;
    }

    /** Waits until the task's await is over and it waits for a permit to go on with. */
    private static void awaitReturning(TaskImpl<?> task) {
        Eventually.isTrue(() -> {
            Thread thread = task.liveThread();
            return thread != null && LockSupport.getBlocker(thread) instanceof PermitShare;
        });
    }

    private Callable<Integer> looksAtItsChild(int depth) {
        return parent(scope -> {
            if (depth > 0) {
                TaskImpl<Integer> child = scope.spawn(looksAtItsChild(depth - 1));
                look(child, ofMillis(1));
                useBackend();
                return 1 + child.await(LONG);
            }
            useBackend();
            return 1;
        });
    }

    @Test
    void select_timesOutAtEachOfManyLevels_oneTaskWorksAtATime() throws InterruptedException {
        assertEquals(50, run(looksAtItsChild(49)));
        assertEquals(1, mostAtWork.get());
        assertEquals(1, pool.stats().peakRunning());
    }

    @Test
    void select_timesOutWhileTheChildRuns_returnsWhenTheChildHasEnded()
            throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open();
                Held child = Held.untilReleased()) {
            TaskImpl<Boolean> parent =
                    scope.spawn(
                            parent(inner -> {
                                lookUntilStarted(inner.spawn(child), child);
                                return child.isReleased();
                            }));
            child.awaitStarted();
            awaitReturning(parent);
            assertEquals(new PoolLoad(1, 1, 0, 1, 0), pool.load());
            child.release();
            assertTrue(parent.await(LONG));
        }
    }

    @Test
    void select_channelIsReadyWhileTheChildRuns_givesItsElementWhenTheChildHasEnded()
            throws InterruptedException {
        Channel<String> channel = Channel.rendezvous();
        try (PogoScopeImpl scope = runtime.open();
                Held child = Held.untilReleased()) {
            TaskImpl<Object> parent =
                    scope.spawn(
                            parent(inner -> {
                                TaskImpl<String> held = inner.spawn(child);
                                Object value =
                                        Select.from("task", held)
                                                .from("channel", channel)
                                                .await()
                                                .value();
                                useBackend();
                                return value + " " + child.isReleased();
                            }));
            child.awaitStarted();
            channel.push("element");
            child.release();
            assertEquals("element true", parent.await(LONG));
        }
    }

    /** Another task ends, and its permit goes to the one that would go on, before all that wait. */
    @Test
    void select_timesOutAndAnotherPermitComesBack_goesOnWithThatFirst()
            throws InterruptedException {
        PoolImpl two = runtime.pool("two");
        try (PogoScopeImpl scope = runtime.open();
                Held another = Held.untilReleased();
                Held child = Held.untilReleased();
                Held next = Held.untilReleased()) {
            scope.spawn("two", another);
            TaskImpl<PoolLoad> parent =
                    scope.spawn(
                            "two",
                            parent(inner -> {
                                TaskImpl<String> held = inner.spawn("two", child);
                                lookUntilStarted(held, child);
                                PoolLoad load = two.load();
                                child.release();
                                held.await(LONG);
                                return load;
                            }));
            child.awaitStarted();
            awaitReturning(parent);
            TaskImpl<String> waiting = scope.spawn("two", next);
            another.release();
            assertEquals(new PoolLoad(2, 2, 1, 0, 0), parent.await(LONG));
            next.release();
            assertEquals("released", waiting.await(LONG));
        }
        assertEquals(2, two.stats().peakRunning());
    }

    /** The pool forgets about its last waiting task, but not about the one that would go on. */
    @Test
    void select_timesOutAndAWaitingTaskIsCancelled_goesOnWithThePermitThatComesBack()
            throws InterruptedException {
        PoolImpl two = runtime.pool("two");
        try (PogoScopeImpl scope = runtime.open();
                Held another = Held.untilReleased();
                Held child = Held.untilReleased()) {
            scope.spawn("two", another);
            TaskImpl<Boolean> parent =
                    scope.spawn(
                            "two",
                            parent(inner -> {
                                lookUntilStarted(inner.spawn("two", child), child);
                                return !child.isReleased();
                            }));
            child.awaitStarted();
            awaitReturning(parent);
            assertTrue(scope.spawn("two", child).cancel());
            another.release();
            assertTrue(parent.await(LONG));
        }
        assertEquals(new PoolLoad(2, 0, 0, 0, 0), two.load());
    }

    @Test
    void select_timesOutAndAPermitIsFree_goesOnWithThat() throws InterruptedException {
        PoolImpl two = runtime.pool("two");
        try (PogoScopeImpl scope = runtime.open();
                Held another = Held.untilReleased();
                Held child = Held.untilReleased()) {
            TaskImpl<String> other = scope.spawn("two", another);
            CountDownLatch isFree = new CountDownLatch(1);
            TaskImpl<PoolLoad> parent =
                    scope.spawn(
                            "two",
                            parent(inner -> {
                                TaskImpl<String> held = inner.spawn("two", child);
                                while (look(held, ofMillis(1)).isEmpty()) {
                                    if (isFree.getCount() == 0) {
                                        return two.load();
                                    }
                                }
                                throw new AssertionError("the child has ended");
                            }));
            child.awaitStarted();
            another.release();
            other.await(LONG);
            isFree.countDown();
            assertEquals(new PoolLoad(2, 2, 0, 0, 0), parent.await(LONG));
        }
    }

    /** The child ignores its interrupt, so the parent goes on beside it. */
    @Test
    void select_hasTimedOutAndTheChildIsCancelledThen_returnsAtOnce() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open();
                Held child = Held.ignoringInterrupts()) {
            AtomicReference<@Nullable TaskImpl<String>> spawned = new AtomicReference<>();
            TaskImpl<PoolLoad> parent =
                    scope.spawn(
                            parent(inner -> {
                                TaskImpl<String> held = inner.spawn(child);
                                spawned.set(held);
                                lookUntilStarted(held, child);
                                PoolLoad load = pool.load();
                                child.release();
                                return load;
                            }));
            child.awaitStarted();
            awaitReturning(parent);
            assertTrue(Objects.requireNonNull(spawned.get()).cancel());
            assertEquals(2, parent.await(LONG).running());
        }
        assertEquals(2, pool.stats().peakRunning());
    }

    @Test
    void select_hasTimedOutAndTheThreadIsInterruptedThen_returnsAtOnceAndKeepsTheInterrupt()
            throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open();
                Held child = Held.untilReleased()) {
            TaskImpl<Boolean> parent =
                    scope.spawn(
                            parent(inner -> {
                                lookUntilStarted(inner.spawn(child), child);
                                assertEquals(new PoolLoad(1, 2, 0, 0, 0), pool.load());
                                return Thread.interrupted();
                            }));
            child.awaitStarted();
            awaitReturning(parent);
            Objects.requireNonNull(parent.liveThread()).interrupt();
            assertTrue(parent.await(LONG));
        }
    }

    /** It has had its one interrupt, so nothing else would end the wait. */
    @Test
    void select_ofACancelledTaskThatHasHadItsInterrupt_returnsAtOnce() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open();
                Held parent = Held.ignoringInterrupts();
                Held child = Held.untilReleased()) {
            AtomicReference<PoolLoad> beside = new AtomicReference<>(pool.load());
            TaskImpl<String> cancelled =
                    scope.spawn(
                            parent(inner -> {
                                parent.call();
                                lookUntilStarted(inner.spawn("default", child), child);
                                beside.set(pool.load());
                                return "";
                            }));
            parent.awaitStarted();
            cancelled.cancel();
            Eventually.isTrue(() -> parent.interrupts.get() == 1);
            parent.release();
            try {
                Eventually.isTrue(() -> cancelled.liveThread() == null);
            } finally {
                child.release();
            }
            assertEquals(2, beside.get().running());
        }
    }

    /** What the child has lent its permit to runs on, but the child itself was cancelled. */
    @Test
    void await_timesOutWhileAGrandchildHasThePermit_isNotLate() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open();
                Held grandchild = Held.untilReleased();
                Held stubborn = Held.ignoringInterrupts()) {
            List<TaskImpl<String>> youngest = new ArrayList<>();
            TaskImpl<Boolean> eldest =
                    scope.spawn(
                            parent(inner -> {
                                TaskImpl<String> middle =
                                        inner.spawn(() -> {
                                            try {
                                                return youngest.get(0).await(LONG);
                                            } catch (InterruptedException e) {
                                                return stubborn.call();
                                            }
                                        });
                                youngest.add(scope.spawn(grandchild));
                                assertThrows(
                                        AwaitTimeoutException.class,
                                        () -> middle.await(ofMillis(500)));
                                boolean beside = !grandchild.isReleased();
                                grandchild.release();
                                stubborn.release();
                                return beside;
                            }));
            assertTrue(eldest.await(LONG));
            assertEquals("released", youngest.get(0).await(LONG));
        }
    }

    /** The child has gone on beside one that it had cancelled, and leaves that to the parent. */
    @Test
    void select_timesOutAndTheChildLeavesACancelledOneBehind_goesOnBesideThat()
            throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open();
                Held child = Held.untilReleased();
                Held stubborn = Held.ignoringInterrupts()) {
            List<TaskImpl<String>> left = new ArrayList<>();
            Callable<String> leavesOneBehind =
                    () -> {
                        left.add(scope.spawn(stubborn));
                        // It starts only while it is awaited, on a busy machine late.
                        assertThrows(
                                AwaitTimeoutException.class,
                                () -> left.get(0).await(ofMillis(500)));
                        return child.call();
                    };
            TaskImpl<Boolean> parent =
                    scope.spawn(
                            parent(inner -> {
                                TaskImpl<String> spawned = inner.spawn(leavesOneBehind);
                                lookUntilStarted(spawned, child);
                                return !stubborn.isReleased();
                            }));
            child.awaitStarted();
            awaitReturning(parent);
            child.release();
            assertTrue(parent.await(LONG));
            Eventually.isTrue(() -> pool.load().stuck() == 1);
        }
    }

    /** The permit is idle with the child; what comes last depends on nobody else. */
    @Test
    void awaitAll_taskOfAnotherPoolSpawnsAndAwaitsASibling_isLentTheIdlePermit()
            throws InterruptedException {
        int sum =
                run(
                        parent(scope -> {
                            TaskImpl<Integer> child =
                                    scope.spawn(
                                            parent(inner ->
                                                    inner.spawn(
                                                                    "other",
                                                                    () ->
                                                                            scope.spawn(() -> 41)
                                                                                    .await(LONG))
                                                            .await(LONG)));
                            scope.awaitAll(LONG);
                            return 1 + child.result();
                        }));
        assertEquals(42, sum);
        assertEquals(0, pool.stats().saturated());
    }

    /** Two borrowers down the permit is idle; what it waits for waits for the permit itself. */
    @Test
    void awaitAll_permitIsIdleTwoBorrowersDown_isLentToAnotherChild() throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        run(
                parent(scope -> {
                    scope.spawn(
                            parent(inner ->
                                    inner.spawn(
                                                    parent(innermost ->
                                                            innermost
                                                                    .spawn(
                                                                            "other",
                                                                            () ->
                                                                                    ran.await(
                                                                                            20,
                                                                                            TimeUnit
                                                                                                    .SECONDS))
                                                                    .await(LONG)))
                                            .await(LONG)));
                    scope.spawn(() -> {
                        ran.countDown();
                        return true;
                    });
                    scope.awaitAll(LONG);
                    return true;
                }));
        assertEquals(0, ran.getCount());
    }

    /** The same, with an eldest that was interrupted and awaits something new. */
    @Test
    void await_afterAnInterruptWithThePermitIdleTwoBorrowersDown_isLentIt()
            throws InterruptedException {
        AtomicReference<Thread> thread = new AtomicReference<>();
        try (PogoScopeImpl scope = runtime.open();
                Held elsewhere = Held.untilReleased()) {
            TaskImpl<Integer> eldest =
                    scope.spawn(
                            parent(inner -> {
                                thread.set(Thread.currentThread());
                                TaskImpl<String> middle =
                                        scope.spawn(
                                                parent(second ->
                                                        second.spawn(
                                                                        parent(third ->
                                                                                third.spawn(
                                                                                                "other",
                                                                                                elsewhere)
                                                                                        .await(
                                                                                                LONG)))
                                                                .await(LONG)));
                                assertThrows(InterruptedException.class, () -> middle.await(LONG));
                                return inner.spawn(() -> 1).await(LONG);
                            }));
            elsewhere.awaitStarted();
            thread.get().interrupt();
            assertEquals(1, eldest.await(LONG));
            elsewhere.release();
            scope.awaitAll(LONG);
        }
    }

    /** A scope of which all tasks were done, and to which one comes while its awaiter wakes up. */
    @Test
    void settle_scopeGrowsAgainAndAgain_lendsToEach() throws InterruptedException {
        int done =
                run(
                        parent(scope -> {
                            TaskImpl<Integer> spawner =
                                    scope.spawn(
                                            "other",
                                            () -> {
                                                int sum = 0;
                                                for (int i = 0; i < 1_000; i++) {
                                                    sum += scope.spawn(() -> 1).await(LONG);
                                                }
                                                return sum;
                                            });
                            scope.settle(LONG);
                            return spawner.result();
                        }));
        assertEquals(1_000, done);
    }

    /** Children that await another pool hold what the permit stands for, so there is a limit. */
    @Test
    void awaitAll_manyChildrenAwaitAnotherPool_fewAreStarted() throws InterruptedException {
        int most = 1 + SharedPermit.MAX_SIDE_LOANS;
        AtomicInteger started = new AtomicInteger();
        try (PogoScopeImpl scope = runtime.open();
                Held elsewhere = Held.untilReleased()) {
            TaskImpl<Boolean> eldest =
                    scope.spawn(
                            parent(inner -> {
                                for (int i = 0; i < 100; i++) {
                                    inner.spawn(
                                            parent(own -> {
                                                started.incrementAndGet();
                                                own.spawn("other", elsewhere).await(LONG);
                                                useBackend();
                                                return true;
                                            }));
                                }
                                inner.awaitAll(LONG);
                                return true;
                            }));
            Eventually.isTrue(() -> pool.load().lent() == most && started.get() == most);
            assertEquals(new PoolLoad(1, 1, 100 - most, most, 0), pool.load());
            elsewhere.release();
            eldest.await(LONG);
        }
        assertEquals(100, started.get());
        assertEquals(1, mostAtWork.get());
        assertEquals(1, pool.stats().peakRunning());
    }

    /** Those that return come before those that have not begun. */
    @Test
    void await_endsWhileASiblingHasThePermit_goesOnBeforeFurtherSiblingsBegin()
            throws InterruptedException {
        List<String> order = new ArrayList<>();
        run(
                parent(scope -> {
                    CountDownLatch second = new CountDownLatch(1);
                    CountDownLatch back = new CountDownLatch(1);
                    TaskImpl<Boolean> first =
                            scope.spawn(
                                    parent(inner -> {
                                        inner.spawn(
                                                        "other",
                                                        () -> second.await(20, TimeUnit.SECONDS))
                                                .await(LONG);
                                        return order.add("first goes on");
                                    }));
                    TaskImpl<Boolean> sibling =
                            scope.spawn(() -> {
                                order.add("second begins");
                                second.countDown();
                                return back.await(20, TimeUnit.SECONDS);
                            });
                    scope.spawn(() -> order.add("third begins"));
                    scope.spawn(
                            "other",
                            () -> {
                                awaitReturning(first);
                                back.countDown();
                                return true;
                            });
                    scope.awaitAll(LONG);
                    return sibling.result();
                }));
        assertEquals(List.of("second begins", "first goes on", "third begins"), order);
    }

    /** What the lender was about to take is taken by another thread, time and again. */
    @Test
    void completions_anotherThreadTakesFromThemToo_noTaskWaitsBesideAnIdlePermit()
            throws Exception {
        for (int round = 0; round < 200; round++) {
            CompletableFuture<CompletionsImpl<Integer>> shared = new CompletableFuture<>();
            try (PogoScopeImpl scope = runtime.open()) {
                TaskImpl<Boolean> lender =
                        scope.spawn(() -> takeAll(shared.get(20, TimeUnit.SECONDS)));
                List<TaskImpl<Integer>> tasks = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    tasks.add(
                            scope.spawn(() -> {
                                useBackend();
                                return 1;
                            }));
                }
                CompletionsImpl<Integer> completions = scope.completions(tasks);
                shared.complete(completions);
                assertTrue(takeAll(completions));
                assertTrue(lender.await(LONG));
            }
        }
        assertEquals(1, mostAtWork.get());
    }

    /** False if a task did not come in time. */
    private static boolean takeAll(CompletionsImpl<Integer> completions)
            throws InterruptedException {
        while (completions.remaining() > 0) {
            if (completions.next(LONG).isEmpty() && completions.remaining() > 0) {
                return false;
            }
        }
        return true;
    }

    /** The permit goes from one borrower to the other, which is cancelled and goes on beside. */
    @Test
    void select_timesOutAndThePermitGoesToACancelledBorrower_goesOnBesideThat()
            throws InterruptedException {
        Channel<String> never = Channel.rendezvous();
        CountDownLatch first = new CountDownLatch(1);
        List<TaskImpl<String>> borrowers = new CopyOnWriteArrayList<>();
        try (PogoScopeImpl scope = runtime.open();
                Held stubborn = Held.ignoringInterrupts();
                Held second = Held.untilReleased()) {
            TaskImpl<Boolean> lender =
                    scope.spawn(
                            parent(inner -> {
                                borrowers.add(
                                        inner.spawn(() -> {
                                            first.countDown();
                                            try {
                                                return never.pop();
                                            } catch (InterruptedException e) {
                                                return stubborn.call();
                                            }
                                        }));
                                while (first.getCount() > 0) {
                                    look(borrowers.get(0), ofMillis(1));
                                }
                                borrowers.add(inner.spawn(second));
                                do {
                                    Select.from("first", borrowers.get(0))
                                            .from("second", borrowers.get(1))
                                            .timeout(ofMillis(1));
                                } while (!second.hasStarted());
                                boolean beside = !stubborn.isReleased();
                                stubborn.release();
                                return beside;
                            }));
            second.awaitStarted();
            awaitReturning(lender);
            borrowers.get(0).cancel();
            stubborn.awaitStarted();
            second.release();
            assertTrue(lender.await(LONG));
        }
    }

    /** As many on the side as there may be, and one that needs no loan on the side. */
    @Test
    void settle_scopeOfABorrowerGrowsAtTheLimit_lendsToTheNewTask() throws Exception {
        Channel<String> never = Channel.rendezvous();
        CompletableFuture<PogoScopeImpl> innermost = new CompletableFuture<>();
        try (PogoScopeImpl scope = runtime.open();
                Held elsewhere = Held.untilReleased();
                Held last = Held.untilReleased()) {
            scope.spawn(
                    parent(inner -> {
                        inner.spawn(
                                parent(own -> {
                                    own.spawn("other", elsewhere);
                                    innermost.complete(own);
                                    return own.settle(LONG).size();
                                }));
                        for (int i = 1; i < SharedPermit.MAX_SIDE_LOANS; i++) {
                            inner.spawn(never::pop);
                        }
                        inner.spawn(() -> last.call() + never.pop());
                        inner.spawn(never::pop); // stays in line
                        return inner.settle(LONG).size();
                    }));
            last.awaitStarted();
            PogoScopeImpl grows = innermost.get(20, TimeUnit.SECONDS);
            TaskImpl<Integer> added = grows.spawn(() -> 1);
            last.release();
            assertEquals(1, added.await(LONG));
            elsewhere.release();
            never.close();
            scope.settle(LONG);
        }
    }

    /** Those that a borrower has left behind count for who lent to it. */
    @Test
    void await_eachBorrowerLeavesOneBehind_thereIsALimit() throws InterruptedException {
        int most = 2 + SharedPermit.MAX_SIDE_LOANS;
        Channel<String> never = Channel.rendezvous();
        try (PogoScopeImpl scope = runtime.open()) {
            TaskImpl<Integer> lender =
                    scope.spawn(
                            parent(inner -> {
                                for (int left = 0; ; left++) {
                                    Held started = Held.untilReleased();
                                    TaskImpl<String> borrower =
                                            inner.spawn(() -> {
                                                TaskImpl<String> child =
                                                        inner.spawn(() -> {
                                                            started.release();
                                                            return never.pop();
                                                        });
                                                while (!started.isReleased()) {
                                                    look(child, ofMillis(1));
                                                }
                                                return "left one";
                                            });
                                    try {
                                        borrower.await(ofMillis(500));
                                    } catch (AwaitTimeoutException e) {
                                        return left;
                                    }
                                    assertTrue(pool.load().lent() <= most, pool::toString);
                                }
                            }));
            int left = lender.await(LONG);
            assertTrue(left >= SharedPermit.MAX_SIDE_LOANS && left <= most, left + " left");
        }
    }

    /** Not that a listener should wait; but it shall not cost more than its wait. */
    @Test
    void await_listenerWaitsForAChannelMeanwhile_goesOn() throws InterruptedException {
        Channel<String> full = Channel.rendezvous();
        runtime.addTaskListener(task -> {
            try {
                full.tryPush("nobody pops", ofMillis(1));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            scope.spawn("two", held);
            scope.spawn("two", held);
            held.awaitStarted();
            TaskImpl<Boolean> lender =
                    scope.spawn(
                            parent(inner -> {
                                TaskImpl<Integer> late = inner.spawn("two", () -> 1);
                                assertThrows(
                                        AwaitTimeoutException.class,
                                        () -> late.await(ofMillis(10)));
                                return inner.spawn(() -> true).await(LONG);
                            }));
            assertTrue(lender.await(LONG));
            held.release();
            scope.awaitAll(LONG);
        }
    }
}
