package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.AwaitTimeoutException;
import dev.pogo.CancelReason;
import dev.pogo.DeadlineExceededException;
import dev.pogo.Eventually;
import dev.pogo.Held;
import dev.pogo.Logs;
import dev.pogo.Messages;
import dev.pogo.TaskCancelledException;
import dev.pogo.engine.CancelHooks.Hook;
import dev.pogo.engine.TaskState.Cancelled;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Task.current(), and what work asks for in case it is cancelled. */
class CancelHookTest {
    private final PogoRuntimeImpl runtime = Runtimes.ofSize(1);
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch registered = new CountDownLatch(1);

    /** Waits as no interrupt can end it. */
    private static void awaitStubbornly(CountDownLatch latch) {
        boolean over = false;
        while (!over) {
            try {
                latch.await();
                over = true;
            } catch (InterruptedException e) {
                // again
            }
        }
    }

    @Test
    void current_inATask_isThatTask() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open()) {
            TaskImpl<TaskImpl<?>> task = scope.spawn(() -> TaskImpl.current());
            assertSame(task, task.await());
        }
    }

    @Test
    void current_elsewhere_isRefused() throws Exception {
        assertThrows(IllegalStateException.class, TaskImpl::current);
        try (PogoScopeImpl scope = runtime.open()) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            scope.spawn(
                            () -> {
                                Thread helper =
                                        Thread.ofVirtual()
                                                .start(() ->
                                                        thrown.set(
                                                                assertThrows(
                                                                        IllegalStateException.class,
                                                                        TaskImpl::current)));
                                helper.join();
                                return null;
                            })
                    .await();
            Messages.assertContains("does not run a task", thrown.get());
        }
    }

    @Test
    void onCancel_notByTheWorkItself_isRefused() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            TaskImpl<String> task = scope.spawn(held);
            assertThrows(IllegalStateException.class, () -> task.onCancel(() -> {}));
            held.release();
            task.await();
            assertThrows(IllegalStateException.class, () -> task.onCancel(() -> {}));
        }
    }

    @ParameterizedTest
    @EnumSource
    void onCancel_eachReasonToCancel_runsBeforeTheInterruptNewestFirst(CancelReason reason)
            throws InterruptedException {
        TaskImpl<?> task;
        try (PogoScopeImpl scope =
                reason == CancelReason.SCOPE_DEADLINE
                        ? runtime.open(ofMillis(200))
                        : runtime.open()) {
            task =
                    scope.spawn(() -> {
                        Thread work = Thread.currentThread();
                        TaskImpl<?> self = TaskImpl.current();
                        self.onCancel(() -> events.add("first " + work.isInterrupted()));
                        self.onCancel(() -> events.add("second " + work.isInterrupted()));
                        registered.countDown();
                        try {
                            return new CountDownLatch(1).await(20, TimeUnit.SECONDS);
                        } catch (InterruptedException e) {
                            events.add("interrupted " + self.isCancelled());
                            throw e;
                        }
                    });
            registered.await();
            switch (reason) {
                case CANCEL_CALLED -> task.cancel();
                case AWAIT_TIMED_OUT ->
                        assertThrows(AwaitTimeoutException.class, () -> task.await(Duration.ZERO));
                case RUNTIME_CLOSED -> runtime.close();
                case SCOPE_DEADLINE ->
                        assertThrows(
                                DeadlineExceededException.class, () -> task.await(ofSeconds(20)));
                case LOST_RACE, SIBLING_FAILED, TASK_TIMEOUT ->
                        task.cancelAs(TaskState.Cancelled.now(reason));
                case SCOPE_CLOSED -> {}
            }
        }
        assertEquals(reason, task.cancelReason().orElseThrow());
        assertEquals(List.of("second false", "first false", "interrupted true"), events);
    }

    @Test
    void onCancel_alreadyCancelled_runsAtOnceOnTheCallingThread() throws InterruptedException {
        Held held = Held.ignoringInterrupts();
        AtomicReference<Thread> ranOn = new AtomicReference<>();
        AtomicReference<Thread> worksOn = new AtomicReference<>();
        try (PogoScopeImpl scope = runtime.open()) {
            TaskImpl<Void> task =
                    scope.spawn(() -> {
                        held.call();
                        worksOn.set(Thread.currentThread());
                        TaskImpl.current().onCancel(() -> ranOn.set(Thread.currentThread()));
                        assertSame(Thread.currentThread(), ranOn.get());
                        return null;
                    });
            held.awaitStarted();
            task.cancel();
            held.release();
        }
        assertSame(worksOn.get(), ranOn.get());
    }

    @Test
    void onCancel_workEnds_neverRuns() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open()) {
            TaskImpl<Hook> task =
                    scope.spawn(() -> TaskImpl.current().onCancel(() -> events.add("ran")));
            Hook hook = task.await();
            assertFalse(task.cancel());
            hook.run();
            hook.close();
        }
        assertEquals(List.of("ran"), events); // by the test itself
    }

    @Test
    void close_beforeTheCancellation_takesTheActionBack() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open()) {
            TaskImpl<Void> task =
                    scope.spawn(() -> {
                        Hook hook = TaskImpl.current().onCancel(() -> events.add("closed"));
                        TaskImpl.current().onCancel(() -> events.add("kept"));
                        hook.close();
                        hook.close();
                        registered.countDown();
                        new CountDownLatch(1).await();
                        return null;
                    });
            registered.await();
            task.cancel();
        }
        assertEquals(List.of("kept"), events);
    }

    @Test
    void close_whileTheActionRuns_waitsForItsEnd() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        AtomicReference<Thread> work = new AtomicReference<>();
        try (PogoScopeImpl scope = runtime.open()) {
            TaskImpl<Void> task =
                    scope.spawn(() -> {
                        work.set(Thread.currentThread());
                        Hook hook =
                                TaskImpl.current()
                                        .onCancel(() -> {
                                            running.countDown();
                                            awaitStubbornly(mayEnd);
                                            events.add("action over");
                                        });
                        registered.countDown();
                        awaitStubbornly(running);
                        hook.close();
                        events.add("closed");
                        return null;
                    });
            registered.await();
            task.cancel();
            running.await();
            try {
                Eventually.isParked(work.get());
                assertEquals(List.of(), events);
            } finally {
                mayEnd.countDown();
            }
        }
        assertEquals(List.of("action over", "closed"), events);
    }

    @Test
    void close_byTheActionItself_doesNotWait() throws InterruptedException {
        AtomicReference<Hook> hook = new AtomicReference<>();
        try (PogoScopeImpl scope = runtime.open()) {
            TaskImpl<Void> task =
                    scope.spawn(() -> {
                        hook.set(
                                TaskImpl.current()
                                        .onCancel(() -> {
                                            hook.get().close();
                                            events.add("over");
                                        }));
                        registered.countDown();
                        new CountDownLatch(1).await();
                        return null;
                    });
            registered.await();
            task.cancel();
        }
        assertEquals(List.of("over"), events);
    }

    @Test
    void action_throws_isLoggedAndTheOthersAndTheInterruptFollow() throws InterruptedException {
        try (Logs logs = new Logs();
                PogoScopeImpl scope = runtime.open()) {
            TaskImpl<Void> task =
                    scope.spawn(() -> {
                        TaskImpl.current().onCancel(() -> events.add("first"));
                        TaskImpl.current()
                                .onCancel(() -> {
                                    throw new StackOverflowError("test");
                                });
                        registered.countDown();
                        new CountDownLatch(1).await();
                        return null;
                    });
            registered.await();
            task.cancel();
            Eventually.isTrue(() -> task.liveThread() == null);
            assertEquals(List.of("first"), events);
            Messages.assertContains("A cancellation hook of ", logs.messages().get(0));
        }
    }

    /** Whoever cancels is not held up, but the task does not end before. */
    @Test
    void action_hangs_holdsUpNobodyButItsTask() throws InterruptedException {
        CountDownLatch mayEnd = new CountDownLatch(1);
        try (PogoScopeImpl scope = runtime.open()) {
            TaskImpl<Void> task =
                    scope.spawn(() -> {
                        TaskImpl.current().onCancel(() -> awaitStubbornly(mayEnd));
                        registered.countDown();
                        new CountDownLatch(1).await();
                        return null;
                    });
            registered.await();
            assertTrue(task.cancel());
            try {
                Eventually.isTrue(() -> runtime.pool("default").load().stuck() == 1);
                assertTrue(task.liveThread() != null);
                Messages.assertContains(
                        "and has not stopped for ",
                        assertThrows(TaskCancelledException.class, task::result));
            } finally {
                mayEnd.countDown();
            }
        }
    }

    /** Nothing that comes after the work may meet the interrupt that is still to come. */
    @Test
    void action_runsAsTheWorkEnds_theThreadWaitsAndParks() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        try (PogoScopeImpl scope = runtime.open()) {
            TaskImpl<Void> task =
                    scope.spawn(() -> {
                        TaskImpl.current()
                                .onCancel(() -> {
                                    running.countDown();
                                    awaitStubbornly(mayEnd);
                                });
                        registered.countDown();
                        awaitStubbornly(running);
                        over.countDown();
                        return null;
                    });
            registered.await();
            Thread thread = Objects.requireNonNull(task.liveThread());
            assertTrue(task.cancel());
            over.await();
            try {
                Eventually.isParked(thread);
                assertSame(thread, task.liveThread());
            } finally {
                mayEnd.countDown();
            }
            Eventually.isTrue(() -> task.liveThread() == null);
        }
    }

    /** As where the one who has cancelled it has failed before it could do more. */
    @Test
    void action_nobodyStopsTheWork_runsAsTheWorkEnds() throws InterruptedException {
        CountDownLatch mayEnd = new CountDownLatch(1);
        AtomicReference<Thread> ranOn = new AtomicReference<>();
        try (PogoScopeImpl scope = runtime.open()) {
            TaskImpl<Void> task =
                    scope.spawn(() -> {
                        TaskImpl.current().onCancel(() -> ranOn.set(Thread.currentThread()));
                        registered.countDown();
                        mayEnd.await();
                        return null;
                    });
            registered.await();
            Thread thread = task.liveThread();
            assertTrue(task.decideCancelled(Cancelled.now(CancelReason.CANCEL_CALLED)));
            mayEnd.countDown();
            Eventually.isTrue(() -> task.liveThread() == null);
            assertTrue(ranOn.get() != null && ranOn.get() != thread, () -> "on " + ranOn);
        }
    }

    @Test
    void action_noThreadForIt_runsOnTheCancellingThread() throws InterruptedException {
        FailingThreads threads = new FailingThreads(new OutOfMemoryError("no thread"));
        Interrupter interrupter = new Interrupter(List.of(threads), runtime.timer(), false);
        AtomicReference<Thread> ranOn = new AtomicReference<>();
        AtomicInteger interrupts = new AtomicInteger();
        try (PogoScopeImpl scope = runtime.open()) {
            TaskImpl<Integer> task = scope.spawn(() -> 1);
            for (FaultyThreads.Fault fault : FaultyThreads.Fault.values()) {
                threads.fault = fault;
                CancelHooks hooks = new CancelHooks(task, interrupts::incrementAndGet);
                hooks.add(new Hook(hooks, () -> ranOn.set(Thread.currentThread())));
                interrupter.run(hooks);
                Eventually.isTrue(() -> interrupts.get() == 1);
                assertEquals(!fault.runs(), ranOn.get() == Thread.currentThread(), fault::toString);
                interrupts.set(0);
            }
        }
    }

    /** All carriers are held by the very work that the actions are to stop. */
    @Test
    void action_noVirtualThreadCanRun_runsAllTheSame() throws InterruptedException {
        int carriers = Runtime.getRuntime().availableProcessors();
        PogoRuntimeImpl busy = Runtimes.ofSize(carriers);
        CountDownLatch computing = new CountDownLatch(carriers);
        try (PogoScopeImpl scope = busy.open()) {
            for (int i = 0; i < carriers; i++) {
                scope.spawn(() -> {
                    AtomicBoolean stopped = new AtomicBoolean();
                    TaskImpl.current().onCancel(() -> stopped.set(true));
                    computing.countDown();
                    while (!stopped.get()) {
                        Thread.onSpinWait();
                    }
                    return null;
                });
            }
            assertTrue(computing.await(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void action_closesTheRuntime_isRefused() throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        try (PogoScopeImpl scope = runtime.open()) {
            scope.spawn(() -> {
                TaskImpl.current()
                        .onCancel(() ->
                                thrown.set(
                                        assertThrows(IllegalStateException.class, runtime::close)));
                registered.countDown();
                new CountDownLatch(1).await();
                return null;
            });
            registered.await();
        }
        Messages.assertContains("cannot close the runtime that it runs in", thrown.get());
    }

    @Test
    void manyHooks_openedAndClosed_areNotKept() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open()) {
            TaskImpl<Void> task =
                    scope.spawn(() -> {
                        Hook last = TaskImpl.current().onCancel(() -> events.add("ran"));
                        for (int i = 0; i < 100_000; i++) {
                            Hook next = TaskImpl.current().onCancel(() -> events.add("ran"));
                            last.close(); // not in the order of a stack
                            last = next;
                        }
                        last.close();
                        TaskImpl.current().cancel();
                        return null;
                    });
            assertThrows(TaskCancelledException.class, () -> task.await(ofSeconds(20)));
        }
        assertEquals(List.of(), events);
    }

    @Test
    void remaining_isTheTimeToTheNearestDeadline() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open(ofSeconds(100));
                PogoScopeImpl inner = runtime.open(ofSeconds(200))) {
            Duration left = inner.spawn(() -> TaskImpl.current().remaining()).await();
            assertTrue(left.compareTo(ofSeconds(100)) <= 0 && left.compareTo(ofSeconds(50)) > 0);
            assertTrue(scope.spawn(() -> 1).remaining().compareTo(ofSeconds(100)) <= 0);
        }
        try (PogoScopeImpl scope = runtime.open(Duration.ZERO)) {
            assertEquals(Duration.ZERO, scope.spawn(() -> 1).remaining());
        }
        try (PogoScopeImpl scope = runtime.open()) {
            assertEquals(Long.MAX_VALUE, scope.spawn(() -> 1).remaining().toNanos());
        }
    }
}
