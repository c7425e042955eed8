package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.AwaitTimeoutException;
import dev.pogo.CancelReason;
import dev.pogo.DeadlineExceededException;
import dev.pogo.Eventually;
import dev.pogo.Held;
import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.TaskException;
import dev.pogo.util.ThreadFactories;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/** Limits that the timer's thread finds by itself, as nobody has armed an alarm for them. */
class AlarmScanTest {
    /** Is left to the thread once it looks, as it lies beyond the horizon. */
    private static final Duration LATER = ofMillis(900);

    private final LimitedHeap heap = new LimitedHeap();
    private final Timer timer = new Timer(List.of(ThreadFactories.platform("pogo-timer")), heap);
    private final PogoRuntimeImpl runtime =
            PogoRuntimeImpl.start(
                    PogoConfig.defaults().withPool(PoolConfig.named("default").withNumThreads(8)),
                    timer);

    AlarmScanTest() {
        Runtimes.STARTED.add(runtime);
    }

    /** Makes the timer scan until the scope is closed. */
    private PogoScopeImpl openOneToBeFound() {
        PogoScopeImpl scope = runtime.open(ofHours(1));
        scope.spawn(() -> null);
        Eventually.isTrue(() -> !armsIn(LATER));
        return scope;
    }

    private boolean armsIn(Duration time) {
        return timer.mustArm(System.nanoTime() + time.toNanos());
    }

    private static CancelReason reason(TaskImpl<?> task) {
        return assertThrows(DeadlineExceededException.class, task::result).reason();
    }

    @Test
    void deadline_farAway_armsNothing() {
        try (PogoScopeImpl first = openOneToBeFound()) {
            int before = timer.pending();
            try (PogoScopeImpl scope = runtime.open(ofHours(1))) {
                scope.spawn(() -> null);
                assertEquals(before, timer.pending());
            }
            assertTrue(first.remaining().toMinutes() > 50);
        }
    }

    @Test
    void deadline_beyondTheHorizon_cancelsInTime() throws InterruptedException {
        try (PogoScopeImpl first = openOneToBeFound();
                PogoScopeImpl scope = runtime.open(LATER);
                Held held = Held.untilReleased()) {
            long opened = System.nanoTime();
            TaskImpl<String> task = scope.spawn(held);
            Eventually.isTrue(task::done);
            assertTrue(System.nanoTime() - opened >= LATER.minusMillis(100).toNanos());
            assertEquals(CancelReason.SCOPE_DEADLINE, reason(task));
            assertTrue(first.remaining().toMinutes() > 50);
        }
    }

    @Test
    void awaitTimeout_beyondTheHorizon_ends() {
        try (PogoScopeImpl first = openOneToBeFound();
                PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            TaskImpl<String> task = scope.spawn(held);
            assertThrows(AwaitTimeoutException.class, () -> task.await(LATER));
            assertTrue(first.remaining().toMinutes() > 50);
        }
    }

    /** The shorter wait comes while the alarm is set to the deadline, and is followed by it. */
    @Test
    void awaitTimeout_beforeADeadlineThatIsLeftToTheThread_bothHold() {
        try (PogoScopeImpl first = openOneToBeFound();
                PogoScopeImpl scope = runtime.open(ofSeconds(3));
                Held held = Held.untilReleased()) {
            TaskImpl<String> task = scope.spawn(held);
            assertThrows(AwaitTimeoutException.class, () -> task.await(LATER));
            TaskImpl<String> other = scope.spawn(held);
            Eventually.isTrue(other::done);
            assertEquals(CancelReason.SCOPE_DEADLINE, reason(other));
            assertTrue(first.remaining().toMinutes() > 50);
        }
    }

    @Test
    void deadline_noMemoryToArm_cancelsAllTheSame() {
        try (PogoScopeImpl first = openOneToBeFound();
                PogoScopeImpl scope = runtime.open(LATER);
                Held held = Held.untilReleased()) {
            heap.full = true;
            TaskImpl<String> task = scope.spawn(held);
            Eventually.isTrue(task::done);
            assertEquals(CancelReason.SCOPE_DEADLINE, reason(task));
            assertTrue(first.remaining().toMinutes() > 50);
        }
    }

    /**
     * The deadline comes so soon after the timeout that it has to be armed then. A machine that
     * stands still for that time gets 5 tries.
     */
    @Test
    void awaitTimeout_noMemoryToArm_bothItAndTheDeadlineHold() throws InterruptedException {
        boolean timedOut = false;
        for (int i = 0; i < 5 && !timedOut; i++) {
            heap.full = false;
            try (PogoScopeImpl first = openOneToBeFound();
                    PogoScopeImpl scope = runtime.open(ofMillis(1_200));
                    Held held = Held.untilReleased()) {
                heap.full = true;
                TaskImpl<String> task = scope.spawn(held);
                TaskException end = assertThrows(TaskException.class, () -> task.await(LATER));
                timedOut = end instanceof AwaitTimeoutException;
                TaskImpl<String> other = scope.spawn(held);
                Eventually.isTrue(other::done);
                assertEquals(CancelReason.SCOPE_DEADLINE, reason(other));
                assertTrue(first.remaining().toMinutes() > 50);
            }
        }
        assertTrue(timedOut, "the timeout was late 5 times");
    }

    @Test
    void scans_noScopeIsOpen_end() {
        openOneToBeFound().close();
        Eventually.isTrue(() -> armsIn(ofHours(1)));
    }

    /** As when a runtime is closed while an owner waits that its grace lets go. */
    @Test
    void timer_closedWhileAnOwnerWaits_waitEndsInTime() throws InterruptedException {
        AtomicReference<Throwable> end = new AtomicReference<>();
        try (PogoScopeImpl first = openOneToBeFound();
                Held held = Held.untilReleased()) {
            Thread owner =
                    new Thread(() -> {
                        try (PogoScopeImpl scope = runtime.open()) {
                            scope.spawn(held).await(LATER);
                        } catch (Throwable e) {
                            end.set(e);
                        }
                    });
            owner.start();
            held.awaitStarted();
            Eventually.isParked(owner);
            timer.close();
            assertTrue(owner.join(ofSeconds(20)), "nobody has woken the owner");
            assertInstanceOf(AwaitTimeoutException.class, end.get());
            assertTrue(first.remaining().toMinutes() > 50);
        }
    }

    /** The deadlines lie on both sides of the horizon, which moves on meanwhile. */
    @Test
    void deadlines_ofManyScopes_allPass() throws InterruptedException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        PogoRuntimeImpl wide = Runtimes.ofSize(400);
        List<Throwable> failures = new ArrayList<>();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Duration first = ofMillis(random.nextInt(1_200));
            Duration second = ofMillis(random.nextInt(1_200));
            Callable<Object> hang =
                    () -> {
                        new CountDownLatch(1).await(); // until it is interrupted
                        return null;
                    };
            callers.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    passes(wide, first, hang);
                                    passes(wide, second, hang);
                                } catch (Throwable e) {
                                    synchronized (failures) {
                                        failures.add(e);
                                    }
                                }
                            }));
        }
        for (Thread caller : callers) {
            assertTrue(caller.join(ofSeconds(60)), () -> "seed " + seed);
        }
        assertEquals(List.of(), failures, () -> "seed " + seed);
    }

    private static void passes(PogoRuntimeImpl runtime, Duration deadline, Callable<Object> hang)
            throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open(deadline)) {
            TaskImpl<Object> task = scope.spawn(hang);
            DeadlineExceededException cancelled =
                    assertThrows(DeadlineExceededException.class, () -> task.await(ofSeconds(20)));
            assertEquals(CancelReason.SCOPE_DEADLINE, cancelled.reason());
        }
    }
}
