package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.CancelReason;
import dev.pogo.Eventually;
import dev.pogo.Held;
import dev.pogo.Messages;
import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.PoolLoad;
import dev.pogo.TaskCancelledException;
import dev.pogo.TaskFailedException;
import dev.pogo.TaskSpec;

import org.junit.jupiter.api.Test;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

class RuntimeTest {
    @Test
    void close_workIgnoresItsInterrupt_waits() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.ignoringInterrupts()) {
            TaskImpl<String> task = scope.spawn(held);
            held.awaitStarted();
            Thread closer = new Thread(runtime::close);
            closer.start();
            Eventually.isTrue(() -> task.done() && held.interrupts.get() == 1);
            Eventually.isParked(closer);
            held.release();
            closer.join();
            assertEquals(0, runtime.pool("default").load().running());
        }
    }

    /** As seen by the running work when it is interrupted: before, no waiting task is left. */
    @Test
    void close_waitingTasksOfOtherScopes_areCancelledBeforeARunningOneFreesItsPermit()
            throws InterruptedException {
        for (int i = 0; i < 50; i++) {
            PogoRuntimeImpl runtime =
                    PogoRuntimeImpl.start(
                            PogoConfig.defaults()
                                    .withPool(PoolConfig.named("default").withNumThreads(1)));
            CountDownLatch running = new CountDownLatch(1);
            AtomicReference<PoolLoad> whenInterrupted = new AtomicReference<>();
            try (PogoScopeImpl first = runtime.open();
                    PogoScopeImpl second = runtime.open();
                    PogoScopeImpl third = runtime.open()) {
                second.spawn(() -> {
                    running.countDown();
                    try {
                        return new CountDownLatch(1).await(20, TimeUnit.SECONDS);
                    } finally {
                        whenInterrupted.set(runtime.pool("default").load());
                    }
                });
                assertTrue(running.await(20, TimeUnit.SECONDS));
                for (int j = 0; j < 20; j++) {
                    first.spawn(() -> 1);
                    third.spawn(() -> 1);
                }
                runtime.close();
            }
            assertEquals(1, whenInterrupted.get().running());
            assertEquals(0, whenInterrupted.get().waiting());
        }
    }

    @Test
    void close_belowItsOwnTaskInAnotherRuntime_isRefused() throws InterruptedException {
        PogoRuntimeImpl outer = Runtimes.ofSize(1);
        PogoRuntimeImpl inner = Runtimes.ofSize(1);
        try (PogoScopeImpl scope = outer.open()) {
            TaskImpl<Object> task =
                    scope.spawn(() -> {
                        try (PogoScopeImpl nested = inner.open();
                                PogoScopeImpl deeper = inner.open()) {
                            assertTrue(nested.spawn(() -> true).await());
                            return deeper.spawn(
                                            () -> {
                                                outer.close();
                                                return null;
                                            })
                                    .await();
                        }
                    });
            TaskFailedException e = assertThrows(TaskFailedException.class, task::await);
            Messages.assertContains("cannot close the runtime that it runs in", e);
        }
    }

    @Test
    void close_byATaskOfAnotherRuntime_works() throws InterruptedException {
        PogoRuntimeImpl other = Runtimes.ofSize(1);
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open()) {
            scope.spawn(
                            () -> {
                                other.close();
                                return null;
                            })
                    .await();
        }
        assertThrows(IllegalStateException.class, other::open);
    }

    @Test
    void close_tasksInSeveralScopes_cancelsAllAndWaits() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        try (PogoScopeImpl first = runtime.open();
                PogoScopeImpl second = runtime.open();
                Held held = Held.untilReleased()) {
            TaskImpl<String> running = first.spawn(held);
            TaskImpl<Integer> waiting = second.spawn(() -> 1);
            held.awaitStarted();
            runtime.close();
            assertEquals(1, held.interrupts.get());
            assertEquals(new PoolLoad(1, 0, 0, 0, 0), runtime.pool("default").load());
            for (TaskImpl<?> task : new TaskImpl<?>[] {running, waiting}) {
                assertEquals(
                        CancelReason.RUNTIME_CLOSED,
                        assertThrows(TaskCancelledException.class, task::result).reason());
            }
            runtime.close();
        }
    }

    @Test
    void close_byOneOfItsTasks_isRefused() {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        try (PogoScopeImpl scope = runtime.open()) {
            TaskImpl<Object> task =
                    scope.spawn(() -> {
                        runtime.close();
                        return null;
                    });
            TaskFailedException e = assertThrows(TaskFailedException.class, task::await);
            assertInstanceOf(IllegalStateException.class, e.getCause());
        }
    }

    @Test
    void toString_says3amThings() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            scope.spawn(held);
            TaskImpl<Integer> waiting = scope.spawn(TaskSpec.in("default").named("mine"), () -> 1);
            held.awaitStarted();
            assertEquals(
                    "PogoRuntime[1 busy scopes, 1 armed timers,"
                            + " [Pool[default: 1 of 1 running, 1 waiting]]]",
                    runtime.toString());
            assertEquals("PogoScope[2 tasks, 2 unfinished]", scope.toString());
            assertEquals("Task[mine, pool default, WAITING]", waiting.toString());
        }
    }
}
