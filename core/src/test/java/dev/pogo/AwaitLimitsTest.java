package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.engine.Runtimes;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** How long the awaits wait that are given no timeout, and what a scope says of its time. */
final class AwaitLimitsTest {
    private static final Duration SHORT = ofMillis(20);

    private final PogoRuntime runtime =
            Runtimes.start(
                    PogoConfig.defaults()
                            .withPool(PoolConfig.named("default").withNumThreads(2))
                            .withAwaitTimeout(SHORT));

    /** The awaits without a timeout. */
    enum Await {
        TASK {
            @Override
            void call(PogoScope scope, Task<?> task) throws InterruptedException {
                task.await();
            }
        },
        ID {
            @Override
            void call(PogoScope scope, Task<?> task) throws InterruptedException {
                scope.await(task.id());
            }
        },
        ALL {
            @Override
            void call(PogoScope scope, Task<?> task) throws InterruptedException {
                scope.awaitAll();
            }
        },
        SETTLE {
            @Override
            void call(PogoScope scope, Task<?> task) throws InterruptedException {
                scope.settle();
                task.result();
            }
        },
        MAP {
            @Override
            void call(PogoScope scope, Task<?> task) throws InterruptedException {
                Mapper<Task<?>, Long> untilDone =
                        each -> {
                            while (!each.done() && !Thread.currentThread().isInterrupted()) {
                                LockSupport.parkNanos(100_000);
                            }
                            return each.id();
                        };
                assertEquals(List.of(task.id()), scope.map("default", List.of(task), untilDone));
            }
        };

        abstract void call(PogoScope scope, Task<?> task) throws InterruptedException;
    }

    @ParameterizedTest
    @EnumSource(Await.class)
    void await_noTimeoutAndADeadline_waitsLongerThanTheAwaitTimeout(Await await)
            throws InterruptedException {
        try (PogoScope scope = runtime.open(ofSeconds(20));
                Held held = Held.untilReleased()) {
            long began = System.nanoTime();
            Task<String> task = scope.spawn(held);
            Thread releaser =
                    Thread.startVirtualThread(() -> {
                        Eventually.isTrue(() -> System.nanoTime() - began > 3 * SHORT.toNanos());
                        held.release();
                    });
            await.call(scope, task);
            assertEquals("released", task.result());
            releaser.join();
        }
    }

    @ParameterizedTest
    @EnumSource(Await.class)
    void await_noTimeoutAndNoDeadline_waitsForTheAwaitTimeout(Await await)
            throws InterruptedException {
        try (PogoScope scope = runtime.open();
                Held held = Held.untilReleased()) {
            Task<String> task = scope.spawn(held);
            long began = System.nanoTime();
            AwaitTimeoutException e =
                    assertThrows(AwaitTimeoutException.class, () -> await.call(scope, task));
            assertTrue(System.nanoTime() - began >= SHORT.toNanos());
            assertEquals(SHORT, e.timeout());
        }
    }

    @ParameterizedTest
    @EnumSource(Await.class)
    void await_noTimeoutAndTheDeadlinePasses_saysSo(Await await) throws InterruptedException {
        try (PogoScope scope = runtime.open(ofMillis(60));
                Held held = Held.untilReleased()) {
            Task<String> task = scope.spawn(held);
            DeadlineExceededException e =
                    assertThrows(DeadlineExceededException.class, () -> await.call(scope, task));
            assertEquals(CancelReason.SCOPE_DEADLINE, e.reason());
            assertEquals(ofMillis(60), e.timeout());
        }
    }

    @Test
    void await_afterATimeout_givesTheSameOutcome() throws InterruptedException {
        try (PogoScope scope = runtime.open();
                Held held = Held.untilReleased()) {
            Task<String> task = scope.spawn(held);
            AwaitTimeoutException first =
                    assertThrows(AwaitTimeoutException.class, () -> task.await(ofMillis(1)));
            for (AwaitTimeoutException again :
                    List.of(
                            assertThrows(AwaitTimeoutException.class, task::result),
                            assertThrows(AwaitTimeoutException.class, task::await),
                            assertThrows(AwaitTimeoutException.class, scope::awaitAll),
                            assertThrows(
                                    AwaitTimeoutException.class, () -> scope.await(task.id())))) {
                assertEquals(first.timeout(), again.timeout());
                assertEquals(1, again.unfinished());
            }
        }
    }

    @Test
    void settle_afterItsTimeout_givesTasksThatThrowIt() throws InterruptedException {
        try (PogoScope scope = runtime.open();
                Held held = Held.untilReleased()) {
            scope.spawn(held);
            for (Task<?> task : scope.settle(ofMillis(2))) {
                assertEquals(
                        ofMillis(2),
                        assertThrows(AwaitTimeoutException.class, task::result).timeout());
            }
        }
    }

    @Test
    void resultOr_eachState_isTheValueOrTheOther() throws InterruptedException {
        try (PogoScope scope = runtime.open();
                Held held = Held.untilReleased()) {
            Task<String> running = scope.spawn(held);
            Task<String> done = scope.spawn(() -> "done");
            Task<String> failed =
                    scope.spawn(() -> {
                        throw new IOException();
                    });
            Eventually.isTrue(() -> done.done() && failed.done());
            assertEquals("other", running.resultOr("other"));
            assertEquals("done", done.resultOr("other"));
            assertEquals("other", failed.resultOr("other"));
            running.cancel();
            assertEquals("other", running.resultOr("other"));
            Task<String> ofNull = scope.spawn(() -> null);
            Eventually.isTrue(ofNull::done);
            assertNull(ofNull.resultOr("other"));
        }
    }

    @Test
    void failure_eachState_isTheOriginalOrEmpty() throws InterruptedException {
        IOException cause = new IOException();
        PogoRuntime narrow = Runtimes.ofSize(1, ofMillis(1));
        try (PogoScope scope = narrow.open();
                Held held = Held.untilReleased()) {
            Task<?> failed =
                    scope.spawn(() -> {
                        throw cause;
                    });
            Eventually.isTrue(failed::done);
            assertEquals(Optional.of(cause), failed.failure());
            Task<?> done = scope.spawn(() -> 1);
            Eventually.isTrue(done::done);
            assertEquals(Optional.empty(), done.failure());
            Task<?> running = scope.spawn(held);
            held.awaitStarted();
            assertEquals(Optional.empty(), running.failure());
            Task<?> saturated = scope.spawn(() -> 1);
            Eventually.isTrue(saturated::done);
            assertInstanceOf(PoolSaturatedException.class, saturated.failure().orElseThrow());
            running.cancel();
            assertEquals(Optional.empty(), running.failure());
            assertEquals(CancelReason.CANCEL_CALLED, running.cancelReason().orElseThrow());
        }
    }

    @Test
    void cancel_ofTheScope_leavesItOpen() throws InterruptedException {
        try (PogoScope scope = runtime.open();
                Held held = Held.untilReleased()) {
            Task<String> running = scope.spawn(held);
            Task<Integer> done = scope.spawn(() -> 1);
            done.await(ofSeconds(20));
            held.awaitStarted();
            scope.spawn(Held.untilReleased());
            Task<Integer> waiting = scope.spawn(() -> 2);
            scope.cancel();
            assertEquals(CancelReason.CANCEL_CALLED, running.cancelReason().orElseThrow());
            assertEquals(CancelReason.CANCEL_CALLED, waiting.cancelReason().orElseThrow());
            assertEquals(1, done.result());
            Eventually.isTrue(() -> held.interrupts.get() == 1);
            assertEquals(3, scope.spawn(() -> 3).await(ofSeconds(20)));
            scope.awaitAll(ofSeconds(20)); // what was cancelled like this is no failure
        }
    }

    @Test
    void remaining_withAndWithoutDeadline_isTheTimeLeft() {
        try (PogoScope scope = runtime.open()) {
            assertEquals(Duration.ofNanos(Long.MAX_VALUE), scope.remaining());
            try (PogoScope inner = runtime.open(ofSeconds(100))) {
                assertTrue(inner.remaining().compareTo(ofSeconds(100)) <= 0);
                assertTrue(inner.remaining().compareTo(ofSeconds(50)) > 0);
                try (PogoScope innermost = runtime.open(Duration.ZERO)) {
                    assertEquals(Duration.ZERO, innermost.remaining());
                }
            }
        }
    }

    @Test
    void remaining_ofATask_isTheEarlierOfItsLimitAndItsScopes() throws InterruptedException {
        TaskSpec limited = TaskSpec.in("default").within(ofSeconds(50));
        try (PogoScope untimed = runtime.open();
                PogoScope scope = runtime.open(ofSeconds(100))) {
            for (PogoScope each : List.of(scope, untimed)) {
                Duration left =
                        each.spawn(limited, () -> Task.current().remaining()).await(ofSeconds(20));
                assertTrue(left.compareTo(ofSeconds(50)) <= 0, left::toString);
                assertTrue(left.compareTo(ofSeconds(20)) > 0, left::toString);
            }
            Duration ofScope =
                    scope.spawn(limited.within(ofSeconds(200)), () -> Task.current().remaining())
                            .await(ofSeconds(20));
            assertTrue(ofScope.compareTo(ofSeconds(100)) <= 0, ofScope::toString);
        }
    }

    @Test
    void awaitAny_tasksOfSeveralTypes_isOfTheCommonOne() throws InterruptedException {
        try (PogoScope scope = runtime.open()) {
            Task<Integer> whole = scope.spawn(() -> 1);
            Task<Double> real = scope.spawn(() -> 1.0);
            Number first = scope.awaitAny(List.of(whole, real), ofSeconds(20));
            assertEquals(1, first.intValue());
        }
    }

    @Test
    void deadline_ofAnOuterScope_isNamedWithItsLength() throws InterruptedException {
        try (PogoScope outer = runtime.open(ofMillis(10));
                PogoScope inner = runtime.open(ofSeconds(100));
                Held held = Held.untilReleased()) {
            Task<String> task = inner.spawn(held);
            DeadlineExceededException e =
                    assertThrows(DeadlineExceededException.class, task::await);
            assertEquals(ofMillis(10), e.timeout());
            assertFalse(outer.remaining().isPositive());
        }
    }

    @Test
    void deadlineExceeded_anotherReason_isRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        new DeadlineExceededException(
                                new TaskException.Facts(
                                        1,
                                        "a",
                                        "default",
                                        ofMillis(1),
                                        ofMillis(2),
                                        new PoolLoad(1, 0, 0, 0, 0)),
                                CancelReason.CANCEL_CALLED,
                                ofMillis(3)));
    }

    @Test
    void taskTimeout_eachKind_isCaughtByOneHandler() throws InterruptedException {
        TaskSpec limited = TaskSpec.in("default").within(ofMillis(1));
        try (PogoScope scope = runtime.open(ofSeconds(2));
                Held held = Held.untilReleased()) {
            Task<String> own = scope.spawn(limited, held);
            TaskTimeoutException ofTask = assertThrows(TaskTimeoutException.class, own::await);
            assertEquals(ofMillis(1), ofTask.timeout());
            Task<String> another = scope.spawn(Held.untilReleased());
            TaskTimeoutException ofAwait =
                    assertThrows(TaskTimeoutException.class, () -> another.await(ofMillis(2)));
            assertEquals(ofMillis(2), ofAwait.timeout());
            Task<String> last = scope.spawn(Held.untilReleased());
            TaskTimeoutException ofScope =
                    assertThrows(TaskTimeoutException.class, () -> last.await(ofSeconds(20)));
            assertEquals(ofSeconds(2), ofScope.timeout());
        }
    }
}
