package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.AwaitTimeoutException;
import dev.pogo.CancelReason;
import dev.pogo.DeadlineExceededException;
import dev.pogo.Eventually;
import dev.pogo.Growth;
import dev.pogo.Held;
import dev.pogo.Messages;
import dev.pogo.PogoConfig;
import dev.pogo.PogoException;
import dev.pogo.PoolConfig;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;
import dev.pogo.TaskSpec;
import dev.pogo.UnknownTaskException;
import dev.pogo.channel.Channel;
import dev.pogo.channel.Select;
import dev.pogo.channel.SelectCases;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;

/** awaitAll, awaitAny, settle and completions, and that their cost is in proportion. */
class ManyTasksTest {
    @Test
    void waiters_thatLeaveWhileOthersStay_areNotKept() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open()) {
            TaskImpl<String> task = scope.spawn(Held.untilReleased());
            List<WeakReference<WaitList.Waiter>> waiters = new ArrayList<>();
            WaitList.Waiter last = null;
            for (int i = 0; i < 2_000; i++) {
                WaitList.Waiter next = new Deaf();
                task.enlist(next);
                if (last != null) {
                    last.leave();
                }
                last = next;
                waiters.add(new WeakReference<>(next));
            }
            Eventually.isTrue(() -> {
                System.gc();
                return waiters.stream().filter(one -> one.get() != null).count() < 50;
            });
        }
    }

    private static final class Deaf extends WaitList.Waiter {
        @Override
        void wake() {}
    }

    @Test
    void task_keptAfterItsScope_doesNotKeepTheScopeAround() throws InterruptedException {
        List<TaskImpl<Integer>> kept = new ArrayList<>();
        WeakReference<Object> value = spawnNested(kept);
        Eventually.isTrue(() -> {
            System.gc();
            return value.get() == null;
        });
        assertEquals(1, kept.get(0).result());
    }

    /** The value of a task around the one that is kept; nothing on this stack holds it after. */
    private static WeakReference<Object> spawnNested(List<TaskImpl<Integer>> kept)
            throws InterruptedException {
        PogoRuntimeImpl runtime = PogoRuntimeImpl.start(PogoConfig.defaults());
        try (runtime;
                PogoScopeImpl outer = runtime.open()) {
            WeakReference<Object> value = new WeakReference<>(outer.spawn(Object::new).await());
            try (PogoScopeImpl inner = runtime.open()) {
                kept.add(inner.spawn(() -> 1));
                inner.awaitAll();
            }
            return value;
        }
    }

    @Test
    void awaitAll_allSucceed_returnsWithThePermitsBack() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(2);
        try (PogoScopeImpl scope = runtime.open()) {
            List<TaskImpl<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                tasks.add(scope.spawn(() -> 1));
            }
            scope.awaitAll();
            assertTrue(tasks.stream().allMatch(task -> task.state() == Task.State.SUCCEEDED));
            assertEquals(0, runtime.pool("default").load().running());
        }
    }

    @Test
    void awaitAll_noTasks_returns() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open()) {
            scope.awaitAll();
        }
    }

    @Test
    void awaitAll_oneFails_throwsAtOnceAndCancelsTheRest() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(2).open();
                Held held = Held.untilReleased()) {
            TaskImpl<String> running = scope.spawn(held);
            held.awaitStarted();
            IOException original = new IOException("down");
            TaskImpl<Object> failing = scope.spawn(throwing(original));
            TaskFailedException e =
                    assertThrows(TaskFailedException.class, () -> scope.awaitAll(ofSeconds(60)));
            assertSame(original, e.getCause());
            assertEquals(failing.id(), e.taskId());
            assertEquals(CancelReason.SIBLING_FAILED, reason(running));
            // again: the same failure
            assertSame(
                    original, assertThrows(TaskFailedException.class, scope::awaitAll).getCause());
        }
    }

    @Test
    void awaitAll_timesOut_cancelsTheUnfinished() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open();
                Held held = Held.untilReleased()) {
            assertEquals(1, scope.spawn(() -> 1).await());
            TaskImpl<String> slow = scope.spawn(TaskSpec.in("default").named("slow"), held);
            TaskImpl<Integer> waiting = scope.spawn(() -> 1);
            AwaitTimeoutException e =
                    assertThrows(AwaitTimeoutException.class, () -> scope.awaitAll(ofMillis(5)));
            assertEquals(2, e.unfinished());
            assertEquals("slow", e.taskName());
            Messages.assertStarts(
                    "2 of 3 tasks had no outcome within the timeout of 5.0 ms and are cancelled;"
                            + " the first [task slow",
                    e);
            assertEquals(CancelReason.AWAIT_TIMED_OUT, reason(slow));
            assertEquals(CancelReason.AWAIT_TIMED_OUT, reason(waiting));
        }
    }

    @Test
    void awaitAll_scopeDeadlinePasses_saysSo() {
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open(ofMillis(5));
                Held held = Held.untilReleased()) {
            scope.spawn(held);
            DeadlineExceededException e =
                    assertThrows(
                            DeadlineExceededException.class, () -> scope.awaitAll(ofSeconds(60)));
            assertEquals(CancelReason.SCOPE_DEADLINE, e.reason());
        }
    }

    @Test
    void awaitAll_callerCancelledOne_doesNotCountIt() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open();
                Held held = Held.untilReleased()) {
            TaskImpl<String> unwanted = scope.spawn(held);
            scope.spawn(() -> 1);
            unwanted.cancel();
            scope.awaitAll();
        }
    }

    @Test
    void awaitAll_byATaskOfTheScope_isRefused() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open()) {
            Callable<Object> work =
                    () -> {
                        scope.awaitAll();
                        return null;
                    };
            TaskImpl<Object> task = scope.spawn(work);
            TaskFailedException e = assertThrows(TaskFailedException.class, task::await);
            assertInstanceOf(IllegalStateException.class, e.getCause());
        }
    }

    @Test
    void awaitAny_oneSucceeds_givesItsValueAndCancelsTheOthers() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(3);
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            TaskImpl<String> slow = scope.spawn(held);
            TaskImpl<String> failing = scope.spawn(throwing(new IOException()));
            Eventually.isTrue(failing::done);
            TaskImpl<String> fast = scope.spawn(() -> "fast");
            assertEquals("fast", scope.awaitAny(List.of(slow, failing, fast), ofSeconds(20)));
            assertEquals(CancelReason.LOST_RACE, reason(slow));
        }
    }

    @Test
    void awaitAny_successWhileParked_wakes() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(2).open();
                Held first = Held.untilReleased();
                Held second = Held.untilReleased()) {
            List<TaskImpl<String>> tasks = List.of(scope.spawn(first), scope.spawn(second));
            AtomicReference<String> value = new AtomicReference<>();
            Thread waiter =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    value.set(scope.awaitAny(tasks, ofSeconds(20)));
                                } catch (InterruptedException e) {
                                    throw new AssertionError(e);
                                }
                            });
            Eventually.isParked(waiter);
            second.release();
            waiter.join();
            assertEquals("released", value.get());
            assertEquals(CancelReason.LOST_RACE, reason(tasks.get(0)));
            scope.awaitAll(); // losing a race is no failure
        }
    }

    @Test
    void awaitAny_noneSucceeds_throwsTheFirstWithTheOthersSuppressed() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open()) {
            List<TaskImpl<Object>> tasks = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                tasks.add(scope.spawn(throwing(new IOException("number " + i))));
            }
            TaskFailedException e =
                    assertThrows(
                            TaskFailedException.class, () -> scope.awaitAny(tasks, ofSeconds(20)));
            Messages.assertContains("number 0", e);
            assertEquals(10, e.getSuppressed().length);
            Messages.assertContains("number 1", e.getSuppressed()[0]);
        }
    }

    @Test
    void awaitAny_timesOut_cancelsAll() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open();
                Held held = Held.untilReleased()) {
            List<TaskImpl<String>> tasks = List.of(scope.spawn(held), scope.spawn(held));
            AwaitTimeoutException e =
                    assertThrows(
                            AwaitTimeoutException.class, () -> scope.awaitAny(tasks, ofMillis(5)));
            assertEquals(2, e.unfinished());
            assertEquals(CancelReason.AWAIT_TIMED_OUT, reason(tasks.get(1)));
        }
    }

    @Test
    void awaitAny_wrongTasks_areRefused() {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        try (PogoScopeImpl other = runtime.open();
                PogoScopeImpl scope = runtime.open()) {
            TaskImpl<Integer> foreign = other.spawn(() -> 1);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> scope.awaitAny(new ArrayList<TaskImpl<Integer>>(), ofSeconds(1)));
            assertThrows(
                    UnknownTaskException.class,
                    () -> scope.awaitAny(List.of(foreign), ofSeconds(1)));
            TaskImpl<Integer> none = null;
            NullPointerException e =
                    assertThrows(
                            NullPointerException.class,
                            () -> scope.awaitAny(Arrays.asList(none), ofSeconds(1)));
            assertEquals("tasks[0]", e.getMessage());
        }
    }

    @Test
    void settle_mixedOutcomes_givesAllInOrder() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(2).open();
                Held held = Held.untilReleased()) {
            TaskImpl<Integer> good = scope.spawn(() -> 1);
            TaskImpl<Object> bad = scope.spawn(throwing(new IOException()));
            TaskImpl<String> slow = scope.spawn(held);
            Eventually.isTrue(() -> good.done() && bad.done());
            assertEquals(List.of(good, bad, slow), scope.settle(ofMillis(5)));
            assertEquals(
                    List.of(Task.State.SUCCEEDED, Task.State.FAILED, Task.State.CANCELLED),
                    List.of(good.state(), bad.state(), slow.state()));
        }
    }

    @Test
    void settle_allEndInTime_returnsBeforeTheTimeout() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(2).open()) {
            scope.spawn(() -> 1);
            scope.spawn(throwing(new IOException()));
            List<Task<?>> tasks = scope.settle(ofSeconds(60));
            assertEquals(2, tasks.size());
            assertThrows(UnsupportedOperationException.class, tasks::clear);
        }
    }

    /** Memory is counted, as time would not be exact: a list of all tasks would show. */
    @Test
    void settle_manyTasksBefore_takesNoMoreForThem() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(4).open()) {
            for (int i = 0; i < 20_000; i++) {
                scope.spawn(() -> 1);
            }
            assertEquals(20_000, scope.settle(ofSeconds(60)).size());
            long before = allocatedBytes();
            for (int i = 0; i < 1_000; i++) {
                assertEquals(20_000, scope.settle(ofSeconds(60)).size());
            }
            long each = (allocatedBytes() - before) / 1_000;
            assertTrue(each < 2_000, () -> each + " bytes");
        }
    }

    private static long allocatedBytes() {
        return ManagementFactory.getPlatformMXBean(com.sun.management.ThreadMXBean.class)
                .getCurrentThreadAllocatedBytes();
    }

    @Test
    void spawnAndAwait_again_costsTheSame() throws Exception {
        Growth.isInProportion(
                2_500,
                n -> {
                    try (PogoScopeImpl scope = Runtimes.ofSize(2).open()) {
                        for (int i = 0; i < n; i++) {
                            TaskImpl<Integer> task = scope.spawn(() -> 1);
                            scope.awaitAll(ofSeconds(60));
                            assertEquals(1, scope.await(task.id()));
                            scope.spawn(() -> 1);
                            assertEquals(2 * i + 2, scope.settle(ofSeconds(60)).size());
                        }
                    }
                });
    }

    /** Whatever cancels all looks at those only that may have no outcome. */
    @Test
    void spawnAndCancelAll_again_costsTheSame() throws Exception {
        Growth.isInProportion(
                2_500,
                n -> {
                    try (PogoScopeImpl scope = Runtimes.ofSize(2).open();
                            Held held = Held.untilReleased()) {
                        for (int i = 1; i <= n; i++) {
                            TaskImpl<String> task = scope.spawn(held);
                            if (i % 2 == 0) {
                                assertEquals(i, scope.settle(Duration.ZERO).size());
                            } else {
                                assertThrows(
                                        PogoException.class, () -> scope.awaitAll(Duration.ZERO));
                            }
                            assertEquals(Task.State.CANCELLED, task.state());
                        }
                    }
                });
    }

    /** Those that have been seen with their outcomes are not looked at again. */
    @Test
    void undecided_ofManyTasks_areThoseFromTheFirstUndecidedOn() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(2).open();
                Held first = Held.untilReleased();
                Held second = Held.untilReleased()) {
            ScopeTasks tasks = scope.tasks();
            for (int i = 0; i < 100; i++) {
                scope.spawn(() -> 1);
            }
            scope.awaitAll();
            TaskImpl<String> slow = scope.spawn(first);
            TaskImpl<Integer> fast = scope.spawn(() -> 1);
            fast.await();
            TaskImpl<String> slower = scope.spawn(second);
            List<TaskImpl<?>> all = tasks.snapshot();
            assertEquals(3, tasks.undecidedOf(all).size());
            assertEquals(List.of(slow, fast, slower), tasks.undecidedOf(all));
            assertEquals(all.subList(0, 100), tasks.decidedOf(all));
            first.release();
            slow.await();
            assertEquals(List.of(slower), tasks.undecidedOf(all));
            List<TaskImpl<?>> early = all.subList(0, 50);
            assertEquals(List.of(), tasks.undecidedOf(early));
            assertEquals(early, tasks.decidedOf(early));
            second.release();
            slower.await();
            assertEquals(all, tasks.decidedOf(all));
        }
    }

    /** Whoever settles sees what was there before, also while others spawn. */
    @Test
    void settle_whileOthersSpawn_givesAllBeforeAndOnlyDone() throws Exception {
        try (PogoScopeImpl scope = Runtimes.ofSize(4).open()) {
            List<Thread> threads = new ArrayList<>();
            List<Throwable> findings = Collections.synchronizedList(new ArrayList<>());
            for (int t = 0; t < 4; t++) {
                threads.add(
                        Thread.ofVirtual()
                                .start(() -> {
                                    try {
                                        for (int i = 0; i < 500; i++) {
                                            TaskImpl<Integer> mine = scope.spawn(() -> 1);
                                            List<Task<?>> all = scope.settle(ofSeconds(60));
                                            assertTrue(all.stream().allMatch(Task::done));
                                            assertTrue(all.contains(mine));
                                        }
                                    } catch (Throwable e) {
                                        findings.add(e);
                                    }
                                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(List.of(), findings);
            assertEquals(2_000, scope.settle(ofSeconds(1)).size());
        }
    }

    @Test
    void queues_inManyPools_areFoundAtTheSameCost() throws Exception {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        List<PoolImpl> pools = new ArrayList<>();
        for (int i = 0; i < 4_000; i++) {
            PoolConfig config = PoolConfig.named("p" + i).withNumThreads(1);
            pools.add(new PoolImpl(config, runtime.timer()));
        }
        Growth.isInProportion(
                500,
                n -> {
                    try (PogoScopeImpl scope = runtime.open()) {
                        List<ScopeQueue> queues = new ArrayList<>();
                        for (PoolImpl pool : pools.subList(0, n)) {
                            queues.add(scope.tasks().queueIn(pool));
                        }
                        for (int round = 0; round < 20; round++) {
                            for (int i = 0; i < n; i++) {
                                ScopeQueue found = scope.tasks().queueIn(pools.get(i));
                                assertSame(queues.get(i), found);
                                assertSame(pools.get(i), found.pool);
                            }
                        }
                    }
                });
    }

    @Test
    void completions_ofManyTasks_giveEachAtTheSameCost() throws Exception {
        Growth.isInProportion(
                2_000,
                n -> {
                    try (PogoScopeImpl scope = Runtimes.ofSize(2).open()) {
                        assertEquals(n, asCompleted(scope, n));
                    }
                });
    }

    /** The parent lends the pool's only permit to one child after the other. */
    @Test
    void completions_ofManyChildrenInAPoolOfOne_giveEachAtTheSameCost() throws Exception {
        Growth.isInProportion(
                2_000,
                n -> {
                    try (PogoScopeImpl scope = Runtimes.ofSize(1).open()) {
                        assertEquals(
                                n, scope.spawn(() -> asCompleted(scope, n)).await(ofSeconds(60)));
                    }
                });
    }

    /** To begin to wait does not look at all of them each time. */
    @Test
    void completions_ofManyWaitingTasks_areLentToAtTheSameCost() throws Exception {
        Growth.isInProportion(
                2_000,
                n -> {
                    PogoRuntimeImpl runtime = Runtimes.ofSize(1);
                    try (PogoScopeImpl scope = runtime.open();
                            Held held = Held.untilReleased()) {
                        scope.spawn(held);
                        CompletionsImpl<Integer> completions = scope.completions(ones(scope, n));
                        for (int i = 0; i < n; i++) {
                            assertNotNull(completions.queueIn(runtime.defaultPool()));
                        }
                    }
                });
    }

    private static int asCompleted(PogoScopeImpl scope, int n) throws InterruptedException {
        CompletionsImpl<Integer> completions = scope.completions(ones(scope, n));
        int sum = 0;
        while (completions.remaining() > 0) {
            sum += completions.next(ofSeconds(60)).orElseThrow().result();
        }
        return sum;
    }

    private static List<TaskImpl<Integer>> ones(PogoScopeImpl scope, int n) {
        List<TaskImpl<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            tasks.add(scope.spawn(() -> 1));
        }
        return tasks;
    }

    @Test
    void completions_inASelect_giveEachAtTheSameCost() throws Exception {
        Growth.isInProportion(
                2_000,
                n -> {
                    try (PogoScopeImpl scope = Runtimes.ofSize(2).open()) {
                        Channel<Integer> messages = scope.channel(0);
                        CompletionsImpl<Integer> completions = scope.completions(ones(scope, n));
                        SelectCases<String> cases =
                                Select.from("task", completions).from("message", messages);
                        while (completions.remaining() > 0) {
                            assertEquals("task", cases.await().key());
                        }
                    }
                });
    }

    @Test
    void completions_ofAMillionTasks_giveEach() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(2).open();
                Held held = Held.untilReleased()) {
            scope.spawn(held);
            scope.spawn(held);
            CompletionsImpl<Integer> completions = scope.completions(ones(scope, 1_000_000));
            for (int i = 0; i < 1_000_000; i++) {
                assertTrue(completions.next(Duration.ZERO).isEmpty());
            }
            held.release();
            for (int i = 0; i < 1_000_000; i++) {
                assertEquals(1, completions.next(ofSeconds(60)).orElseThrow().result());
            }
            assertEquals(0, completions.remaining());
        }
    }

    private static <T> Callable<T> throwing(Exception e) {
        return () -> {
            throw e;
        };
    }

    private static CancelReason reason(TaskImpl<?> task) {
        return task.cancelReason().orElseThrow();
    }
}
