package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import org.junit.jupiter.api.Test;

import java.util.List;

/** Rule 9: deadlines of scopes. */
class DeadlineTest {
    @Test
    void deadline_passesWithNobodyAwaiting_cancelsAllTasks() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open(ofMillis(10));
                Held held = Held.untilReleased()) {
            Task<String> running = scope.spawn(held);
            Task<Integer> waiting = scope.spawn(() -> 1);
            Eventually.isTrue(() -> running.done() && waiting.done());
            for (Task<?> task : List.of(running, waiting)) {
                assertEquals(CancelReason.SCOPE_DEADLINE, reason(task));
            }
            Eventually.isTrue(() -> running.liveThread() == null);
        }
    }

    @Test
    void deadline_passesDuringAwait_endsTheAwait() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open(ofMillis(10));
                Held held = Held.untilReleased()) {
            Task<String> task = scope.spawn(held);
            TaskCancelledException e =
                    assertThrows(TaskCancelledException.class, () -> task.await(ofSeconds(60)));
            assertEquals(CancelReason.SCOPE_DEADLINE, e.reason());
            Messages.assertStarts("cancelled because the deadline of its scope", e);
        }
    }

    @Test
    void deadline_passed_spawnGivesACancelledTask() {
        PogoRuntime runtime = Runtimes.ofSize(1);
        try (PogoScope scope = runtime.open(ZERO)) {
            assertEquals(CancelReason.SCOPE_DEADLINE, reason(scope.spawn(() -> 1)));
        }
    }

    @Test
    void deadline_negative_isRefused() {
        PogoRuntime runtime = Runtimes.ofSize(1);
        assertThrows(IllegalArgumentException.class, () -> runtime.open(ofMillis(-1)));
    }

    @Test
    void deadline_ofOuterScopeOfTheThread_holdsForTheInner() {
        PogoRuntime runtime = Runtimes.ofSize(1);
        try (PogoScope outer = runtime.open(ofMillis(10));
                PogoScope inner = runtime.open(ofSeconds(60));
                PogoScope innermost = runtime.open();
                Held held = Held.untilReleased()) {
            assertEquals(0, runtime.timer().pending());
            Task<String> a = inner.spawn(held);
            Task<String> b = innermost.spawn(held);
            Eventually.isTrue(() -> a.done() && b.done());
            assertEquals(CancelReason.SCOPE_DEADLINE, reason(a));
            assertEquals(CancelReason.SCOPE_DEADLINE, reason(b));
            assertEquals(CancelReason.SCOPE_DEADLINE, reason(outer.spawn(() -> 1)));
        }
    }

    @Test
    void deadline_earlierThanOuters_holds() {
        PogoRuntime runtime = Runtimes.ofSize(1);
        try (PogoScope outer = runtime.open(ofSeconds(60));
                PogoScope inner = runtime.open(ofMillis(10));
                Held held = Held.untilReleased()) {
            Task<String> late = inner.spawn(held);
            Task<Integer> unhurried = outer.spawn(() -> 1);
            Eventually.isTrue(late::done);
            assertEquals(CancelReason.SCOPE_DEADLINE, reason(late));
            Eventually.isTrue(unhurried::done);
            assertEquals(1, unhurried.result());
        }
    }

    @Test
    void deadline_ofTheTasksScope_holdsForScopesThatTheTaskOpens() throws InterruptedException {
        for (ThreadKind kind : ThreadKind.values()) {
            PoolConfig pool = PoolConfig.named("default").withNumThreads(2).withThreads(kind);
            PogoRuntime runtime = Runtimes.start(PogoConfig.defaults().withPool(pool));
            try (PogoScope scope = runtime.open(ofMillis(20));
                    Held held = Held.ignoringInterrupts()) {
                Task<?>[] child = new Task<?>[1];
                Task<Object> parent =
                        scope.spawn(() -> {
                            try (PogoScope nested = runtime.open()) {
                                child[0] = nested.spawn(Held.untilReleased());
                                return held.call();
                            }
                        });
                Eventually.isTrue(parent::done);
                Eventually.isTrue(() -> child[0].done());
                assertEquals(CancelReason.SCOPE_DEADLINE, reason(child[0]));
            }
        }
    }

    @Test
    void deadline_notReached_leavesNoTimer() throws InterruptedException {
        PogoRuntime runtime = Runtimes.ofSize(1);
        for (int i = 0; i < 3; i++) {
            try (PogoScope scope = runtime.open(ofSeconds(60))) {
                assertEquals(1, scope.spawn(() -> 1).await());
                assertEquals(1, runtime.timer().pending());
            }
            assertEquals(0, runtime.timer().pending());
        }
    }

    private static CancelReason reason(Task<?> task) {
        return assertThrows(TaskCancelledException.class, task::result).reason();
    }
}
