package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.engine.Runtimes;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/** Awaits of several tasks: {@code awaitAll} of some, and what it makes of failures. */
final class AwaitGroupTest {
    private static final Duration LONG = ofSeconds(20);

    private final PogoRuntime runtime = Runtimes.ofSize(4);

    private static Callable<Object> throwing(String message) {
        return () -> {
            throw new IOException(message);
        };
    }

    private static void assertCause(String message, TaskFailedException e) {
        assertEquals(new IOException(message).toString(), String.valueOf(e.getCause()));
    }

    @Test
    void awaitAllOfSome_allSucceed_leavesTheOthers() throws InterruptedException {
        try (PogoScope scope = runtime.open();
                Held held = Held.untilReleased()) {
            Task<?> other = scope.spawn(held);
            Task<Integer> one = scope.spawn(() -> 1);
            Task<String> two = scope.spawn(() -> "2");
            scope.awaitAll(List.of(one, two, one), LONG);
            assertEquals(1, one.result());
            assertEquals("2", two.result());
            assertFalse(other.done());
            scope.awaitAll(List.of(), Duration.ZERO);
        }
    }

    @Test
    void awaitAllOfSome_oneFails_cancelsTheRestOfThemOnly() throws InterruptedException {
        try (PogoScope scope = runtime.open();
                Held held = Held.untilReleased()) {
            Task<?> other = scope.spawn(held);
            Task<?> slow = scope.spawn(Held.untilReleased());
            Task<?> failed = scope.spawn(throwing("a"));
            TaskFailedException e =
                    assertThrows(
                            TaskFailedException.class,
                            () -> scope.awaitAll(List.of(slow, failed), LONG));
            assertCause("a", e);
            assertEquals(CancelReason.SIBLING_FAILED, slow.cancelReason().orElseThrow());
            assertFalse(other.done());
        }
    }

    @Test
    void awaitAllOfSome_timesOut_cancelsTheUnfinishedOfThem() throws InterruptedException {
        try (PogoScope scope = runtime.open();
                Held held = Held.untilReleased()) {
            Task<?> other = scope.spawn(held);
            Task<?> slow = scope.spawn(Held.untilReleased());
            Task<?> done = scope.spawn(() -> 1);
            done.await(LONG);
            AwaitTimeoutException e =
                    assertThrows(
                            AwaitTimeoutException.class,
                            () -> scope.awaitAll(List.of(slow, done), ofMillis(1)));
            assertEquals(1, e.unfinished());
            assertEquals(slow.id(), e.taskId());
            assertFalse(other.done());
        }
    }

    @Test
    void awaitAllOfSome_deadlinePasses_saysSo() throws InterruptedException {
        for (int round = 0; round < 20; round++) {
            try (PogoScope scope = runtime.open(ofMillis(2))) {
                List<Task<?>> tasks =
                        List.of(
                                scope.spawn(Held.untilReleased()),
                                scope.spawn(Held.untilReleased()));
                assertThrows(DeadlineExceededException.class, () -> scope.awaitAll(tasks, LONG));
            }
        }
    }

    @Test
    void awaitAllOfSome_ofAnotherScopeOrNullOrOneself_isRefused() throws InterruptedException {
        try (PogoScope scope = runtime.open();
                PogoScope other = runtime.open()) {
            Task<Integer> foreign = other.spawn(() -> 1);
            Task<Integer> own = scope.spawn(() -> 1);
            assertThrows(
                    UnknownTaskException.class, () -> scope.awaitAll(List.of(own, foreign), LONG));
            assertThrows(
                    NullPointerException.class,
                    () -> scope.awaitAll(Collections.singletonList(null), LONG));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> scope.awaitAll(List.of(own), ofMillis(-1)));
            Task<?> self =
                    scope.spawn(() -> {
                        scope.awaitAll(List.of(Task.current()), LONG);
                        return null;
                    });
            TaskFailedException e = assertThrows(TaskFailedException.class, () -> self.await(LONG));
            assertTrue(e.getCause() instanceof IllegalStateException);
        }
    }

    @Test
    void awaitAllOfSome_inATaskOfTheirPool_lendsItsPermit() throws InterruptedException {
        PogoRuntime narrow = Runtimes.ofSize(1);
        try (PogoScope scope = narrow.open()) {
            Task<Integer> parent =
                    scope.spawn(() -> {
                        try (PogoScope inner = narrow.open()) {
                            Task<Integer> one = inner.spawn(() -> 1);
                            Task<Integer> two = inner.spawn(() -> 2);
                            inner.awaitAll(List.of(one, two), LONG);
                            return one.result() + two.result();
                        }
                    });
            assertEquals(3, parent.await(LONG));
        }
        assertEquals(1, narrow.pool("default").stats().peakRunning());
    }

    @Test
    void awaitAllOfSome_interrupted_leavesThem() throws InterruptedException {
        try (PogoScope scope = runtime.open();
                Held held = Held.untilReleased()) {
            Task<?> task = scope.spawn(held);
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, () -> scope.awaitAll(List.of(task), LONG));
            assertFalse(task.done());
        }
    }

    @Test
    void awaitAll_severalFail_carriesUpToTenFurtherFailures() throws InterruptedException {
        PogoRuntime wide = Runtimes.ofSize(40);
        for (int failures : new int[] {1, 2, 11, 30}) {
            CountDownLatch together = new CountDownLatch(1);
            try (PogoScope scope = wide.open()) {
                List<Task<?>> tasks = new ArrayList<>();
                for (int i = 0; i < failures; i++) {
                    tasks.add(scope.spawn(throwing("failure " + i)));
                }
                tasks.forEach(task -> Eventually.isTrue(task::done));
                scope.spawn(together::getCount);
                TaskFailedException e =
                        assertThrows(TaskFailedException.class, () -> scope.awaitAll(LONG));
                assertEquals(Math.min(failures - 1, 10), e.getSuppressed().length);
                for (Throwable further : e.getSuppressed()) {
                    assertTrue(further.getCause() instanceof IOException);
                    assertFalse(further.getCause() == e.getCause());
                }
                TaskFailedException again =
                        assertThrows(TaskFailedException.class, () -> scope.awaitAll(LONG));
                assertEquals(e.getSuppressed().length, again.getSuppressed().length);
                assertSame(e.getCause(), again.getCause());
                TaskFailedException ofSome =
                        assertThrows(TaskFailedException.class, () -> scope.awaitAll(tasks, LONG));
                assertEquals(Math.min(failures - 1, 10), ofSome.getSuppressed().length);
            }
        }
    }

    @Test
    void awaitAll_cancelledSiblings_areNoFurtherFailures() throws InterruptedException {
        try (PogoScope scope = runtime.open()) {
            scope.spawn(Held.untilReleased());
            scope.spawn(Held.untilReleased());
            scope.spawn(throwing("a"));
            TaskFailedException e =
                    assertThrows(TaskFailedException.class, () -> scope.awaitAll(LONG));
            assertEquals(0, e.getSuppressed().length);
        }
    }

    @Test
    void awaitAll_afterARaceThatWasWon_ignoresItsLosers() throws InterruptedException {
        try (PogoScope scope = runtime.open()) {
            Task<Object> failed = scope.spawn(throwing("primary"));
            Eventually.isTrue(failed::done);
            Task<Object> backup = scope.spawn(() -> 1);
            Task<Object> slow = scope.spawn(() -> Held.untilReleased().call());
            assertEquals(1, scope.awaitAny(List.of(failed, backup, slow), LONG));
            scope.awaitAll(LONG);
            assertEquals(Task.State.FAILED, failed.state());
        }
    }

    @Test
    void awaitAll_anotherFailsBesideARaceThatWasWon_throwsThat() throws InterruptedException {
        for (boolean first : new boolean[] {true, false}) {
            try (PogoScope scope = runtime.open()) {
                if (first) {
                    Eventually.isTrue(scope.spawn(throwing("other"))::done);
                }
                Task<Object> failed = scope.spawn(throwing("primary"));
                Eventually.isTrue(failed::done);
                if (!first) {
                    Eventually.isTrue(scope.spawn(throwing("other"))::done);
                }
                Task<Object> backup = scope.spawn(() -> 1);
                assertEquals(1, scope.awaitAny(List.of(failed, backup), LONG));
                TaskFailedException e =
                        assertThrows(TaskFailedException.class, () -> scope.awaitAll(LONG));
                assertCause("other", e);
                assertEquals(0, e.getSuppressed().length);
            }
        }
    }

    @Test
    void awaitAll_whileARaceIsBeingWon_waitsForTheOthers() throws InterruptedException {
        for (int round = 0; round < 500; round++) {
            try (PogoScope scope = runtime.open()) {
                Task<Object> failing = scope.spawn(throwing("primary"));
                Task<Object> backup = scope.spawn(() -> 1);
                Task<Integer> other = scope.spawn(() -> 2);
                Thread racer =
                        Thread.startVirtualThread(() -> {
                            try {
                                scope.awaitAny(List.of(failing, backup), LONG);
                            } catch (InterruptedException | TaskException e) {
                                // awaitAll was first, and has cancelled the backup
                            }
                        });
                try {
                    scope.awaitAll(LONG);
                    assertEquals(2, other.result());
                } catch (TaskFailedException e) {
                    assertCause("primary", e);
                }
                racer.join();
                assertTrue(other.done());
            }
        }
    }
}
