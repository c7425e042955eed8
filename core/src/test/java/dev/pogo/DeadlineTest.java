package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

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

    /**
     * Each round spawns and cancels until just before the deadline, and leaves the last task to it.
     * More threads than processors, so that some are held up between any two steps.
     */
    @Test
    void deadline_passesWhileATaskIsSpawned_cancelsItToo() throws InterruptedException {
        PogoRuntime runtime = Runtimes.ofSize(100);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4 * Runtime.getRuntime().availableProcessors(); i++) {
            Thread thread = new Thread(() -> spawnAtDeadlines(runtime, end));
            thread.setUncaughtExceptionHandler((failed, e) -> failure.set(e));
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertNull(failure.get());
    }

    private static void spawnAtDeadlines(PogoRuntime runtime, long end) {
        Random random = new Random(Thread.currentThread().threadId());
        while (System.nanoTime() < end) {
            long nanos = random.nextLong(200_000, 1_000_000);
            long began = System.nanoTime();
            try (PogoScope scope = runtime.open(Duration.ofNanos(nanos))) {
                Task<?> last;
                do {
                    last = scope.spawn(Held.untilReleased());
                    if (System.nanoTime() - began < nanos - 30_000) {
                        last.cancel();
                    }
                } while (System.nanoTime() - began <= nanos);
                Eventually.isTrue(last::done);
            }
        }
    }

    @Test
    void deadline_whoseInterruptBlocks_doesNotHoldUpOthers() throws InterruptedException {
        PogoRuntime runtime = Runtimes.ofSize(4);
        CountDownLatch closing = new CountDownLatch(1);
        CountDownLatch mayClose = new CountDownLatch(1);
        ForeignChannel slow =
                new ForeignChannel(() -> {
                    closing.countDown();
                    mayClose.await(20, TimeUnit.SECONDS);
                    return null;
                });
        try (PogoScope outer = runtime.open(ofMillis(200))) {
            Task<?> other = outer.spawn(Held.untilReleased());
            try (PogoScope inner = runtime.open(ofMillis(10))) {
                Task<?> blocked = inner.spawn(slow);
                CountDownLatch over = new CountDownLatch(1);
                Held held = Held.untilReleased();
                Task<?> sibling =
                        inner.spawn(() -> {
                            String value = held.call();
                            over.countDown();
                            return value;
                        });
                assertTrue(closing.await(20, TimeUnit.SECONDS));
                assertWaitsForNoInterrupt(sibling, held, over);
                Eventually.isTrue(other::done);
                assertEquals(1, mayClose.getCount());
                assertEquals(CancelReason.SCOPE_DEADLINE, reason(blocked));
                mayClose.countDown();
            }
        }
    }

    /** A cancelled task that ends by itself does not wait for the one who has yet to stop it. */
    private static void assertWaitsForNoInterrupt(Task<?> task, Held held, CountDownLatch over)
            throws InterruptedException {
        assertEquals(CancelReason.SCOPE_DEADLINE, reason(task));
        assertNotNull(task.liveThread());
        held.release();
        assertTrue(over.await(20, TimeUnit.SECONDS));
        Eventually.isTrue(() -> task.liveThread() == null);
        assertEquals(0, held.interrupts.get());
    }

    /** Within less than the timer's own longest sleep, so that it must have been woken for it. */
    @Test
    void deadline_passes_isOnTime() {
        PogoRuntime runtime = Runtimes.ofSize(1);
        long best = Long.MAX_VALUE;
        try (PogoScope outer = runtime.open(ofSeconds(60))) {
            outer.spawn(() -> 1); // what the timer sleeps for
            for (int attempt = 0; attempt < 5 && best > 300_000_000L; attempt++) {
                long began = System.nanoTime();
                try (PogoScope scope = runtime.open(ofMillis(50))) {
                    Task<?> task = scope.spawn(Held.untilReleased());
                    Eventually.isTrue(task::done);
                    best = Math.min(best, System.nanoTime() - began - 50_000_000L);
                }
            }
        }
        assertTrue(best >= 0 && best <= 300_000_000L, best + " ns late at best");
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

    @ParameterizedTest
    @EnumSource
    void deadline_ofTheTasksScope_holdsForScopesThatTheTaskOpens(ThreadKind kind) {
        PoolConfig pool = PoolConfig.named("default").withNumThreads(2).withThreads(kind);
        PogoRuntime runtime = Runtimes.start(PogoConfig.defaults().withPool(pool));
        Task<?> child = null;
        // Again with more time, if the parent has not come so far by the deadline.
        for (int millis = 20; child == null; millis *= 2) {
            AtomicReference<Task<?>> spawned = new AtomicReference<>();
            try (PogoScope scope = runtime.open(ofMillis(millis));
                    Held held = Held.ignoringInterrupts()) {
                Task<Object> parent =
                        scope.spawn(() -> {
                            try (PogoScope nested = runtime.open()) {
                                spawned.set(nested.spawn(Held.untilReleased()));
                                return held.call();
                            }
                        });
                Eventually.isTrue(parent::done);
                child = spawned.get();
                if (child != null) {
                    Eventually.isTrue(child::done);
                }
            }
        }
        assertEquals(CancelReason.SCOPE_DEADLINE, reason(child));
    }

    @Test
    void scope_leftOpenPastItsDeadline_isReportedWhenTheNextIsOpened() {
        PogoRuntime runtime = Runtimes.ofSize(1);
        try (Logs logs = new Logs();
                PogoScope forgotten = runtime.open(ZERO)) {
            runtime.open().close();
            runtime.open().close();
            assertEquals(1, logs.messages().size(), () -> logs.messages() + " " + forgotten);
            assertTrue(logs.messages().get(0).contains("Was that one not closed?"));
        }
    }

    @Test
    void deadline_notReached_leavesNoTimer() throws InterruptedException {
        PogoRuntime runtime = Runtimes.ofSize(1);
        for (int i = 0; i < 3; i++) {
            try (PogoScope scope = runtime.open(ofSeconds(60))) {
                assertEquals(1, scope.spawn(() -> 1).await());
            }
            assertEquals(0, runtime.timer().pending());
        }
    }

    private static CancelReason reason(Task<?> task) {
        return assertThrows(TaskCancelledException.class, task::result).reason();
    }
}
