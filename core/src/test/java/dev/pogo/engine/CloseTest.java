package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;

import dev.pogo.CancelReason;
import dev.pogo.Eventually;
import dev.pogo.FailingLog;
import dev.pogo.Fault;
import dev.pogo.Held;
import dev.pogo.Logs;
import dev.pogo.Messages;
import dev.pogo.PoolConfig;
import dev.pogo.PoolLoad;
import dev.pogo.Task;
import dev.pogo.TaskCancelledException;
import dev.pogo.TaskSpec;
import dev.pogo.engine.TaskState.Cancelled;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** Rules 7 and 8: the end of a scope. */
class CloseTest {
    @Test
    void close_unfinishedTasks_cancelsThemAndWaitsForTheirEnd() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(2);
        Held held = Held.untilReleased();
        TaskImpl<String> running;
        TaskImpl<Integer> waiting;
        try (PogoScopeImpl scope = runtime.open()) {
            running = scope.spawn(held);
            scope.spawn(Held.untilReleased());
            waiting = scope.spawn(() -> 1);
            held.awaitStarted();
        }
        assertEquals(1, held.interrupts.get());
        assertEquals(new PoolLoad(2, 0, 0, 0, 0), runtime.pool("default").load());
        for (TaskImpl<?> task : List.of(running, waiting)) {
            TaskCancelledException e = assertThrows(TaskCancelledException.class, task::result);
            assertEquals(CancelReason.SCOPE_CLOSED, e.reason());
        }
    }

    @Test
    void close_waitingTasks_areCancelledBeforeARunningOneFreesItsPermit() throws Exception {
        for (int i = 0; i < 100; i++) {
            List<TaskImpl<?>> waiting = new CopyOnWriteArrayList<>();
            List<Task.State> statesWhenInterrupted = new ArrayList<>();
            CountDownLatch running = new CountDownLatch(1);
            try (PogoScopeImpl scope = Runtimes.ofSize(1).open()) {
                scope.spawn(() -> {
                    running.countDown();
                    try {
                        return new CountDownLatch(1).await(20, TimeUnit.SECONDS);
                    } finally {
                        waiting.forEach(task -> statesWhenInterrupted.add(task.state()));
                    }
                });
                assertTrue(running.await(20, TimeUnit.SECONDS));
                for (int j = 0; j < 50; j++) {
                    waiting.add(scope.spawn(() -> 1));
                }
            }
            assertEquals(Collections.nCopies(50, Task.State.CANCELLED), statesWhenInterrupted);
        }
    }

    /** As where the one who has cancelled them has failed before it could do more. */
    @Test
    void close_tasksAreCancelledAndNotStopped_stopsThem() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(2);
        Held held = Held.untilReleased();
        Held hooked = Held.untilReleased();
        AtomicInteger hooks = new AtomicInteger();
        try (PogoScopeImpl scope = runtime.open()) {
            List<TaskImpl<String>> tasks =
                    List.of(
                            scope.spawn(held),
                            scope.spawn(() -> {
                                TaskImpl.current().onCancel(hooks::incrementAndGet);
                                return hooked.call();
                            }));
            held.awaitStarted();
            hooked.awaitStarted();
            for (TaskImpl<String> task : tasks) {
                assertTrue(task.decideCancelled(Cancelled.now(CancelReason.CANCEL_CALLED)));
            }
        }
        assertEquals(1, held.interrupts.get());
        assertEquals(1, hooked.interrupts.get());
        assertEquals(1, hooks.get());
        assertEquals(new PoolLoad(2, 0, 0, 0, 0), runtime.pool("default").load());
    }

    /** Whatever the engine itself may meet there, such as the end of the stack. */
    @Test
    void close_oneInterruptThrows_theOthersAreInterrupted() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        ThreadFactory threads =
                work ->
                        new Thread(work, "pogo/fragile") {
                            @Override
                            public void interrupt() {
                                super.interrupt();
                                throw new StackOverflowError("test");
                            }
                        };
        PoolImpl pool =
                new PoolImpl(
                        PoolConfig.named("fragile").withNumThreads(3), runtime.timer(), threads);
        List<Held> works = Stream.generate(Held::untilReleased).limit(3).toList();
        try (FailingLog log = new FailingLog(new Fault.ThreadStopped())) {
            try (PogoScopeImpl scope = runtime.open()) {
                for (Held held : works) {
                    scope.spawn(pool, held, null);
                    held.awaitStarted();
                }
            }
            assertEquals(3, log.refused().size());
        }
        for (Held held : works) {
            assertEquals(1, held.interrupts.get());
        }
        assertEquals(new PoolLoad(3, 0, 0, 0, 0), pool.load());
    }

    @Test
    void close_again_doesNothing() {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        try (PogoScopeImpl outer = runtime.open()) {
            PogoScopeImpl closed = runtime.open();
            closed.spawn(() -> 1);
            closed.close();
            try (PogoScopeImpl inner = runtime.open()) {
                closed.close();
                assertSame(inner, ScopeStack.innermost(Execution.current()));
            }
            assertSame(outer, ScopeStack.innermost(Execution.current()));
        }
        assertNull(ScopeStack.innermost(Execution.current()));
    }

    @Test
    void close_byAnotherThread_isRefused() throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open()) {
            Thread.ofVirtual()
                    .start(() -> thrown.set(assertThrows(WrongThreadException.class, scope::close)))
                    .join();
            assertEquals(1, scope.spawn(() -> 1).await());
        }
        Messages.assertContains("is to be closed by", thrown.get());
    }

    @Test
    void close_callerInterrupted_waitsOnAndKeepsTheFlag() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        Held held = Held.ignoringInterrupts();
        AtomicReference<PogoScopeImpl> opened = new AtomicReference<>();
        AtomicReference<Boolean> flag = new AtomicReference<>();
        Thread owner =
                Thread.ofVirtual()
                        .start(() -> {
                            PogoScopeImpl scope = runtime.open();
                            scope.spawn(held);
                            opened.set(scope);
                            Eventually.isTrue(held::hasStarted);
                            scope.close();
                            flag.set(Thread.currentThread().isInterrupted());
                        });
        held.awaitStarted();
        Eventually.isTrue(() -> held.interrupts.get() == 1);
        Eventually.isParked(owner);
        owner.interrupt();
        Eventually.isTrue(() -> !owner.isInterrupted());
        Eventually.isParked(owner);
        held.release();
        owner.join();
        assertTrue(flag.get());
        assertThrows(IllegalStateException.class, () -> opened.get().spawn(() -> 1));
    }

    @Test
    void close_workIgnoresItsInterrupt_isReportedWithItsStack() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        Held held = Held.ignoringInterrupts();
        try (Logs logs = new Logs()) {
            Thread owner =
                    Thread.ofVirtual()
                            .start(() -> {
                                try (PogoScopeImpl scope = runtime.open()) {
                                    scope.spawn(TaskSpec.in("default").named("stubborn"), held);
                                    Eventually.isTrue(held::hasStarted);
                                }
                            });
            Eventually.isTrue(() -> !logs.messages().isEmpty());
            held.release();
            owner.join();
            String message = logs.messages().get(0);
            assertTrue(
                    message.startsWith("close() has waited 5.0"), // the rest of the digits is noise
                    message);
            assertTrue(
                    message.contains("s for task stubborn (pool default), which ignores"), message);
            assertTrue(message.contains("because its scope was closed"), message);
            assertTrue(message.contains("at dev.pogo.Held.call("), message);
        }
    }

    @Test
    void close_innerScopeStillOpen_closesItFirst() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        PogoScopeImpl outer = runtime.open();
        PogoScopeImpl inner = runtime.open();
        PogoScopeImpl innermost = runtime.open();
        Held held = Held.untilReleased();
        innermost.spawn(held);
        held.awaitStarted();
        outer.close();
        assertEquals(1, held.interrupts.get());
        assertThrows(IllegalStateException.class, () -> inner.spawn(() -> 1));
        inner.close();
        innermost.close();
        try (PogoScopeImpl next = runtime.open(ofMillis(Integer.MAX_VALUE))) {
            assertEquals(1, next.spawn(() -> 1).await());
        }
    }

    @Test
    void close_taskLeftItsScopeOpen_itIsClosedWithTheTask() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(2);
        try (PogoScopeImpl scope = runtime.open();
                Logs logs = new Logs()) {
            TaskImpl<TaskImpl<String>> careless =
                    scope.spawn(() -> runtime.open().spawn(Held.untilReleased()));
            TaskImpl<String> orphan = careless.await();
            TaskCancelledException e = assertThrows(TaskCancelledException.class, orphan::result);
            assertEquals(CancelReason.SCOPE_CLOSED, e.reason());
            assertTrue(logs.messages().get(0).contains("has left"), logs.messages().get(0));
        }
    }

    @Test
    void spawn_whileClosing_noTaskSlipsThrough() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(2);
        for (int round = 0; round < 500; round++) {
            AtomicInteger running = new AtomicInteger();
            List<TaskImpl<Integer>> spawned = new ArrayList<>();
            PogoScopeImpl scope = runtime.open();
            Thread spawner =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    while (true) {
                                        spawned.add(scope.spawn(running::incrementAndGet));
                                    }
                                } catch (IllegalStateException closed) {
                                    // what the test waits for
                                }
                            });
            for (int i = round % 50; i > 0; i--) {
                Thread.onSpinWait();
            }
            scope.close();
            int ran = running.get();
            spawner.join();
            assertEquals(ran, running.get());
            assertFalse(spawned.stream().anyMatch(task -> !task.done()));
        }
    }

    @Test
    void await_afterClose_givesTheOutcome() throws InterruptedException {
        PogoScopeImpl scope = Runtimes.ofSize(1).open();
        TaskImpl<Integer> task = scope.spawn(() -> 1);
        task.await();
        scope.close();
        assertEquals(1, task.await());
        assertEquals(1, scope.await(task.id()));
    }
}
