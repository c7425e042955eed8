package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.engine.Runtimes;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Rules 4, 5 and 13: what await gives, and what it leaves behind. */
class AwaitTest {
    @Test
    void await_cancelledByAnotherThread_isWoken() throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        try (PogoScope scope = Runtimes.ofSize(1).open();
                Held held = Held.ignoringInterrupts()) {
            Task<String> task = scope.spawn(held);
            held.awaitStarted();
            Thread waiter =
                    new Thread(() ->
                            thrown.set(
                                    assertThrows(
                                            TaskCancelledException.class,
                                            () -> task.await(ofSeconds(599)))));
            waiter.start();
            Eventually.isParked(waiter);
            assertTrue(task.cancel());
            assertTrue(waiter.join(ofSeconds(20)));
            assertInstanceOf(TaskCancelledException.class, thrown.get());
        }
    }

    @Test
    void everyAwait_callerInterrupted_throwsAndLeavesTheTasksAlone() {
        try (PogoScope scope = Runtimes.ofSize(1).open();
                Held held = Held.untilReleased()) {
            Task<String> task = scope.spawn(held);
            for (Executable await :
                    List.<Executable>of(
                            task::await,
                            () -> scope.await(task.id()),
                            scope::awaitAll,
                            () -> scope.awaitAny(List.of(task), ofSeconds(5)),
                            () -> scope.settle(ofSeconds(5)))) {
                Thread.currentThread().interrupt();
                assertThrows(InterruptedException.class, await);
                assertFalse(Thread.currentThread().isInterrupted());
                assertFalse(task.done());
            }
        }
    }

    @Test
    void awaitById_byTheTaskItself_isRefusedAndLeavesTheId() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open()) {
            AtomicLong id = new AtomicLong();
            CountDownLatch known = new CountDownLatch(1);
            Task<String> task =
                    scope.spawn(() -> {
                        known.await();
                        return assertThrows(
                                        IllegalStateException.class, () -> scope.await(id.get()))
                                .getMessage();
                    });
            id.set(task.id());
            known.countDown();
            assertTrue(task.await().contains("cannot await itself"));
            assertEquals(task.await(), scope.await(id.get()));
        }
    }

    @Test
    void await_workThrows_givesTheOriginalAsCause() {
        IOException original = new IOException("connection refused");
        try (PogoScope scope = Runtimes.ofSize(1).open()) {
            Task<Object> task = scope.spawn(failing(original));
            TaskFailedException e = assertThrows(TaskFailedException.class, task::await);
            assertSame(original, e.getCause());
            assertEquals(task.id(), e.taskId());
            assertEquals(task.name(), e.taskName());
            assertEquals("default", e.pool());
            assertEquals(1, e.limit());
            Messages.assertStarts(
                    "failed: java.io.IOException: connection refused [task " + task.name(), e);
            assertEquals(Task.State.FAILED, task.state());
        }
    }

    @Test
    void await_again_givesTheSameOutcome() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open()) {
            Object value = new Object();
            Task<Object> good = scope.spawn(() -> value);
            assertSame(value, good.await());
            assertSame(value, good.await(ZERO));
            assertSame(value, good.result());
            IOException original = new IOException();
            Task<Object> bad = scope.spawn(failing(original));
            for (int i = 0; i < 2; i++) {
                assertSame(
                        original, assertThrows(TaskFailedException.class, bad::await).getCause());
            }
            assertSame(original, assertThrows(TaskFailedException.class, bad::result).getCause());
        }
    }

    @Test
    void await_timesOut_cancelsTheTask() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open();
                Held held = Held.untilReleased()) {
            Task<String> task = scope.spawn(held);
            held.awaitStarted();
            AwaitTimeoutException e =
                    assertThrows(AwaitTimeoutException.class, () -> task.await(ofMillis(3)));
            assertEquals(ofMillis(3), e.timeout());
            assertEquals(1, e.unfinished());
            Messages.assertStarts(
                    "no outcome within the timeout of 3.0 ms; the task is"
                            + " cancelled [task default#",
                    e);
            assertEquals(Task.State.CANCELLED, task.state());
            Eventually.isTrue(() -> held.interrupts.get() == 1);
            AwaitTimeoutException again = assertThrows(AwaitTimeoutException.class, task::await);
            assertEquals(ofMillis(3), again.timeout());
            assertEquals(CancelReason.AWAIT_TIMED_OUT, task.cancelReason().orElseThrow());
        }
    }

    @Test
    void await_zeroAndNotDone_cancelsAtOnce() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open();
                Held held = Held.untilReleased()) {
            scope.spawn(held);
            Task<Integer> waiting = scope.spawn(() -> 1);
            assertThrows(AwaitTimeoutException.class, () -> waiting.await(ZERO));
            assertEquals(Task.State.CANCELLED, waiting.state());
        }
    }

    @Test
    void await_zeroAndDone_givesTheValue() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open()) {
            Task<Integer> task = scope.spawn(() -> 1);
            Eventually.isTrue(task::done);
            assertEquals(1, task.await(ZERO));
        }
    }

    @Test
    void await_negative_isRefusedAndLeavesTheTaskAlone() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open();
                Held held = Held.untilReleased()) {
            Task<String> task = scope.spawn(held);
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> task.await(ofSeconds(-1)));
            assertEquals("timeout must not be negative, but is PT-1S", e.getMessage());
            assertThrows(
                    IllegalArgumentException.class, () -> scope.await(task.id(), ofSeconds(-1)));
            assertThrows(IllegalArgumentException.class, () -> scope.awaitAll(ofSeconds(-1)));
            assertThrows(IllegalArgumentException.class, () -> scope.settle(ofSeconds(-1)));
            assertFalse(task.done());
            held.release();
            assertEquals("released", task.await());
        }
    }

    @Test
    void await_longestDuration_waits() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open(ofSeconds(Long.MAX_VALUE))) {
            assertEquals(1, scope.spawn(() -> 1).await(Duration.ofSeconds(Long.MAX_VALUE)));
        }
    }

    @Test
    void await_byId_worksOnceForEachId() throws InterruptedException {
        PogoRuntime runtime = Runtimes.ofSize(1);
        try (PogoScope other = runtime.open();
                PogoScope scope = runtime.open()) {
            long id = scope.spawn(() -> 1).id();
            assertEquals(1, scope.await(id));
            UnknownTaskException again =
                    assertThrows(UnknownTaskException.class, () -> scope.await(id));
            assertEquals(id, again.taskId());
            Messages.assertContains("already", again);
            assertThrows(UnknownTaskException.class, () -> scope.await(0));
            assertThrows(UnknownTaskException.class, () -> scope.await(Long.MAX_VALUE));
            long foreign = other.spawn(() -> 1).id();
            assertThrows(UnknownTaskException.class, () -> scope.await(foreign));
            assertEquals(1, other.await(foreign));
        }
    }

    @Test
    void await_byIdAmongMany_findsEach() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(2).open()) {
            long[] ids = new long[1_000];
            for (int i = 0; i < ids.length; i++) {
                int value = i;
                ids[i] = scope.spawn(() -> value).id();
            }
            for (int i = ids.length - 1; i >= 0; i--) {
                assertEquals(i, scope.await(ids[i]));
            }
        }
    }

    @Test
    void await_interrupted_leavesTheTaskAndItsIdAlone() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open();
                Held held = Held.untilReleased()) {
            Task<String> task = scope.spawn(held);
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread waiter =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    scope.await(task.id());
                                } catch (Throwable e) {
                                    thrown.set(e);
                                }
                            });
            Eventually.isParked(waiter);
            waiter.interrupt();
            waiter.join();
            assertInstanceOf(InterruptedException.class, thrown.get());
            assertEquals(Task.State.RUNNING, task.state());
            held.release();
            assertEquals("released", scope.await(task.id()));
        }
    }

    @Test
    void await_manyThreads_allGetTheValue() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open();
                Held held = Held.untilReleased()) {
            Task<String> task = scope.spawn(held);
            Thread[] waiters = new Thread[20];
            String[] values = new String[waiters.length];
            for (int i = 0; i < waiters.length; i++) {
                int number = i;
                waiters[i] =
                        Thread.ofVirtual()
                                .start(() -> {
                                    try {
                                        values[number] = task.await(ofSeconds(20));
                                    } catch (InterruptedException e) {
                                        throw new AssertionError(e);
                                    }
                                });
            }
            for (Thread waiter : waiters) {
                Eventually.isParked(waiter);
            }
            held.release();
            for (int i = 0; i < waiters.length; i++) {
                waiters[i].join();
                assertEquals("released", values[i]);
            }
        }
    }

    @Test
    void await_byTheTaskItself_isRefused() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open()) {
            AtomicReference<Task<Object>> self = new AtomicReference<>();
            Callable<Object> awaitsItself =
                    () -> {
                        Eventually.isTrue(() -> self.get() != null);
                        return self.get().await();
                    };
            self.set(scope.spawn(awaitsItself));
            Task<Object> task = self.get();
            TaskFailedException e = assertThrows(TaskFailedException.class, task::await);
            assertInstanceOf(IllegalStateException.class, e.getCause());
        }
    }

    @Test
    void result_notDone_isRefused() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open();
                Held held = Held.untilReleased()) {
            Task<String> task = scope.spawn(TaskSpec.in("default").named("slow"), held);
            held.awaitStarted();
            IllegalStateException e = assertThrows(IllegalStateException.class, task::result);
            assertEquals("task slow has no outcome yet, it is RUNNING", e.getMessage());
        }
    }

    @Test
    void times_succeededTask_areKnown() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open();
                Held held = Held.untilReleased()) {
            Task<String> first = scope.spawn(held);
            held.awaitStarted();
            Task<Integer> second = scope.spawn(() -> 1);
            long spawned = System.nanoTime();
            assertEquals(ZERO, second.ran());
            assertTrue(first.ran().isPositive());
            long released = System.nanoTime();
            held.release();
            second.await();
            assertTrue(second.waited().toNanos() >= released - spawned);
            assertEquals(second.ran(), second.ran());
        }
    }

    /** Rule 13; the fields are plain on purpose. */
    @Test
    void await_taskWrotePlainFields_seesThem() throws InterruptedException {
        int[] cell = new int[1];
        try (PogoScope scope = Runtimes.ofSize(2).open()) {
            for (int i = 1; i <= 10_000; i++) {
                int before = i - 1;
                Task<Object> task =
                        scope.spawn(() -> {
                            assertEquals(before, cell[0]);
                            cell[0]++;
                            return null;
                        });
                if (i % 2 == 0) {
                    task.await();
                } else {
                    while (!task.done()) {
                        Thread.onSpinWait();
                    }
                    task.result();
                }
                assertEquals(i, cell[0]);
            }
        }
    }

    private static Callable<Object> failing(Exception e) {
        return () -> {
            throw e;
        };
    }
}
