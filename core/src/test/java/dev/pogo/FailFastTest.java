package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.channel.Select;
import dev.pogo.engine.Runtimes;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

final class FailFastTest {
    private static final Duration LONG = ofSeconds(20);

    private final IOException cause = new IOException("refused");

    private static PogoRuntime runtime(ThreadKind kind, int size) {
        return Runtimes.start(
                PogoConfig.defaults()
                        .withPool(
                                PoolConfig.named("default")
                                        .withNumThreads(size)
                                        .withThreads(kind)));
    }

    private Callable<String> failing() {
        return () -> {
            throw cause;
        };
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    void failFast_laterTaskFails_awaitsInARowThrowThat(ThreadKind kind)
            throws InterruptedException {
        try (PogoScope scope = runtime(kind, 4).open().failFast();
                Held slow = Held.untilReleased()) {
            Task<String> first = scope.spawn(slow);
            Task<String> second = scope.spawn(Held.untilReleased());
            slow.awaitStarted();
            Task<String> third = scope.spawn(failing());
            for (Task<String> task : List.of(first, second, third)) {
                TaskFailedException e =
                        assertThrows(TaskFailedException.class, () -> task.await(LONG));
                assertSame(cause, e.getCause());
                assertEquals(third.id(), e.taskId());
            }
            assertEquals(CancelReason.SIBLING_FAILED, first.cancelReason().orElseThrow());
            assertEquals(Task.State.CANCELLED, second.state());
            Eventually.isTrue(() -> slow.interrupts.get() == 1);
            assertSame(
                    cause,
                    assertThrows(TaskFailedException.class, () -> scope.awaitAll(LONG)).getCause());
        }
    }

    @Test
    void failFast_nobodyAwaits_cancelsAtOnce() throws InterruptedException {
        try (PogoScope scope = runtime(ThreadKind.VIRTUAL, 2).open().failFast();
                Held held = Held.untilReleased()) {
            Task<?> sibling = scope.spawn(held);
            held.awaitStarted();
            Task<String> failed = scope.spawn(failing());
            Task<?> waiting = scope.spawn(() -> 1);
            Eventually.isTrue(() -> sibling.isCancelled() && waiting.done());
            Eventually.isTrue(() -> held.interrupts.get() == 1);
            assertSame(cause, failed.failure().orElseThrow());
        }
    }

    @Test
    void failFast_waitingSiblings_doNotStart() throws InterruptedException {
        AtomicInteger ran = new AtomicInteger();
        CountDownLatch spawned = new CountDownLatch(1);
        try (PogoScope scope = runtime(ThreadKind.VIRTUAL, 1).open().failFast()) {
            scope.spawn(() -> {
                spawned.await();
                throw cause;
            });
            List<Task<?>> siblings = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                siblings.add(scope.spawn(() -> ran.incrementAndGet()));
            }
            spawned.countDown();
            for (Task<?> sibling : siblings) {
                assertSame(
                        cause,
                        assertThrows(TaskFailedException.class, () -> sibling.await(LONG))
                                .getCause());
            }
        }
        assertEquals(0, ran.get());
    }

    @Test
    void spawn_afterAFailure_givesACancelledTask() throws InterruptedException {
        try (PogoScope scope = runtime(ThreadKind.VIRTUAL, 1).open().failFast()) {
            Task<String> failed = scope.spawn(failing());
            assertThrows(TaskFailedException.class, () -> failed.await(LONG));
            AtomicInteger ran = new AtomicInteger();
            Task<Integer> late = scope.spawn(() -> ran.incrementAndGet());
            assertTrue(late.done());
            assertSame(cause, assertThrows(TaskFailedException.class, late::result).getCause());
            assertEquals(0, ran.get());
        }
    }

    @Test
    void failFast_awaitTimesOut_countsAsTheFailure() throws InterruptedException {
        try (PogoScope scope = runtime(ThreadKind.VIRTUAL, 2).open().failFast()) {
            Task<String> late = scope.spawn(Held.untilReleased());
            Task<String> sibling = scope.spawn(Held.untilReleased());
            assertThrows(AwaitTimeoutException.class, () -> late.await(ofMillis(1)));
            AwaitTimeoutException e =
                    assertThrows(AwaitTimeoutException.class, () -> sibling.await(LONG));
            assertEquals(late.id(), e.taskId());
        }
    }

    @Test
    void failFast_timeLimitOfATaskPasses_countsAsTheFailure() throws InterruptedException {
        try (PogoScope scope = runtime(ThreadKind.VIRTUAL, 2).open().failFast()) {
            Task<String> limited =
                    scope.spawn(TaskSpec.in("default").within(ofMillis(1)), Held.untilReleased());
            Task<String> sibling = scope.spawn(Held.untilReleased());
            DeadlineExceededException e =
                    assertThrows(DeadlineExceededException.class, () -> sibling.await(LONG));
            assertEquals(limited.id(), e.taskId());
            assertEquals(CancelReason.TASK_TIMEOUT, e.reason());
        }
    }

    @Test
    void failFast_taskIsSaturated_countsAsTheFailure() throws InterruptedException {
        PogoRuntime narrow = Runtimes.ofSize(1, ofMillis(1));
        try (PogoScope scope = narrow.open().failFast();
                Held held = Held.untilReleased()) {
            Task<String> running = scope.spawn(held);
            Task<Integer> saturated = scope.spawn(() -> 1);
            PoolSaturatedException e =
                    assertThrows(PoolSaturatedException.class, () -> running.await(LONG));
            assertEquals(saturated.id(), e.taskId());
        }
    }

    @Test
    void failFast_taskIsCancelled_leavesTheOthers() throws InterruptedException {
        try (PogoScope scope = runtime(ThreadKind.VIRTUAL, 2).open().failFast();
                Held held = Held.untilReleased()) {
            Task<String> running = scope.spawn(held);
            Task<String> cancelled = scope.spawn(Held.untilReleased());
            assertTrue(cancelled.cancel());
            assertThrows(TaskCancelledException.class, cancelled::result);
            assertFalse(running.done());
            held.release();
            assertEquals("released", running.await(LONG));
            scope.awaitAll(LONG);
        }
    }

    @Test
    void failFast_deadlinePasses_isTheReasonOfAll() throws InterruptedException {
        try (PogoScope scope = runtime(ThreadKind.VIRTUAL, 2).open(ofMillis(500)).failFast()) {
            List<Task<String>> tasks = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                tasks.add(scope.spawn(Held.untilReleased()));
            }
            for (Task<String> task : tasks) {
                DeadlineExceededException e =
                        assertThrows(DeadlineExceededException.class, task::await);
                assertEquals(task.id(), e.taskId());
            }
        }
    }

    @Test
    void failFast_awaitAllTimesOut_isTheReasonOfAll() throws InterruptedException {
        try (PogoScope scope = runtime(ThreadKind.VIRTUAL, 2).open().failFast()) {
            List<Task<String>> tasks = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                tasks.add(scope.spawn(Held.untilReleased()));
            }
            AwaitTimeoutException e =
                    assertThrows(AwaitTimeoutException.class, () -> scope.awaitAll(ofMillis(1)));
            assertEquals(20, e.unfinished());
            for (Task<String> task : tasks) {
                assertEquals(CancelReason.AWAIT_TIMED_OUT, task.cancelReason().orElseThrow());
            }
        }
    }

    @Test
    void failFast_selectAndCompletions_seeTheCancelledSiblings() throws InterruptedException {
        try (PogoScope scope = runtime(ThreadKind.VIRTUAL, 4).open().failFast()) {
            Task<String> first = scope.spawn(Held.untilReleased());
            Task<String> second = scope.spawn(Held.untilReleased());
            Completions<String> completions = scope.completions(List.of(first, second));
            scope.spawn(failing());
            assertThrows(
                    TaskFailedException.class,
                    Select.from("first", first).from("second", second).await()::value);
            for (int i = 0; i < 2; i++) {
                Task<String> next = completions.next(LONG).orElseThrow();
                assertSame(cause, assertThrows(TaskFailedException.class, next::result).getCause());
            }
        }
    }

    @Test
    void failFast_innerScopeOfATask_isCancelledWithIt() throws InterruptedException {
        PogoRuntime runtime = runtime(ThreadKind.VIRTUAL, 1);
        Held inner = Held.untilReleased();
        try (PogoScope scope = runtime.open().failFast()) {
            CountDownLatch fail = new CountDownLatch(1);
            Task<String> outerTask =
                    scope.spawn(() -> {
                        try (PogoScope nested = runtime.open()) {
                            return nested.spawn(inner).await(LONG); // on the only permit, lent
                        }
                    });
            inner.awaitStarted();
            Task<String> failed =
                    scope.spawn(
                            TaskSpec.in("default").within(ofMillis(1)),
                            () -> {
                                fail.await();
                                return "";
                            });
            assertThrows(DeadlineExceededException.class, () -> outerTask.await(LONG));
            assertEquals(CancelReason.TASK_TIMEOUT, failed.cancelReason().orElseThrow());
        }
        assertEquals(1, inner.interrupts.get());
    }

    @Test
    void failFast_afterASpawnOrTheClose_isRefused() throws InterruptedException {
        PogoRuntime runtime = runtime(ThreadKind.VIRTUAL, 1);
        PogoScope closed = runtime.open();
        try (PogoScope scope = runtime.open()) {
            assertSame(scope, scope.failFast().failFast());
            scope.spawn(() -> 1).await(LONG);
            Messages.assertStarts(
                    "failFast() must come before the first spawn, but the scope has spawned 1 task",
                    assertThrows(IllegalStateException.class, scope::failFast));
        }
        closed.close();
        assertThrows(IllegalStateException.class, closed::failFast);
    }

    @Test
    void failFast_manyFailAtOnce_allAreDecidedAndNoPermitIsLost() throws InterruptedException {
        PogoRuntime runtime = runtime(ThreadKind.VIRTUAL, 8);
        for (int round = 0; round < 500; round++) {
            CountDownLatch together = new CountDownLatch(1);
            try (PogoScope scope = runtime.open().failFast()) {
                List<Task<?>> tasks = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    tasks.add(
                            scope.spawn(() -> {
                                together.await();
                                throw cause;
                            }));
                }
                together.countDown();
                for (Task<?> task : tasks) {
                    assertSame(
                            cause,
                            assertThrows(TaskFailedException.class, () -> task.await(LONG))
                                    .getCause());
                }
            }
            assertEquals(0, runtime.pool("default").stats().running());
        }
    }

    @Test
    void failFast_spawnedWhileAnotherFails_isDecided() throws InterruptedException {
        PogoRuntime runtime = runtime(ThreadKind.VIRTUAL, 8);
        for (int round = 0; round < 500; round++) {
            try (PogoScope scope = runtime.open().failFast()) {
                scope.spawn(failing());
                List<Task<?>> tasks = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    tasks.add(scope.spawn(Held.untilReleased()));
                }
                for (Task<?> task : tasks) {
                    assertThrows(TaskFailedException.class, () -> task.await(LONG));
                }
            }
        }
    }

    @Test
    void failFast_awaitWithZero_throwsTheFailure() throws InterruptedException {
        try (PogoScope scope = runtime(ThreadKind.VIRTUAL, 2).open().failFast()) {
            Task<String> sibling = scope.spawn(Held.untilReleased());
            Task<String> failed = scope.spawn(failing());
            assertThrows(TaskFailedException.class, () -> failed.await(LONG));
            Eventually.isTrue(sibling::done);
            assertThrows(TaskFailedException.class, () -> sibling.await(ZERO));
        }
    }
}
