package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.CancelReason;
import dev.pogo.DeadlineExceededException;
import dev.pogo.Eventually;
import dev.pogo.Held;
import dev.pogo.Logs;
import dev.pogo.Messages;
import dev.pogo.PogoConfig;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;

/** What a scope that its thread has left open does to the thread's later scopes. */
final class ForgottenScopeTest {
    private final PogoRuntimeImpl runtime = Runtimes.ofSize(2);
    private final ExecutorService pooled = Executors.newSingleThreadExecutor();

    @AfterEach
    void end() {
        pooled.close();
    }

    private <T> T onThePooledThread(Callable<T> action) throws InterruptedException {
        try {
            return pooled.submit(action).get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }

    private static boolean works(PogoRuntimeImpl runtime) throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open(ofSeconds(20))) {
            return scope.spawn(() -> 1).await() == 1;
        } catch (DeadlineExceededException e) {
            return false;
        }
    }

    /** Both at once, since each has to wait for the time of the recovery. */
    @Test
    void open_scopesWereLeftOpen_recoversInBoundedTime() throws Exception {
        FutureTask<Void> closedLate =
                new FutureTask<>(() -> {
                    closeAfterTheThreadHasRecovered();
                    return null;
                });
        Thread.ofPlatform().name("late").start(closedLate);
        recoverFromTwoScopes();
        closedLate.get();
    }

    /** Two forgotten scopes, the later one of another runtime; the thread recovers from both. */
    private void recoverFromTwoScopes() throws InterruptedException {
        PogoRuntimeImpl other = Runtimes.start(PogoConfig.defaults().withLeakDetection(true));
        try (Logs logs = new Logs()) {
            TaskImpl<String> left =
                    onThePooledThread(() -> {
                        PogoScopeImpl forgotten = other.open(ofMillis(50));
                        TaskImpl<String> task = forgotten.spawn(Held.untilReleased());
                        runtime.open(ofSeconds(30));
                        return task;
                    });
            Eventually.isTrue(left::done);
            onThePooledThread(() -> {
                for (PogoRuntimeImpl each : List.of(runtime, other)) {
                    assertEquals(false, works(each)); // still taken for scopes inside it
                }
                long began = System.nanoTime();
                Eventually.isTrue(() -> {
                    try {
                        return works(runtime);
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
                assertTrue(System.nanoTime() - began < ofSeconds(15).toNanos());
                assertTrue(works(other));
                assertNull(ScopeStack.innermost(null));
                return null;
            });
            List<String> errors =
                    logs.messages().stream()
                            .filter(ForgottenScopeTest::isOfThePooledThread)
                            .toList();
            assertEquals(1, errors.size(), () -> "" + logs.messages());
            Messages.assertContains(
                    " has left PogoScope[1 tasks, 0 unfinished] open, and 1 inside it: its deadline"
                            + " passed ",
                    errors.get(0));
            Messages.assertContains("It was opened here:", errors.get(0));
        }
    }

    @Test
    void open_insideAScopeOfTheSameBlock_keepsItsDeadline() throws InterruptedException {
        try (PogoScopeImpl outer = runtime.open(ofMillis(1))) {
            Eventually.isTrue(outer::isPastDeadline);
            try (PogoScopeImpl inner = runtime.open(ofSeconds(20))) {
                TaskImpl<Integer> task = inner.spawn(() -> 1);
                assertThrows(DeadlineExceededException.class, task::await);
                assertEquals(CancelReason.SCOPE_DEADLINE, task.cancelReason().orElseThrow());
            }
        }
    }

    private static boolean isOfThePooledThread(String message) {
        return message.contains(" has left ") && !message.contains("late");
    }

    /** A scope that is closed after all, long after its deadline, is not hurt by the recovery. */
    private static void closeAfterTheThreadHasRecovered() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(2);
        try (Logs logs = new Logs();
                Held held = Held.ignoringInterrupts();
                PogoScopeImpl late = runtime.open(ofSeconds(1))) {
            late.spawn(held);
            held.awaitStarted();
            Eventually.isTrue(late::isOverdue);
            try (PogoScopeImpl next = runtime.open()) {
                assertEquals(1, next.spawn(() -> 1).await());
                assertThrows(IllegalStateException.class, () -> late.spawn(() -> 1));
            }
            assertTrue(runtime.toString().contains("[1 busy scopes"), runtime::toString);
            held.release();
            late.close();
            assertNull(ScopeStack.innermost(null));
            assertTrue(
                    logs.messages().stream()
                            .anyMatch(each ->
                                    each.contains("late")
                                            && each.contains(
                                                    "With \"leak_detection\": true this"
                                                            + " message says where it was"
                                                            + " opened")),
                    () -> logs.messages().toString());
        }
        assertTrue(runtime.toString().contains("[0 busy scopes"), runtime::toString);
    }

    @Test
    void leakDetection_ownerEnds_showsWhereTheScopeWasOpened() throws InterruptedException {
        PogoRuntimeImpl traced = Runtimes.start(PogoConfig.defaults().withLeakDetection(true));
        try (PogoScopeImpl scope = traced.open()) {
            Throwable openedAt = scope.openedAt();
            assertTrue(openedAt != null);
            assertEquals(
                    "leakDetection_ownerEnds_showsWhereTheScopeWasOpened",
                    List.of(openedAt.getStackTrace()).stream()
                            .map(StackTraceElement::getMethodName)
                            .filter(each -> each.startsWith("leakDetection"))
                            .findFirst()
                            .orElseThrow());
        }
        try (PogoScopeImpl plain = runtime.open()) {
            assertNull(plain.openedAt());
        }
    }
}
