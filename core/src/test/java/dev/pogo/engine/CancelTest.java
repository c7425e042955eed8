package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.CancelReason;
import dev.pogo.Eventually;
import dev.pogo.ForeignChannel;
import dev.pogo.Held;
import dev.pogo.Messages;
import dev.pogo.PoolConfig;
import dev.pogo.PoolLoad;
import dev.pogo.Task;
import dev.pogo.TaskCancelledException;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** Rule 6: cancelling. */
class CancelTest {
    @Test
    void cancel_betweenAdmissionAndTheThreadsStart_keepsTheWorkFromRunning()
            throws InterruptedException {
        AtomicReference<TaskImpl<?>> toCancel = new AtomicReference<>();
        ThreadFactory threads =
                work ->
                        new Thread(work, "pogo/late") {
                            @Override
                            public void start() {
                                TaskImpl<?> task = toCancel.get();
                                if (task != null) {
                                    assertEquals(Task.State.RUNNING, task.state());
                                    assertTrue(task.cancel());
                                }
                                super.start();
                            }
                        };
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        PoolImpl pool =
                new PoolImpl(PoolConfig.named("late").withNumThreads(1), runtime.timer(), threads);
        AtomicBoolean ran = new AtomicBoolean();
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            scope.spawn(pool, held, null);
            TaskImpl<Boolean> task = scope.spawn(pool, () -> ran.getAndSet(true), null);
            toCancel.set(task);
            held.release();
            Eventually.isTrue(task::done);
        }
        assertFalse(ran.get());
        assertEquals(new PoolLoad(1, 0, 0, 0, 0), pool.load());
    }

    /** An interrupt closes the channel that the work is in, and that may throw. */
    @Test
    void cancel_whoseInterruptThrows_cancelsAllTheSame() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(3);
        TaskImpl<?> sibling;
        try (PogoScopeImpl scope = runtime.open()) {
            sibling = scope.spawn(Held.untilReleased());
            for (int i = 0; i < 2; i++) {
                ForeignChannel failing =
                        new ForeignChannel(() -> {
                            throw new IllegalStateException("to be logged");
                        });
                TaskImpl<?> task = scope.spawn(failing);
                Eventually.isTrue(() -> task.liveThread() != null && task.ran().isPositive());
                if (i == 0) {
                    assertTrue(task.cancel());
                    assertFalse(task.cancel());
                }
            }
        }
        assertEquals(
                CancelReason.SCOPE_CLOSED,
                assertThrows(TaskCancelledException.class, sibling::result).reason());
        assertEquals(0, runtime.pool("default").load().running());
    }

    @Test
    void cancel_waitingTask_neverStarts() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        AtomicBoolean ran = new AtomicBoolean();
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            scope.spawn(held);
            TaskImpl<Object> waiting =
                    scope.spawn(() -> {
                        ran.set(true);
                        return null;
                    });
            assertTrue(waiting.cancel());
            assertFalse(waiting.cancel());
            assertEquals(Task.State.CANCELLED, waiting.state());
            assertEquals(0, runtime.pool("default").load().waiting());
            TaskCancelledException e = assertThrows(TaskCancelledException.class, waiting::result);
            assertEquals(CancelReason.CANCEL_CALLED, e.reason());
            Messages.assertStarts(
                    "cancelled because cancel() was called, before it started [task ", e);
            held.release();
            assertEquals(1, scope.spawn(() -> 1).await());
        }
        assertFalse(ran.get());
    }

    @Test
    void cancel_runningTask_interruptsItOnce() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open();
                Held held = Held.ignoringInterrupts()) {
            TaskImpl<String> task = scope.spawn(held);
            held.awaitStarted();
            assertTrue(task.cancel());
            assertFalse(task.cancel());
            Eventually.isTrue(() -> held.interrupts.get() == 1);
            assertEquals(Task.State.CANCELLED, task.state());
            held.release();
            Eventually.isTrue(() -> task.liveThread() == null);
            assertEquals(1, held.interrupts.get());
            // what it returned after all changes nothing
            assertThrows(TaskCancelledException.class, task::result);
        }
    }

    @Test
    void cancel_finishedTask_changesNothing() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open()) {
            TaskImpl<Integer> task = scope.spawn(() -> 1);
            assertEquals(1, task.await());
            assertFalse(task.cancel());
            assertEquals(1, task.result());
        }
    }

    @Test
    void cancel_anyMiddleOfTheQueue_leavesTheOrderOfTheOthers() throws InterruptedException {
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open();
                Held held = Held.untilReleased()) {
            scope.spawn(held);
            List<TaskImpl<Boolean>> tasks = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                int number = i;
                tasks.add(scope.spawn(() -> order.add(number)));
            }
            for (int number : new int[] {3, 0, 6}) {
                assertTrue(tasks.get(number).cancel());
            }
            held.release();
            scope.awaitAll();
        }
        assertEquals(List.of(1, 2, 4, 5), order);
    }

    /** An interrupt that arrives as the work ends must not reach the next task or the engine. */
    @Test
    void cancel_asTheWorkEnds_leaksNoInterruptIntoTheNextTask() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open()) {
            for (int i = 0; i < 5_000; i++) {
                TaskImpl<Integer> ending = scope.spawn(() -> 1);
                TaskImpl<Boolean> next = scope.spawn(() -> Thread.currentThread().isInterrupted());
                Thread.yield();
                ending.cancel();
                assertFalse(next.await());
            }
        }
    }

    @Test
    void cancel_byTheTaskItself_isItsOutcome() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(2).open();
                Held held = Held.untilReleased()) {
            TaskImpl<String> other = scope.spawn(held);
            TaskImpl<Boolean> canceller = scope.spawn(other::cancel);
            assertTrue(canceller.await());
            assertEquals(Task.State.CANCELLED, other.state());
        }
    }
}
