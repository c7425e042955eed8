package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pogo.DeadlineExceededException;
import dev.pogo.Eventually;
import dev.pogo.FailingLog;
import dev.pogo.ForeignChannel;
import dev.pogo.Held;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** The log may fail while the engine has something to say: nothing else is to fail with it. */
class FaultyLogTest {
    static Stream<Throwable> failures() {
        return Stream.of(new IllegalStateException("no log"), new NoClassDefFoundError("no log"));
    }

    @Test
    void stragglers_reportThrows_closeWaitsOn() throws InterruptedException {
        Throwable failure =
                new NoClassDefFoundError("no log"); // no exception, to be caught as such
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        Held held = Held.ignoringInterrupts();
        AtomicReference<@Nullable Object> end = new AtomicReference<>();
        try (FailingLog log = new FailingLog(failure)) {
            Thread owner =
                    Thread.ofVirtual()
                            .start(() -> {
                                try (PogoScopeImpl scope = runtime.open()) {
                                    scope.spawn(held);
                                    Eventually.isTrue(held::hasStarted);
                                } catch (Throwable e) {
                                    end.set(e);
                                }
                                end.compareAndSet(null, held.isReleased());
                            });
            Eventually.isTrue(() -> !log.refused().isEmpty());
            held.release();
            owner.join();
        }
        assertEquals(true, end.get());
        assertNextRuns(runtime);
    }

    /** The report of a channel that cannot be closed comes between two interrupts. */
    @ParameterizedTest
    @MethodSource("failures")
    void interrupt_warningThrows_othersAreInterruptedStill(Throwable failure)
            throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(3);
        List<TaskImpl<?>> tasks = new ArrayList<>();
        Held held = Held.untilReleased();
        try (FailingLog log = new FailingLog(failure)) {
            try (PogoScopeImpl scope = runtime.open()) {
                for (int i = 0; i < 2; i++) {
                    TaskImpl<?> inChannel =
                            scope.spawn(
                                    new ForeignChannel(() -> {
                                        throw new IllegalStateException("cannot be closed");
                                    }));
                    Eventually.isTrue(
                            () -> inChannel.liveThread() != null && inChannel.ran().isPositive());
                    tasks.add(inChannel);
                }
                tasks.add(scope.spawn(held));
                held.awaitStarted();
            }
            assertEquals(2, log.refused().size());
        }
        assertEquals(1, held.interrupts.get());
        for (TaskImpl<?> task : tasks) {
            assertEquals(Task.State.CANCELLED, task.state());
        }
        assertNextRuns(runtime);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void forgottenScope_warningThrows_isClosedAllTheSame(Throwable failure)
            throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(3);
        List<TaskImpl<?>> forgotten = new CopyOnWriteArrayList<>();
        try (FailingLog log = new FailingLog(failure);
                PogoScopeImpl scope = runtime.open()) {
            TaskImpl<Integer> careless =
                    scope.spawn(() -> {
                        forgotten.add(runtime.open().spawn(Held.untilReleased()));
                        forgotten.add(runtime.open().spawn(Held.untilReleased()));
                        return 1;
                    });
            assertEquals(1, careless.await());
            assertEquals(2, log.refused().size());
            for (TaskImpl<?> task : forgotten) {
                assertEquals(Task.State.CANCELLED, task.state());
            }
            TaskImpl<Integer> failing =
                    scope.spawn(() -> {
                        runtime.open();
                        throw new IllegalArgumentException("the work's own");
                    });
            TaskFailedException e = assertThrows(TaskFailedException.class, failing::await);
            assertInstanceOf(IllegalArgumentException.class, e.getCause());
            assertEquals(3, log.refused().size());
        }
        assertNextRuns(runtime);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void open_warningThrows_opensAllTheSame(Throwable failure) throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        try (FailingLog log = new FailingLog(failure);
                PogoScopeImpl late = runtime.open(Duration.ZERO)) {
            Eventually.isTrue(() -> late.earliest(System.nanoTime()) < System.nanoTime());
            try (PogoScopeImpl inner = runtime.open()) {
                TaskImpl<Integer> task = inner.spawn(() -> 1);
                assertThrows(DeadlineExceededException.class, task::await);
            }
            assertEquals(1, log.refused().size());
        }
        assertNextRuns(runtime);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void alarm_andItsReportThrow_othersRingStill(Throwable failure) {
        Timer timer = new Timer();
        AtomicReference<@Nullable Throwable> fired = new AtomicReference<>();
        try (FailingLog log = new FailingLog(failure)) {
            timer.arm(
                    new Alarm() {
                        @Override
                        void fire() {
                            throw new IllegalStateException("cannot be logged");
                        }
                    },
                    System.nanoTime());
            timer.arm(
                    new Alarm() {
                        @Override
                        void fire() {
                            fired.set(failure);
                        }
                    },
                    System.nanoTime());
            Eventually.isTrue(() -> fired.get() != null);
            assertFalse(log.refused().isEmpty());
        }
        timer.close();
        assertSame(failure, fired.get());
    }

    private static void assertNextRuns(PogoRuntimeImpl runtime) throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open()) {
            assertEquals(1, scope.spawn(() -> 1).await());
        }
    }
}
