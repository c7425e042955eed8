package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.AwaitTimeoutException;
import dev.pogo.Eventually;
import dev.pogo.Held;

import org.junit.jupiter.api.Test;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What very many tasks do on their cancellation, be it that it blocks. */
class ManyHooksTest {
    private static final int MANY = 20_000;

    /** A few others of Pogo's, such as the one for timing. */
    private static final int OTHER_THREADS = 8;

    private final PogoRuntimeImpl runtime = Runtimes.ofSize(MANY);
    private final CountDownLatch mayEnd = new CountDownLatch(1);

    /** A task whose work hangs until it is interrupted, and which blocks or not before. */
    private TaskImpl<?> spawn(PogoScopeImpl scope, Runnable onCancel, CountDownLatch registered) {
        return scope.spawn(() -> {
            TaskImpl.current().onCancel(onCancel);
            registered.countDown();
            return new CountDownLatch(1).await(60, TimeUnit.SECONDS);
        });
    }

    private List<TaskImpl<?>> spawnBlocking(PogoScopeImpl scope, int count)
            throws InterruptedException {
        CountDownLatch registered = new CountDownLatch(count);
        List<TaskImpl<?>> tasks =
                Stream.<TaskImpl<?>>generate(() -> spawn(scope, this::block, registered))
                        .limit(count)
                        .toList();
        assertTrue(registered.await(60, TimeUnit.SECONDS));
        return tasks;
    }

    private void block() {
        try {
            mayEnd.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts this", e);
        }
    }

    private static long platformThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("pogo-"))
                .count();
    }

    @Test
    void awaitAll_veryManyHooksThatBlock_isPromptWithFewThreads() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open()) {
            try {
                spawnBlocking(scope, MANY);
                long began = System.nanoTime();
                AwaitTimeoutException e =
                        assertThrows(
                                AwaitTimeoutException.class, () -> scope.awaitAll(ofMillis(500)));
                long took = System.nanoTime() - began;
                assertEquals(MANY, e.unfinished());
                assertTrue(took < TimeUnit.SECONDS.toNanos(5), () -> took + " ns");
                // They are all that there will be, or on their way to that.
                Eventually.isTrue(() -> platformThreads() >= Interrupter.MAX_THREADS);
                assertTrue(platformThreads() <= Interrupter.MAX_THREADS + OTHER_THREADS);
            } finally {
                mayEnd.countDown();
            }
        }
    }

    @Test
    void deadline_manyHooksThatBlock_doNotHoldUpAnothersHook() throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        try (PogoScopeImpl other = runtime.open();
                PogoScopeImpl scope = runtime.open(ofSeconds(1))) {
            try {
                List<TaskImpl<?>> blocking = spawnBlocking(scope, 100);
                CountDownLatch registered = new CountDownLatch(1);
                TaskImpl<?> quick = spawn(other, ran::countDown, registered);
                registered.await();
                Eventually.isTrue(() -> blocking.stream().allMatch(TaskImpl::isCancelled));
                quick.cancel();
                assertTrue(ran.await(20, TimeUnit.SECONDS));
                Eventually.isTrue(() -> quick.liveThread() == null);
            } finally {
                mayEnd.countDown();
            }
        }
    }

    /** Those that ask for nothing are interrupted at once, however many do and block. */
    @Test
    void cancel_manyHooksThatBlock_doNotHoldUpTasksWithout() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open()) {
            try {
                spawnBlocking(scope, 1_000);
                Held held = Held.untilReleased();
                TaskImpl<String> without = scope.spawn(held);
                held.awaitStarted();
                assertThrows(AwaitTimeoutException.class, () -> scope.awaitAll(ofMillis(1)));
                Eventually.isTrue(() -> without.liveThread() == null);
            } finally {
                mayEnd.countDown();
            }
        }
    }

    /** Each has a thread of its own, one after the other. */
    @Test
    void hooks_thatLeaveSomethingInTheirThread_leaveNothingToTheNext() throws InterruptedException {
        ThreadLocal<String> left = new ThreadLocal<>();
        List<String> seen = new CopyOnWriteArrayList<>();
        CountDownLatch registered = new CountDownLatch(200);
        try (PogoScopeImpl scope = runtime.open()) {
            for (int i = 0; i < 200; i++) {
                spawn(
                        scope,
                        () -> {
                            seen.add(
                                    left.get()
                                            + " "
                                            + Thread.currentThread().isInterrupted()
                                            + " "
                                            + ScopeStack.innermost(Execution.current()));
                            left.set("something");
                            Thread.currentThread().interrupt();
                            runtime.open(); // left open by a hook
                        },
                        registered);
            }
            registered.await();
        }
        assertEquals(Collections.nCopies(200, "null false null"), seen);
    }
}
