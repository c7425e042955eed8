package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
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
import dev.pogo.PogoConfig;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;
import dev.pogo.TaskSpec;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;

/** The time limit of a task itself, {@link TaskSpec#within()}. */
class WithinTest {
    private static final TaskSpec SOON = TaskSpec.in("default").named("soon").within(ofMillis(50));
    private static final TaskSpec LATE = TaskSpec.in("default").named("late").within(ofSeconds(60));

    private static void assertTimedOut(Task<?> task, Duration limit) {
        Eventually.isTrue(task::done);
        assertEquals(CancelReason.TASK_TIMEOUT, task.cancelReason().orElseThrow());
        DeadlineExceededException e = assertThrows(DeadlineExceededException.class, task::result);
        assertEquals(limit, e.timeout());
        assertEquals(CancelReason.TASK_TIMEOUT, e.reason());
        assertTrue(task.waited().plus(task.ran()).compareTo(limit) >= 0, e::getMessage);
    }

    @Test
    void within_runningTask_isCancelledThough_nobodyAwaits() throws InterruptedException {
        try (Held held = Held.untilReleased();
                PogoScopeImpl scope = Runtimes.ofSize(1).open()) {
            Task<String> task = scope.spawn(SOON, held);
            assertTimedOut(task, ofMillis(50));
            Eventually.isTrue(() -> held.interrupts.get() == 1);
        }
    }

    @Test
    void within_waitingTask_isCancelledAndNeverStarts() throws InterruptedException {
        try (Held held = Held.untilReleased();
                PogoScopeImpl scope = Runtimes.ofSize(1).open()) {
            scope.spawn(held);
            TaskImpl<Integer> task = scope.spawn(SOON, () -> 1);
            assertTimedOut(task, ofMillis(50));
            assertFalse(task.hasStarted());
            assertEquals(Duration.ZERO, task.ran());
        }
    }

    @Test
    void within_workEndsInTime_hasNoEffectAndLeavesNoAlarm() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(2);
        try (PogoScopeImpl scope = runtime.open()) {
            for (int i = 0; i < 100; i++) {
                assertEquals(1, scope.spawn(LATE, () -> 1).await());
            }
            scope.awaitAll();
        }
        assertEquals(0, runtime.timer().pending());
    }

    @Test
    void await_awaitTimeoutIsShorter_waitsUntilTheLimit() {
        PogoRuntimeImpl runtime =
                Runtimes.start(PogoConfig.defaults().withAwaitTimeout(ofMillis(1)));
        try (Held held = Held.untilReleased();
                PogoScopeImpl scope = runtime.open()) {
            Task<String> task = scope.spawn(SOON, held);
            DeadlineExceededException e =
                    assertThrows(DeadlineExceededException.class, task::await);
            assertEquals(ofMillis(50), e.timeout());
            assertTimedOut(task, ofMillis(50));
        }
    }

    @Test
    void await_ownTimeoutIsShorter_timesOut() {
        try (Held held = Held.untilReleased();
                PogoScopeImpl scope = Runtimes.ofSize(1).open()) {
            Task<String> task = scope.spawn(LATE, held);
            assertThrows(AwaitTimeoutException.class, () -> task.await(ofMillis(10)));
            assertEquals(CancelReason.AWAIT_TIMED_OUT, task.cancelReason().orElseThrow());
        }
    }

    @Test
    void within_deadlineIsEarlier_theDeadlineCancels() {
        try (Held held = Held.untilReleased();
                PogoScopeImpl scope = Runtimes.ofSize(1).open(ofMillis(50))) {
            Task<String> task = scope.spawn(LATE, held);
            DeadlineExceededException e =
                    assertThrows(DeadlineExceededException.class, task::await);
            assertEquals(CancelReason.SCOPE_DEADLINE, e.reason());
            assertEquals(ofMillis(50), e.timeout());
        }
    }

    @Test
    void within_deadlineIsLater_theLimitCancelsAndTheOthersGoOn() throws InterruptedException {
        try (Held held = Held.untilReleased();
                PogoScopeImpl scope = Runtimes.ofSize(2).open(ofSeconds(60))) {
            Task<String> beside = scope.spawn(held);
            Task<String> task = scope.spawn(SOON, held);
            assertThrows(DeadlineExceededException.class, task::await);
            assertTimedOut(task, ofMillis(50));
            assertFalse(beside.done());
            held.release();
            assertEquals("released", beside.await());
        }
    }

    @Test
    void awaitAll_aLimitPasses_throwsThatAndCancelsTheOthers() throws InterruptedException {
        try (Held held = Held.untilReleased();
                PogoScopeImpl scope = Runtimes.ofSize(2).open(ofSeconds(60))) {
            Task<String> beside = scope.spawn(held);
            scope.spawn(SOON, held);
            DeadlineExceededException e =
                    assertThrows(DeadlineExceededException.class, scope::awaitAll);
            assertEquals(CancelReason.TASK_TIMEOUT, e.reason());
            assertEquals(CancelReason.SIBLING_FAILED, beside.cancelReason().orElseThrow());
        }
    }

    @Test
    void failFast_aLimitPasses_cancelsTheOthers() {
        try (Held held = Held.untilReleased();
                PogoScopeImpl scope = Runtimes.ofSize(2).open(ofSeconds(60)).failFast()) {
            Task<String> beside = scope.spawn(held);
            Task<String> task = scope.spawn(SOON, held);
            DeadlineExceededException e =
                    assertThrows(DeadlineExceededException.class, beside::await);
            assertEquals(task.id(), e.taskId());
            assertEquals(CancelReason.TASK_TIMEOUT, e.reason());
            assertEquals(CancelReason.SIBLING_FAILED, beside.cancelReason().orElseThrow());
        }
    }

    @Test
    void within_ofATaskOfANestedScope_endsThatTaskOnly() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(2);
        try (Held held = Held.untilReleased();
                PogoScopeImpl outer = runtime.open(ofSeconds(60))) {
            Task<String> beside = outer.spawn(LATE, held);
            try (PogoScopeImpl inner = runtime.open()) {
                assertTimedOut(inner.spawn(SOON, held), ofMillis(50));
                assertEquals(1, inner.spawn(LATE, () -> 1).await());
            }
            assertFalse(beside.done());
        }
    }

    /** The task lends its permit to one that has a limit, and has one itself. */
    @Test
    void within_childInAPoolOfOne_isCancelledAndTheParentGoesOn() throws InterruptedException {
        try (Held held = Held.untilReleased();
                PogoScopeImpl scope = Runtimes.ofSize(1).open(ofSeconds(60))) {
            Task<String> parent =
                    scope.spawn(
                            LATE,
                            () -> {
                                Task<String> child = scope.spawn(SOON, held);
                                return assertThrows(DeadlineExceededException.class, child::await)
                                        .reason()
                                        .toString();
                            });
            assertEquals("TASK_TIMEOUT", parent.await());
        }
    }

    @Test
    void within_parentThatLendsItsPermit_isCancelled() throws InterruptedException {
        try (Held held = Held.untilReleased();
                PogoScopeImpl scope = Runtimes.ofSize(1).open(ofSeconds(60))) {
            Task<String> parent = scope.spawn(SOON, () -> scope.spawn(held).await());
            assertTimedOut(parent, ofMillis(50));
            held.release();
            assertEquals(1, scope.spawn(() -> 1).await());
        }
    }

    @Test
    void within_spawnedByOtherThreads_isCancelled() throws InterruptedException {
        try (Held held = Held.untilReleased();
                PogoScopeImpl scope = Runtimes.ofSize(2).open()) {
            List<Task<?>> tasks = Collections.synchronizedList(new ArrayList<>());
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                threads.add(
                        Thread.startVirtualThread(() -> {
                            for (int j = 0; j < 50; j++) {
                                tasks.add(scope.spawn(SOON, held));
                            }
                        }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(400, tasks.size());
            for (Task<?> task : tasks) {
                assertTimedOut(task, ofMillis(50));
            }
        }
    }

    @Test
    void within_manyLimitsInRandomOrder_noneIsCancelledBeforeItsOwn() throws InterruptedException {
        SplittableRandom random = new SplittableRandom(1);
        try (Held held = Held.untilReleased();
                PogoScopeImpl scope = Runtimes.ofSize(1).open()) {
            scope.spawn(held);
            List<TaskImpl<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                Duration limit = Duration.ofNanos(random.nextLong(1_000_000, 1_000_000_000));
                tasks.add(scope.spawn(TaskSpec.in("default").within(limit), () -> 1));
            }
            for (TaskImpl<Integer> task : tasks) {
                Duration limit = task.within();
                assertTimedOut(task, limit == null ? Duration.ZERO : limit);
            }
        }
    }

    @Test
    void within_manyTasks_costTheSameEach() throws Exception {
        Growth.isInProportion(
                1_000,
                n -> {
                    SplittableRandom random = new SplittableRandom(n);
                    try (Held held = Held.untilReleased();
                            PogoScopeImpl scope = Runtimes.ofSize(1).open()) {
                        scope.spawn(held);
                        for (int i = 0; i < n; i++) {
                            Duration limit = Duration.ofNanos(random.nextLong(1, 20_000_000));
                            scope.spawn(TaskSpec.in("default").within(limit), () -> 1);
                        }
                        Duration last = ofMillis(20);
                        Task<Integer> end =
                                scope.spawn(TaskSpec.in("default").within(last), () -> 1);
                        Eventually.isTrue(end::done);
                    }
                });
    }

    @Test
    void within_earlierLimitsFollow_eachIsMet() throws InterruptedException {
        try (Held held = Held.untilReleased();
                PogoScopeImpl scope = Runtimes.ofSize(5).open()) {
            List<Task<String>> tasks = new ArrayList<>();
            for (int millis : new int[] {400, 300, 200, 100, 50}) {
                tasks.add(scope.spawn(TaskSpec.in("default").within(ofMillis(millis)), held));
            }
            for (int i = 4; i >= 0; i--) {
                Eventually.isTrue(tasks.get(i)::done);
            }
            assertTimedOut(tasks.get(4), ofMillis(50));
            assertTimedOut(tasks.get(0), ofMillis(400));
        }
    }

    @Test
    void within_limitBeyondAllTimes_neverPasses() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open()) {
            TaskSpec forever =
                    TaskSpec.in("default").within(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999));
            assertEquals(1, scope.spawn(forever, () -> 1).await());
        }
    }

    @Test
    void within_oneNano_isCancelledOrSucceeds() throws InterruptedException {
        TaskSpec atOnce = TaskSpec.in("default").within(Duration.ofNanos(1));
        try (PogoScopeImpl scope = Runtimes.ofSize(2).open()) {
            for (int i = 0; i < 300; i++) {
                Task<Integer> task = scope.spawn(atOnce, () -> 1);
                try {
                    task.await();
                } catch (DeadlineExceededException e) {
                    assertEquals(CancelReason.TASK_TIMEOUT, e.reason());
                }
            }
            assertEquals(300, scope.settle(ofSeconds(20)).size());
        }
    }

    @Test
    void within_failureComesFirst_isThatFailure() {
        CountDownLatch never = new CountDownLatch(1);
        try (PogoScopeImpl scope = Runtimes.ofSize(2).open()) {
            Task<Void> failing =
                    scope.spawn(
                            LATE,
                            () -> {
                                throw new IllegalStateException("test");
                            });
            Task<Void> other = scope.spawn(SOON, () -> never.await());
            assertInstanceOf(
                    IllegalStateException.class,
                    assertThrows(TaskFailedException.class, failing::await).getCause());
            assertTimedOut(other, ofMillis(50));
        }
    }
}
