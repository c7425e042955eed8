package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;

import dev.pogo.Eventually;
import dev.pogo.FailingMdc;
import dev.pogo.ForeignChannel;
import dev.pogo.Held;
import dev.pogo.Job;
import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.Task;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Rule 5 and its like: an interrupt of the caller ends an await, leaves its tasks alone, and is
 * kept by all that cannot be interrupted. None is lost and none is seen twice.
 */
class InterruptedCallerTest {
    /** Every way to wait for a task. */
    enum Await {
        TASK {
            @Override
            @Nullable Object await(PogoScopeImpl scope, TaskImpl<String> task, Duration timeout)
                    throws InterruptedException {
                return task.await(timeout);
            }
        },
        ID {
            @Override
            @Nullable Object await(PogoScopeImpl scope, TaskImpl<String> task, Duration timeout)
                    throws InterruptedException {
                return scope.await(task.id(), timeout);
            }
        },
        ALL {
            @Override
            @Nullable Object await(PogoScopeImpl scope, TaskImpl<String> task, Duration timeout)
                    throws InterruptedException {
                scope.awaitAll(timeout);
                return task.result();
            }
        },
        ANY {
            @Override
            @Nullable Object await(PogoScopeImpl scope, TaskImpl<String> task, Duration timeout)
                    throws InterruptedException {
                return scope.awaitAny(List.of(task), timeout);
            }
        },
        SETTLE {
            @Override
            @Nullable Object await(PogoScopeImpl scope, TaskImpl<String> task, Duration timeout)
                    throws InterruptedException {
                return scope.settle(timeout).get(0).result();
            }
        };

        /** Gives the task's value. */
        abstract @Nullable Object await(
                PogoScopeImpl scope, TaskImpl<String> task, Duration timeout)
                throws InterruptedException;
    }

    /**
     * What runs on the caller's thread during a spawn, and may find it interrupted from then on.
     */
    enum Point {
        BEFORE,
        DECORATOR,
        MDC,
        THREAD_MADE,
        BEFORE_ITS_START,
        AFTER_ITS_START
    }

    /** Args that interrupt whoever reads them. */
    public static final class Args {
        private String text = "";

        public String getText() {
            Thread.currentThread().interrupt();
            return text;
        }

        public void setText(String text) {
            this.text = text;
        }
    }

    /** Tells whether its thread is interrupted, as its caller's was. */
    public static final class ArgsJob implements Job<Args, Boolean> {
        @Override
        public Boolean handle(Args args) {
            return Thread.currentThread().isInterrupted();
        }
    }

    private static final Duration LONG = ofSeconds(20);

    /** Where to interrupt, or null for nowhere. */
    private volatile @Nullable Point point;

    private final PogoRuntimeImpl runtime =
            Runtimes.start(
                    PogoConfig.defaults()
                            .withPool(PoolConfig.named("default").withNumThreads(2))
                            .withTaskDecorator(work -> {
                                interruptAt(Point.DECORATOR);
                                return work;
                            }));

    @AfterEach
    void clear() {
        Thread.interrupted();
    }

    private void interruptAt(Point here) {
        if (point == here) {
            Thread.currentThread().interrupt();
        }
    }

    @ParameterizedTest
    @EnumSource
    void spawn_interruptedAnywhere_keepsTheFlagAndTheTaskRuns(Point here) throws Exception {
        Thread caller = Thread.currentThread();
        ThreadFactory threads =
                work -> {
                    if (Thread.currentThread() != caller) {
                        return new Thread(work, "pogo/hooked");
                    }
                    interruptAt(Point.THREAD_MADE);
                    return new Thread(work, "pogo/hooked") {
                        @Override
                        public void start() {
                            interruptAt(Point.BEFORE_ITS_START);
                            super.start();
                            interruptAt(Point.AFTER_ITS_START);
                        }
                    };
                };
        PoolImpl pool =
                new PoolImpl(
                        PoolConfig.named("hooked").withNumThreads(1), runtime.timer(), threads);
        point = here;
        try (FailingMdc mdc = new FailingMdc("getCopyOfContextMap", () -> interruptAt(Point.MDC));
                PogoScopeImpl scope = runtime.open(ofHours(1))) {
            interruptAt(Point.BEFORE);
            TaskImpl<Boolean> task =
                    scope.spawn(pool, () -> Thread.currentThread().isInterrupted(), null);
            assertTrue(Thread.interrupted(), "the flag is lost");
            assertFalse(task.await());
            assertTrue(mdc.calls() > 0);
            point = null;
            assertEquals(1, scope.spawn(pool, () -> 1, null).await());
        }
        assertEquals(0, pool.load().running());
    }

    @Test
    void spawn_interruptedByItsArgs_keepsTheFlagAndTheJobRuns() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open()) {
            TaskImpl<Boolean> task = scope.spawn(ArgsJob.class, new Args());
            assertTrue(Thread.interrupted(), "the flag is lost");
            assertFalse(task.await());
        }
    }

    /** Where the pool is full, the caller does other things: it lines up and sets the timers. */
    @Test
    void spawn_interruptedAndThePoolIsFull_keepsTheFlagAndTheTaskRuns() throws Exception {
        try (PogoScopeImpl scope = runtime.open(ofHours(1));
                Held held = Held.untilReleased()) {
            scope.spawn(held);
            scope.spawn(held);
            held.awaitStarted();
            Thread.currentThread().interrupt();
            TaskImpl<Boolean> waiting = scope.spawn(() -> Thread.currentThread().isInterrupted());
            assertEquals(Task.State.WAITING, waiting.state());
            assertTrue(Thread.currentThread().isInterrupted());
            TaskImpl<Integer> unwanted = scope.spawn(() -> 1);
            assertTrue(unwanted.cancel());
            assertTrue(Thread.interrupted());
            held.release();
            assertFalse(waiting.await());
        }
    }

    @Test
    void spawn_interruptedAndRefused_keepsTheFlag() {
        PogoScopeImpl closed = runtime.open();
        closed.close();
        Thread.currentThread().interrupt();
        assertThrows(IllegalStateException.class, () -> closed.spawn(() -> 1));
        assertTrue(Thread.interrupted());
    }

    @ParameterizedTest
    @EnumSource
    void await_interruptedBefore_leavesTheTaskAlone(Await way) throws InterruptedException {
        for (Duration timeout : List.of(Duration.ZERO, Duration.ofNanos(1), LONG)) {
            try (PogoScopeImpl scope = runtime.open();
                    Held held = Held.untilReleased()) {
                TaskImpl<String> task = scope.spawn(held);
                held.awaitStarted();
                Thread.currentThread().interrupt();
                assertThrows(InterruptedException.class, () -> way.await(scope, task, timeout));
                assertFalse(Thread.currentThread().isInterrupted(), "the flag is not cleared");
                assertEquals(Task.State.RUNNING, task.state());
                held.release();
                assertEquals("released", way.await(scope, task, LONG));
                assertEquals(0, held.interrupts.get());
            }
        }
    }

    /** There is nothing to wait for, so there is nothing to interrupt. */
    @ParameterizedTest
    @EnumSource
    void await_interruptedBeforeAndTheTaskIsDone_givesTheValueAndKeepsTheFlag(Await way)
            throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open()) {
            TaskImpl<String> task = scope.spawn(() -> "done");
            task.await();
            scope.settle(LONG);
            Thread.currentThread().interrupt();
            assertEquals("done", way.await(scope, task, Duration.ZERO));
            assertTrue(Thread.interrupted());
        }
    }

    @ParameterizedTest
    @EnumSource
    void await_interruptedWhileItWaits_leavesTheTaskAlone(Await way) throws InterruptedException {
        for (Thread.Builder builder : List.of(Thread.ofVirtual(), Thread.ofPlatform())) {
            AtomicReference<@Nullable Object> end = new AtomicReference<>();
            try (PogoScopeImpl scope = runtime.open();
                    Held held = Held.untilReleased();
                    Held other = Held.untilReleased()) {
                TaskImpl<String> running = scope.spawn(held);
                scope.spawn(other);
                // Waits for a permit, which a wait for it leaves alone as well.
                TaskImpl<String> waiting = scope.spawn(() -> "admitted");
                held.awaitStarted();
                for (TaskImpl<String> task : List.of(running, waiting)) {
                    Thread waiter =
                            builder.start(() -> {
                                try {
                                    end.set(way.await(scope, task, LONG));
                                } catch (InterruptedException e) {
                                    end.set(Thread.currentThread().isInterrupted());
                                }
                            });
                    Eventually.isParked(waiter);
                    waiter.interrupt();
                    waiter.join();
                    assertEquals(false, end.getAndSet(null));
                }
                assertEquals(Task.State.RUNNING, running.state());
                assertEquals(Task.State.WAITING, waiting.state());
                held.release();
                other.release();
                assertEquals("released", way.await(scope, running, LONG));
                assertEquals("admitted", waiting.await());
            }
        }
    }

    /** One who goes does not take the others with him. */
    @ParameterizedTest
    @EnumSource(names = "ID", mode = EnumSource.Mode.EXCLUDE)
    void await_oneOfManyIsInterrupted_theOthersGetTheValue(Await way) throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            TaskImpl<String> task = scope.spawn(held);
            @Nullable Object[] ends = new @Nullable Object[20];
            Thread[] waiters = new Thread[ends.length];
            for (int i = 0; i < ends.length; i++) {
                int number = i;
                waiters[i] =
                        Thread.ofVirtual()
                                .start(() -> {
                                    try {
                                        ends[number] = way.await(scope, task, LONG);
                                    } catch (InterruptedException e) {
                                        ends[number] = e;
                                    }
                                });
                Eventually.isParked(waiters[i]);
            }
            for (int i = 0; i < ends.length; i += 3) {
                waiters[i].interrupt();
                waiters[i].join();
            }
            held.release();
            for (int i = 0; i < ends.length; i++) {
                waiters[i].join();
                if (i % 3 == 0) {
                    assertInstanceOf(InterruptedException.class, ends[i]);
                } else {
                    assertEquals("released", ends[i]);
                }
            }
        }
    }

    @Test
    void close_interruptedBefore_cancelsWaitsAndKeepsTheFlag() throws InterruptedException {
        Held held = Held.untilReleased();
        TaskImpl<String> running;
        TaskImpl<Integer> waiting;
        try (PogoScopeImpl outer = runtime.open();
                PogoScopeImpl scope = runtime.open(ofHours(1))) {
            running = scope.spawn(held);
            outer.spawn(Held.untilReleased());
            waiting = scope.spawn(() -> 1);
            held.awaitStarted();
            Thread.currentThread().interrupt();
        }
        assertTrue(Thread.interrupted());
        assertEquals(1, held.interrupts.get());
        assertEquals(Task.State.CANCELLED, running.state());
        assertEquals(Task.State.CANCELLED, waiting.state());
        assertEquals(0, runtime.pool("default").load().running());
        assertNextRuns();
    }

    /** To close a channel is the closing thread's, and what that does may interrupt it. */
    @Test
    void close_interruptedByWhatItInterrupts_waitsAndKeepsTheFlag() throws InterruptedException {
        Held held = Held.untilReleased();
        try (PogoScopeImpl scope = runtime.open()) {
            Thread caller = Thread.currentThread();
            TaskImpl<?> inChannel =
                    scope.spawn(
                            new ForeignChannel(() -> {
                                caller.interrupt();
                                return null;
                            }));
            scope.spawn(held);
            held.awaitStarted();
            Eventually.isTrue(() -> inChannel.ran().isPositive());
        }
        assertTrue(Thread.interrupted());
        assertEquals(1, held.interrupts.get());
        assertNextRuns();
    }

    @Test
    void closeOfTheRuntime_interruptedBefore_waitsAndKeepsTheFlag() throws InterruptedException {
        PogoRuntimeImpl closing = Runtimes.ofSize(1);
        Held held = Held.untilReleased();
        try (PogoScopeImpl scope = closing.open(ofHours(1))) {
            TaskImpl<String> task = scope.spawn(held);
            held.awaitStarted();
            Thread.currentThread().interrupt();
            closing.close();
            assertTrue(Thread.interrupted());
            assertEquals(1, held.interrupts.get());
            assertEquals(Task.State.CANCELLED, task.state());
        }
    }

    private void assertNextRuns() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open()) {
            Callable<Boolean> interrupted = () -> Thread.currentThread().isInterrupted();
            assertFalse(scope.spawn(interrupted).await());
        }
    }
}
