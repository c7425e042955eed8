package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.engine.Runtimes;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

class TaskListenerTest {
    private final PogoRuntime runtime =
            Runtimes.start(
                    PogoConfig.defaults()
                            .withPool(
                                    PoolConfig.named("default")
                                            .withNumThreads(1)
                                            .withMaxWait(ofMillis(20))));
    private final ConcurrentLinkedQueue<Task<?>> ended = new ConcurrentLinkedQueue<>();

    @Test
    void ended_tasksOfEveryOutcome_isToldOfEachOnceBeforeTheScopeIsClosed() throws Exception {
        runtime.addTaskListener(ended::add);
        List<Task<?>> tasks = new ArrayList<>();
        try (Held held = Held.untilReleased();
                PogoScope scope = runtime.open()) {
            Task<?> first = scope.spawn(() -> 1);
            first.await();
            Eventually.isTrue(() -> ended.contains(first));
            tasks.add(first);
            Task<?> failing =
                    scope.spawn(() -> {
                        throw new IllegalStateException("test");
                    });
            scope.settle(ofSeconds(20));
            tasks.add(failing);
            tasks.add(scope.spawn(held));
            held.awaitStarted();
            Task<?> late = scope.spawn(() -> 2);
            Eventually.isTrue(late::done);
            tasks.add(late);
            Task<?> cancelled = scope.spawn(() -> 3);
            cancelled.cancel();
            tasks.add(cancelled);
        }
        assertEquals(
                List.of(
                        Task.State.SUCCEEDED,
                        Task.State.FAILED,
                        Task.State.CANCELLED,
                        Task.State.FAILED,
                        Task.State.CANCELLED),
                tasks.stream().map(Task::state).toList());
        assertEquals(tasks.size(), ended.size());
        assertTrue(ended.containsAll(tasks));
    }

    @Test
    void ended_timesAreAsked_areFinal() throws InterruptedException {
        ConcurrentLinkedQueue<String> times = new ConcurrentLinkedQueue<>();
        runtime.addTaskListener(task -> times.add(task.waited() + " " + task.ran()));
        Task<?> cancelled;
        try (Held held = Held.untilReleased();
                PogoScope scope = runtime.open()) {
            cancelled = scope.spawn(held);
            held.awaitStarted();
        }
        assertEquals(List.of(cancelled.waited() + " " + cancelled.ran()), List.copyOf(times));
    }

    @Test
    void ended_listenerThrows_isLoggedAndHarmsNobody() throws InterruptedException {
        runtime.addTaskListener(task -> {
            throw new StackOverflowError("test");
        });
        runtime.addTaskListener(ended::add);
        try (Logs logs = new Logs()) {
            try (PogoScope scope = runtime.open()) {
                Task<Integer> task = scope.spawn(() -> 1);
                assertEquals(1, task.await());
                scope.awaitAll();
            }
            assertEquals(1, ended.size());
            assertEquals(1, logs.messages().size());
        }
    }

    @Test
    void ended_listenerUsesTheRuntime_works() throws InterruptedException {
        runtime.addTaskListener(task -> {
            if (ended.add(task) && ended.size() == 1) {
                assertEquals("default", runtime.pool(task.pool()).name());
                runtime.pool(task.pool()).stats();
                try (PogoScope scope = runtime.open()) {
                    scope.spawn(() -> 2).cancel();
                }
            }
        });
        try (PogoScope scope = runtime.open()) {
            scope.spawn(() -> 1).await();
        }
        assertEquals(2, ended.size());
    }

    @Test
    void removeTaskListener_added_isNotToldAnyMore() throws InterruptedException {
        TaskListener listener = ended::add;
        runtime.addTaskListener(listener);
        runtime.addTaskListener(listener);
        runtime.removeTaskListener(listener);
        runtime.removeTaskListener(task -> {});
        try (PogoScope scope = runtime.open()) {
            scope.spawn(() -> 1).await();
        }
        assertEquals(1, ended.size());
        runtime.removeTaskListener(listener);
        try (PogoScope scope = runtime.open()) {
            scope.spawn(() -> 1).await();
        }
        assertEquals(1, ended.size());
    }
}
