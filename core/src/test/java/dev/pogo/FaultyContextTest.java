package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pogo.engine.Runtimes;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.MDC;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * What carries the context may fail: on the spawning thread, then there is no task; or on the
 * task's, then the task fails.
 */
class FaultyContextTest {
    static Stream<Throwable> failures() {
        return Stream.of(
                new IllegalStateException("no context"),
                new NoClassDefFoundError("no context"),
                new Fault.ThreadStopped());
    }

    /** How the decorator's callable goes wrong. */
    enum Wrapper {
        THROWS_BEFORE,
        THROWS_AFTER,
        THROWS_INSTEAD_OF_THE_WORKS_FAILURE
    }

    private final AtomicReference<TaskDecorator> decorator = new AtomicReference<>(work -> work);

    /** With one permit, which is the next task's as well. */
    private final PogoRuntime runtime =
            Runtimes.start(
                    PogoConfig.defaults()
                            .withPool(PoolConfig.named("default").withNumThreads(1))
                            .withTaskDecorator(work -> decorator.get().decorate(work)));

    @AfterEach
    void clear() {
        MDC.clear();
    }

    @ParameterizedTest
    @MethodSource("failures")
    void decorator_throws_spawnThrowsAndTheNextTaskRuns(Throwable failure)
            throws InterruptedException {
        try (PogoScope scope = runtime.open();
                Held held = Held.untilReleased()) {
            decorator.set(work -> {
                throw Fault.unchecked(failure);
            });
            assertSame(failure, assertThrows(Throwable.class, () -> scope.spawn(() -> 1)));
            decorator.set(work -> work);
            Task<String> running = scope.spawn(held);
            decorator.set(work -> {
                throw Fault.unchecked(failure);
            });
            // The same while the pool is full, and for a job.
            assertSame(failure, assertThrows(Throwable.class, () -> scope.spawn(() -> 1)));
            assertSame(
                    failure,
                    assertThrows(Throwable.class, () -> scope.spawn(Jobs.Echo.class, "a")));
            decorator.set(work -> work);
            held.release();
            assertEquals(List.of(running), scope.settle(Duration.ofSeconds(5)));
            assertNextRuns(scope);
        }
    }

    @Test
    @SuppressWarnings("NullAway") // the null is what this is about
    void decorator_givesNull_theNextTaskRuns() throws InterruptedException {
        try (PogoScope scope = runtime.open()) {
            decorator.set(work -> null);
            assertThrows(NullPointerException.class, () -> scope.spawn(() -> 1));
            decorator.set(work -> work);
            assertEquals(List.of(), scope.settle(Duration.ofSeconds(5)));
            assertNextRuns(scope);
        }
    }

    @ParameterizedTest
    @EnumSource
    void wrapper_throws_failsTheTaskAndTheNextTaskRuns(Wrapper wrapper)
            throws InterruptedException {
        for (Throwable failure : failures().toList()) {
            AtomicInteger ran = new AtomicInteger();
            try (PogoScope scope = runtime.open()) {
                decorator.set(work -> () -> misguided(wrapper, failure, work));
                Callable<Integer> work =
                        () -> {
                            ran.incrementAndGet();
                            if (wrapper == Wrapper.THROWS_INSTEAD_OF_THE_WORKS_FAILURE) {
                                throw new IllegalArgumentException("the work's own");
                            }
                            return 1;
                        };
                Task<Integer> task = scope.spawn(work);
                TaskFailedException e = assertThrows(TaskFailedException.class, task::await);
                assertSame(failure, e.getCause());
                assertEquals(wrapper == Wrapper.THROWS_BEFORE ? 0 : 1, ran.get());
                decorator.set(given -> given);
                assertNextRuns(scope);
            }
        }
    }

    private static Object misguided(Wrapper wrapper, Throwable failure, Callable<Object> work)
            throws Exception {
        if (wrapper == Wrapper.THROWS_BEFORE) {
            throw Fault.unchecked(failure);
        }
        try {
            return work.call();
        } finally {
            fail(failure);
        }
    }

    private static void fail(Throwable failure) {
        throw Fault.unchecked(failure);
    }

    /** The decorator runs on the spawning thread, and may do there what ends the scope. */
    @Test
    void decorator_closesTheScope_spawnIsRefused() throws InterruptedException {
        PogoScope scope = runtime.open();
        decorator.set(work -> {
            scope.close();
            return work;
        });
        assertThrows(IllegalStateException.class, () -> scope.spawn(() -> 1));
        decorator.set(work -> work);
        try (PogoScope next = runtime.open()) {
            assertNextRuns(next);
        }
    }

    @ParameterizedTest
    @MethodSource("failures")
    void mdc_cannotBeCopied_spawnThrowsAndTheNextTaskRuns(Throwable failure)
            throws InterruptedException {
        MDC.put("request", "1");
        try (PogoScope scope = runtime.open()) {
            try (FailingMdc mdc = new FailingMdc("getCopyOfContextMap", () -> fail(failure))) {
                assertSame(failure, assertThrows(Throwable.class, () -> scope.spawn(() -> 1)));
                assertSame(
                        failure,
                        assertThrows(Throwable.class, () -> scope.spawn(Jobs.Echo.class, "a")));
                assertEquals(2, mdc.calls());
            }
            assertEquals(List.of(), scope.settle(Duration.ofSeconds(5)));
            assertEquals("1", scope.spawn(() -> MDC.get("request")).await());
        }
    }

    @ParameterizedTest
    @MethodSource("failures")
    void mdc_cannotBeSet_failsTheTaskAndTheNextTaskRuns(Throwable failure)
            throws InterruptedException {
        MDC.put("request", "1");
        AtomicBoolean ran = new AtomicBoolean();
        try (PogoScope scope = runtime.open()) {
            try (FailingMdc mdc = new FailingMdc("setContextMap", () -> fail(failure))) {
                Task<Boolean> task = scope.spawn(() -> ran.getAndSet(true));
                TaskFailedException e = assertThrows(TaskFailedException.class, task::await);
                assertSame(failure, e.getCause());
                assertEquals(1, mdc.calls());
            }
            assertFalse(ran.get());
            assertEquals("1", scope.spawn(() -> MDC.get("request")).await());
        }
    }

    @ParameterizedTest
    @MethodSource("failures")
    void mdc_cannotBeCleared_failsTheTaskAndTheNextTaskSeesNothingOfIt(Throwable failure)
            throws InterruptedException {
        MDC.put("request", "1");
        try (PogoScope scope = runtime.open()) {
            try (FailingMdc mdc = new FailingMdc("clear", () -> fail(failure))) {
                Task<String> task = scope.spawn(() -> MDC.get("request"));
                TaskFailedException e = assertThrows(TaskFailedException.class, task::await);
                assertSame(failure, e.getCause());
                assertEquals(1, mdc.calls());
            }
            MDC.clear();
            assertNull(scope.spawn(() -> MDC.get("request")).await());
            assertNextRuns(scope);
        }
    }

    /** Tasks that wait find out later, one after the other, with a permit that goes on. */
    @Test
    void mdc_cannotBeSetInWaitingTasks_eachFailsAndTheNextTaskRuns() throws InterruptedException {
        Fault.ThreadStopped failure = new Fault.ThreadStopped();
        MDC.put("request", "1");
        try (PogoScope scope = runtime.open();
                Held held = Held.untilReleased()) {
            scope.spawn(held);
            held.awaitStarted();
            try (FailingMdc mdc = new FailingMdc("setContextMap", () -> fail(failure))) {
                List<Task<Integer>> tasks =
                        Stream.generate(() -> scope.spawn(() -> 1)).limit(100).toList();
                held.release();
                for (Task<Integer> task : tasks) {
                    TaskFailedException e = assertThrows(TaskFailedException.class, task::await);
                    assertSame(failure, e.getCause());
                }
                assertEquals(100, mdc.calls());
            }
            assertNextRuns(scope);
        }
    }

    private static void assertNextRuns(PogoScope scope) throws InterruptedException {
        assertEquals(1, scope.spawn(() -> 1).await());
    }
}
