package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.channel.Select;
import dev.pogo.engine.Runtimes;
import dev.pogo.micrometer.PogoMetrics;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The warning about failures that nobody has seen when their scope is closed. */
final class UnseenFailuresTest {
    private static final Duration LONG = ofSeconds(20);

    private final PogoRuntime runtime = Runtimes.ofSize(4);

    private static Task<String> failed(PogoScope scope, String name) {
        Task<String> task =
                scope.spawn(
                        TaskSpec.in("default").named(name),
                        () -> {
                            throw new IOException("of " + name);
                        });
        Eventually.isTrue(task::done);
        return task;
    }

    /** The ways to see a task's failure. */
    enum Sight {
        AWAIT {
            @Override
            void see(PogoScope scope, Task<String> task) {
                assertThrows(TaskFailedException.class, task::await);
            }
        },
        AWAIT_ID {
            @Override
            void see(PogoScope scope, Task<String> task) {
                assertThrows(TaskFailedException.class, () -> scope.await(task.id()));
            }
        },
        RESULT {
            @Override
            void see(PogoScope scope, Task<String> task) {
                assertThrows(TaskFailedException.class, task::result);
            }
        },
        RESULT_OR {
            @Override
            void see(PogoScope scope, Task<String> task) {
                assertEquals("other", task.resultOr("other"));
            }
        },
        FAILURE {
            @Override
            void see(PogoScope scope, Task<String> task) {
                assertTrue(task.failure().isPresent());
            }
        },
        AWAIT_ALL {
            @Override
            void see(PogoScope scope, Task<String> task) {
                assertThrows(TaskFailedException.class, scope::awaitAll);
            }
        },
        AWAIT_ALL_OF_SOME {
            @Override
            void see(PogoScope scope, Task<String> task) {
                assertThrows(TaskFailedException.class, () -> scope.awaitAll(List.of(task), LONG));
            }
        },
        AWAIT_ANY {
            @Override
            void see(PogoScope scope, Task<String> task) {
                assertThrows(TaskFailedException.class, () -> scope.awaitAny(List.of(task), LONG));
            }
        },
        LOST_RACE {
            @Override
            void see(PogoScope scope, Task<String> task) throws InterruptedException {
                Task<String> winner = scope.spawn(() -> "won");
                assertEquals("won", scope.awaitAny(List.of(task, winner), LONG));
            }
        },
        SETTLE {
            @Override
            void see(PogoScope scope, Task<String> task) throws InterruptedException {
                scope.settle();
            }
        },
        COMPLETIONS {
            @Override
            void see(PogoScope scope, Task<String> task) throws InterruptedException {
                assertTrue(scope.completions(List.of(task)).next(ZERO).isPresent());
            }
        },
        SELECT {
            @Override
            void see(PogoScope scope, Task<String> task) throws InterruptedException {
                assertThrows(TaskFailedException.class, Select.from("t", task).await()::value);
            }
        };

        abstract void see(PogoScope scope, Task<String> task) throws InterruptedException;
    }

    @ParameterizedTest
    @EnumSource(Sight.class)
    void close_failureWasSeen_isSilent(Sight sight) throws InterruptedException {
        try (Logs logs = new Logs()) {
            try (PogoScope scope = runtime.open()) {
                sight.see(scope, failed(scope, "a"));
            }
            assertEquals(List.of(), logs.messages());
        }
    }

    @ParameterizedTest
    @EnumSource(Sight.class)
    void close_anotherFailsAfterThat_isReported(Sight sight) throws InterruptedException {
        try (Logs logs = new Logs()) {
            try (PogoScope scope = runtime.open()) {
                sight.see(scope, failed(scope, "a"));
                failed(scope, "b");
            }
            assertEquals(1, logs.messages().size());
            Messages.assertContains("the first was task b ", logs.messages().get(0));
        }
    }

    @Test
    void close_severalUnseen_isOneWarningWithTheFirst() {
        try (Logs logs = new Logs()) {
            try (PogoScope scope = runtime.open()) {
                scope.spawn(() -> 1);
                Task<String> first = failed(scope, "price");
                failed(scope, "stock");
                failed(scope, "tax");
                assertEquals(Task.State.FAILED, first.state()); // which is not to look at it
            }
            assertEquals(1, logs.messages().size());
            assertTrue(
                    logs.messages()
                            .get(0)
                            .matches(
                                    "3 of 4 tasks of a scope failed and nobody asked for the"
                                        + " outcome before the scope was closed; the first was task"
                                        + " price \\(pool default, id \\d+\\), which waited .* ms"
                                        + " and ran .* ms"),
                    () -> logs.messages().get(0));
        }
    }

    @Test
    void close_again_reportsNothingMore() {
        try (Logs logs = new Logs()) {
            PogoScope scope = runtime.open();
            failed(scope, "a");
            scope.close();
            scope.close();
            assertEquals(1, logs.messages().size());
        }
    }

    @Test
    void close_onlyCancelledTasks_isSilent() throws InterruptedException {
        try (Logs logs = new Logs()) {
            try (PogoScope scope = runtime.open(ofMillis(20))) {
                scope.spawn(Held.untilReleased()).cancel();
                Task<?> late = scope.spawn(Held.untilReleased());
                Eventually.isTrue(late::done);
            }
            try (PogoScope scope = runtime.open()) {
                scope.spawn(Held.untilReleased());
            }
            assertEquals(List.of(), logs.messages());
        }
    }

    @Test
    void close_saturatedTask_isReported() {
        PogoRuntime narrow = Runtimes.ofSize(1, ofMillis(1));
        try (Logs logs = new Logs();
                Held held = Held.untilReleased()) {
            try (PogoScope scope = narrow.open()) {
                scope.spawn(held);
                Eventually.isTrue(scope.spawn(() -> 1)::done);
            }
            assertEquals(1, logs.messages().size());
            Messages.assertContains("1 of 2 tasks", logs.messages().get(0));
        }
    }

    @Test
    void close_failFastAndASiblingWasAwaited_isSilent() {
        try (Logs logs = new Logs()) {
            try (PogoScope scope = runtime.open().failFast()) {
                Task<String> sibling = scope.spawn(Held.untilReleased());
                failed(scope, "a");
                assertThrows(TaskFailedException.class, sibling::await);
            }
            assertEquals(List.of(), logs.messages());
        }
    }

    @Test
    void close_awaitAllHasThrown_isSilentAboutAllThatHadFailed() {
        PogoRuntime wide = Runtimes.ofSize(40);
        try (Logs logs = new Logs()) {
            try (PogoScope scope = wide.open()) {
                for (int i = 0; i < 30; i++) {
                    failed(scope, "a" + i);
                }
                assertThrows(TaskFailedException.class, scope::awaitAll);
            }
            assertEquals(List.of(), logs.messages());
        }
    }

    @Test
    void close_taskListener_hasSeenTheFailureUnlessItOnlyMeasures() {
        try (Logs logs = new Logs()) {
            PogoMetrics.of(runtime).bindTo(new SimpleMeterRegistry());
            try (PogoScope scope = runtime.open()) {
                failed(scope, "a");
            }
            assertEquals(1, logs.messages().size());
            TaskListener listener = task -> {};
            runtime.addTaskListener(listener);
            try (PogoScope scope = runtime.open()) {
                failed(scope, "b");
            }
            assertEquals(1, logs.messages().size());
            runtime.removeTaskListener(listener);
            try (PogoScope scope = runtime.open()) {
                failed(scope, "c");
            }
            assertEquals(2, logs.messages().size());
        }
    }

    @Test
    void close_manyTasks_costsNoMoreThanTheTasks() throws InterruptedException {
        try (Logs logs = new Logs()) {
            try (PogoScope scope = runtime.open(ofSeconds(60))) {
                for (int i = 0; i < 100_000; i++) {
                    scope.spawn(() -> {
                        throw new IOException();
                    });
                }
                assertThrows(TaskFailedException.class, scope::awaitAll);
                for (int i = 0; i < 1_000; i++) { // each looks only at what is new
                    assertThrows(TaskFailedException.class, scope::awaitAll);
                }
            }
            assertEquals(List.of(), logs.messages());
        }
    }
}
