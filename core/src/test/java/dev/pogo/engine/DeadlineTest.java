package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.CancelReason;
import dev.pogo.DeadlineExceededException;
import dev.pogo.Eventually;
import dev.pogo.ForeignChannel;
import dev.pogo.Held;
import dev.pogo.Logs;
import dev.pogo.Messages;
import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.ThreadKind;

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
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open(ofMillis(10));
                Held held = Held.untilReleased()) {
            TaskImpl<String> running = scope.spawn(held);
            TaskImpl<Integer> waiting = scope.spawn(() -> 1);
            Eventually.isTrue(() -> running.done() && waiting.done());
            for (TaskImpl<?> task : List.of(running, waiting)) {
                assertEquals(CancelReason.SCOPE_DEADLINE, reason(task));
            }
            Eventually.isTrue(() -> running.liveThread() == null);
        }
    }

    @Test
    void deadline_passesDuringAwait_endsTheAwait() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open(ofMillis(10));
                Held held = Held.untilReleased()) {
            TaskImpl<String> task = scope.spawn(held);
            DeadlineExceededException e =
                    assertThrows(DeadlineExceededException.class, () -> task.await(ofSeconds(60)));
            assertEquals(CancelReason.SCOPE_DEADLINE, e.reason());
            assertEquals(ofMillis(10), e.timeout());
            Messages.assertStarts(
                    "no outcome by the deadline of its scope, which was set to 10 ms; the task is"
                            + " cancelled [task default#",
                    e);
        }
    }

    @Test
    void deadline_passed_spawnGivesACancelledTask() {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        try (PogoScopeImpl scope = runtime.open(ZERO)) {
            assertEquals(CancelReason.SCOPE_DEADLINE, reason(scope.spawn(() -> 1)));
        }
    }

    /**
     * Each round spawns and cancels until just before the deadline, and leaves the last task to it.
     * More threads than processors, so that some are held up between any two steps.
     */
    @Test
    void deadline_passesWhileATaskIsSpawned_cancelsItToo() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(100);
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

    private static void spawnAtDeadlines(PogoRuntimeImpl runtime, long end) {
        Random random = new Random(Thread.currentThread().threadId());
        while (System.nanoTime() < end) {
            long nanos = random.nextLong(200_000, 1_000_000);
            long began = System.nanoTime();
            try (PogoScopeImpl scope = runtime.open(Duration.ofNanos(nanos))) {
                TaskImpl<?> last;
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
        PogoRuntimeImpl runtime = Runtimes.ofSize(4);
        CountDownLatch closing = new CountDownLatch(1);
        CountDownLatch mayClose = new CountDownLatch(1);
        ForeignChannel slow =
                new ForeignChannel(() -> {
                    closing.countDown();
                    mayClose.await(20, TimeUnit.SECONDS);
                    return null;
                });
        try (PogoScopeImpl outer = runtime.open(ofMillis(200))) {
            TaskImpl<?> other = outer.spawn(Held.untilReleased());
            try (PogoScopeImpl inner = runtime.open(ofMillis(10))) {
                TaskImpl<?> blocked = inner.spawn(slow);
                CountDownLatch over = new CountDownLatch(1);
                Held held = Held.untilReleased();
                TaskImpl<?> sibling =
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
    private static void assertWaitsForNoInterrupt(TaskImpl<?> task, Held held, CountDownLatch over)
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
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        long best = Long.MAX_VALUE;
        try (PogoScopeImpl outer = runtime.open(ofSeconds(60))) {
            outer.spawn(() -> 1); // what the timer sleeps for
            for (int attempt = 0; attempt < 5 && best > 300_000_000L; attempt++) {
                long began = System.nanoTime();
                try (PogoScopeImpl scope = runtime.open(ofMillis(50))) {
                    TaskImpl<?> task = scope.spawn(Held.untilReleased());
                    Eventually.isTrue(task::done);
                    best = Math.min(best, System.nanoTime() - began - 50_000_000L);
                }
            }
        }
        assertTrue(best >= 0 && best <= 300_000_000L, best + " ns late at best");
    }

    @Test
    void deadline_negative_isRefused() {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        assertThrows(IllegalArgumentException.class, () -> runtime.open(ofMillis(-1)));
    }

    @Test
    void deadline_ofOuterScopeOfTheThread_holdsForTheInner() {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        try (PogoScopeImpl outer = runtime.open(ofMillis(10));
                PogoScopeImpl inner = runtime.open(ofSeconds(60));
                PogoScopeImpl innermost = runtime.open();
                Held held = Held.untilReleased()) {
            assertEquals(0, runtime.timer().pending());
            TaskImpl<String> a = inner.spawn(held);
            TaskImpl<String> b = innermost.spawn(held);
            Eventually.isTrue(() -> a.done() && b.done());
            assertEquals(CancelReason.SCOPE_DEADLINE, reason(a));
            assertEquals(CancelReason.SCOPE_DEADLINE, reason(b));
            assertEquals(CancelReason.SCOPE_DEADLINE, reason(outer.spawn(() -> 1)));
        }
    }

    @Test
    void deadline_earlierThanOuters_holds() {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        try (PogoScopeImpl outer = runtime.open(ofSeconds(60));
                PogoScopeImpl inner = runtime.open(ofMillis(10));
                Held held = Held.untilReleased()) {
            TaskImpl<String> late = inner.spawn(held);
            TaskImpl<Integer> unhurried = outer.spawn(() -> 1);
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
        PogoRuntimeImpl runtime = Runtimes.start(PogoConfig.defaults().withPool(pool));
        TaskImpl<?> child = null;
        // Again with more time, if the parent has not come so far by the deadline.
        for (int millis = 20; child == null; millis *= 2) {
            AtomicReference<TaskImpl<?>> spawned = new AtomicReference<>();
            try (PogoScopeImpl scope = runtime.open(ofMillis(millis));
                    Held held = Held.ignoringInterrupts()) {
                TaskImpl<Object> parent =
                        scope.spawn(() -> {
                            try (PogoScopeImpl nested = runtime.open()) {
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
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        try (Logs logs = new Logs();
                PogoScopeImpl forgotten = runtime.open(ZERO)) {
            runtime.open().close();
            runtime.open().close();
            assertEquals(1, logs.messages().size(), () -> logs.messages() + " " + forgotten);
            assertTrue(logs.messages().get(0).contains("Was that one not closed?"));
        }
    }

    @Test
    void deadline_notReached_leavesNoTimer() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        for (int i = 0; i < 3; i++) {
            try (PogoScopeImpl scope = runtime.open(ofSeconds(60))) {
                assertEquals(1, scope.spawn(() -> 1).await());
            }
            assertEquals(0, runtime.timer().pending());
        }
    }

    private static CancelReason reason(TaskImpl<?> task) {
        return assertThrows(DeadlineExceededException.class, task::result).reason();
    }
}
