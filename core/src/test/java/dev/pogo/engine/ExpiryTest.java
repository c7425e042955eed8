package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.Eventually;
import dev.pogo.Held;
import dev.pogo.Logs;
import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.PoolSaturatedException;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;
import dev.pogo.util.ThreadFactories;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** The end of {@code max_wait} when there is no memory to arm the pool's alarm. */
class ExpiryTest {
    private final LimitedHeap heap = new LimitedHeap();
    private final PogoRuntimeImpl runtime =
            PogoRuntimeImpl.start(
                    PogoConfig.defaults()
                            .withPool(
                                    PoolConfig.named("default")
                                            .withNumThreads(1)
                                            .withMaxWait(ofMillis(50))),
                    new Timer(List.of(ThreadFactories.platform("pogo-timer")), heap));

    ExpiryTest() {
        Runtimes.STARTED.add(runtime);
    }

    @Test
    void alarm_cannotBeArmedForTheFirstTask_isArmedForTheOneQueuedMeanwhile()
            throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            scope.spawn(held);
            held.awaitStarted();
            AtomicReference<Task<Integer>> second = new AtomicReference<>();
            runtime.addTaskListener(ended -> {
                if (second.get() == null) {
                    heap.full = false;
                    second.set(scope.spawn(() -> 2)); // the first is still being given up
                }
            });
            heap.full = true;
            Task<Integer> first = scope.spawn(() -> 1);
            TaskFailedException e = assertThrows(TaskFailedException.class, first::result);
            assertInstanceOf(OutOfMemoryError.class, e.getCause());
            assertThrows(PoolSaturatedException.class, () -> second.get().await(ofSeconds(20)));
        }
    }

    @Test
    void alarm_cannotBeArmed_poolKeepsItsPermit() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            Task<String> holder = scope.spawn(held);
            held.awaitStarted();
            heap.full = true;
            Task<Integer> refused = scope.spawn(() -> 1);
            assertThrows(TaskFailedException.class, refused::result);
            held.release();
            Eventually.isTrue(holder::done); // an await would need memory for its timeout
            heap.full = false;
            assertEquals(2, scope.spawn(() -> 2).await(ofSeconds(20)));
        }
    }

    @Test
    void alarm_cannotBeArmedForTheNextTask_expiresTheOverdueOneAndTheNextInTheEnd()
            throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased();
                Logs logs = new Logs()) {
            scope.spawn(held);
            held.awaitStarted();
            Task<Integer> first = scope.spawn(() -> 1);
            // Later than the first by more than the timer's granularity, so due in a round of its
            // own.
            Eventually.isTrue(() -> first.waited().compareTo(ofMillis(10)) > 0);
            Task<Integer> second = scope.spawn(() -> 2);
            heap.full = true;
            Eventually.isTrue(first::done); // an await would need memory for its timeout
            assertThrows(PoolSaturatedException.class, first::result);
            Eventually.isTrue(() -> !logs.messages().isEmpty());
            assertEquals(Task.State.WAITING, second.state());
            heap.full = false;
            Task<Integer> third = scope.spawn(() -> 3); // arms the alarm again
            assertThrows(PoolSaturatedException.class, () -> second.await(ofSeconds(20)));
            assertThrows(PoolSaturatedException.class, () -> third.await(ofSeconds(20)));
        }
    }
}
