package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.Eventually;
import dev.pogo.Held;
import dev.pogo.Messages;
import dev.pogo.PoolConfig;
import dev.pogo.PoolLoad;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Rule 12: whatever goes wrong is an outcome, and the permit comes back. */
class FailureTest {
    @Test
    void work_throwsAnError_failsTheTaskAndReturnsThePermit() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open()) {
            for (Error error :
                    List.of(
                            new OutOfMemoryError("test"),
                            new StackOverflowError("test"),
                            new AssertionError("test"))) {
                TaskImpl<Object> task =
                        scope.spawn(() -> {
                            throw error;
                        });
                TaskFailedException e = assertThrows(TaskFailedException.class, task::await);
                assertSame(error, e.getCause());
                assertEquals(1, scope.spawn(() -> 1).await());
            }
        }
    }

    @Test
    void work_overflowsItsStack_failsTheTaskAndReturnsThePermit() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open()) {
            Callable<Integer> endless = () -> depth(1);
            TaskFailedException e =
                    assertThrows(TaskFailedException.class, scope.spawn(endless)::await);
            assertTrue(e.getCause() instanceof StackOverflowError);
            assertEquals(1, scope.spawn(() -> 1).await());
        }
    }

    @Test
    void work_throwsWhatCannotBePrinted_failsTheTaskWithTheCause() throws InterruptedException {
        RuntimeException mute =
                new RuntimeException() {
                    @Override
                    public String getMessage() {
                        throw new IllegalStateException("no message");
                    }
                };
        RuntimeException verbose = new RuntimeException("x".repeat(10_000_000));
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open()) {
            for (RuntimeException cause : List.of(mute, verbose)) {
                TaskImpl<Object> task =
                        scope.spawn(() -> {
                            throw cause;
                        });
                TaskFailedException e = assertThrows(TaskFailedException.class, task::await);
                assertSame(cause, e.getCause());
                Messages.assertMatches("failed: .{20,1100}waited .*", e);
            }
        }
    }

    @Test
    void thread_cannotBeMade_failsTheTaskAndReturnsThePermit() throws InterruptedException {
        OutOfMemoryError noThread = new OutOfMemoryError("unable to create native thread");
        FailingThreads threads = new FailingThreads(noThread);
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        PoolImpl pool =
                new PoolImpl(
                        PoolConfig.named("fragile").withNumThreads(1), runtime.timer(), threads);
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            TaskImpl<String> running = scope.spawn(pool, held, null);
            held.awaitStarted();
            threads.fault = FaultyThreads.Fault.NOT_MADE;
            List<TaskImpl<Integer>> waiting = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                waiting.add(scope.spawn(pool, () -> 1, null));
            }
            held.release();
            assertEquals("released", running.await());
            assertAllFailed(waiting, noThread);
            TaskImpl<Integer> atOnce = scope.spawn(pool, () -> 1, null);
            assertAllFailed(List.of(atOnce), noThread);
            threads.fault = FaultyThreads.Fault.NOT_STARTED;
            TaskImpl<Integer> notStarted = scope.spawn(pool, () -> 1, null);
            assertThrows(TaskFailedException.class, notStarted::await);
            threads.fault = null;
            assertEquals(1, scope.spawn(pool, () -> 1, null).await());
        }
        assertEquals(new PoolLoad(1, 0, 0, 0, 0), pool.load());
    }

    /** A virtual thread may be handed to a carrier, and then the want of another carrier throws. */
    @Test
    void thread_runsAlthoughItsStartThrew_isTheOneThatReturnsThePermit()
            throws InterruptedException {
        FailingThreads threads =
                new FailingThreads(new OutOfMemoryError("no carrier"))
                        .with(FaultyThreads.Fault.STARTED_AND_THREW);
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        PoolImpl pool =
                new PoolImpl(
                        PoolConfig.named("fragile").withNumThreads(3), runtime.timer(), threads);
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            TaskImpl<Integer> quick = scope.spawn(pool, () -> 1, null);
            TaskImpl<String> slow = scope.spawn(pool, held, null);
            assertEquals(1, quick.await());
            assertEquals(Task.State.RUNNING, slow.state());
            Eventually.isTrue(() -> pool.load().equals(new PoolLoad(3, 1, 0, 0, 0)));
            held.release();
            assertEquals("released", slow.await());
        }
        assertEquals(new PoolLoad(3, 0, 0, 0, 0), pool.load());
    }

    private static int depth(int from) {
        return from == 0 ? 0 : 1 + depth(from + 1);
    }

    private static void assertAllFailed(List<TaskImpl<Integer>> tasks, Throwable cause) {
        for (TaskImpl<Integer> task : tasks) {
            assertSame(cause, assertThrows(TaskFailedException.class, task::await).getCause());
        }
    }

    @Test
    void work_leavesItsThreadInterrupted_returnsThePermit() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open()) {
            Callable<Object> work =
                    () -> {
                        Thread.currentThread().interrupt();
                        return 1;
                    };
            assertEquals(1, scope.spawn(work).await());
            assertEquals(false, scope.spawn(() -> Thread.currentThread().isInterrupted()).await());
        }
    }
}
