package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.CancelReason;
import dev.pogo.Eventually;
import dev.pogo.FailingLog;
import dev.pogo.Fault;
import dev.pogo.ForeignChannel;
import dev.pogo.engine.TaskState.Cancelled;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** The interrupts at deadlines: on threads of their own, but not on many. */
class InterrupterTest {
    private static final int TASKS = 3 * Interrupter.MAX_THREADS;

    private final AtomicInteger mostThreads = new AtomicInteger();
    private final CountDownLatch mayClose = new CountDownLatch(1);
    private final AtomicInteger closing = new AtomicInteger();

    /** Tasks in channels whose closing takes long; cancelled, and not interrupted yet. */
    private List<TaskImpl<?>> cancelled(PogoScopeImpl scope) {
        List<TaskImpl<?>> tasks = new ArrayList<>();
        for (int i = 0; i < TASKS; i++) {
            tasks.add(
                    scope.spawn(
                            new ForeignChannel(() -> {
                                closing.incrementAndGet();
                                return mayClose.await(20, TimeUnit.SECONDS);
                            })));
        }
        for (TaskImpl<?> task : tasks) {
            Eventually.isTrue(() -> {
                Thread thread = task.liveThread();
                return thread != null && thread.getState() == Thread.State.WAITING;
            });
            assertTrue(task.decideCancelled(Cancelled.now(CancelReason.SCOPE_DEADLINE)));
        }
        return tasks;
    }

    private static Interrupter.Item interrupt(TaskImpl<?> task) {
        return item(task::stopCancelled);
    }

    private static Interrupter.Item item(Runnable step) {
        return new Interrupter.Item() {
            @Override
            void run() {
                step.run();
            }
        };
    }

    private Interrupter.Item blocking(Runnable before, Runnable after) {
        return item(() -> {
            before.run();
            try {
                mayClose.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new AssertionError("nobody interrupts this", e);
            }
            after.run();
        });
    }

    private Thread thread(Runnable work) {
        return Thread.ofPlatform().daemon().name("pogo-interrupt").unstarted(work);
    }

    /** Without a clock, so that there is no more than the base of threads. */
    private Interrupter withoutClock(ThreadFactory factory, boolean reusesThreads) {
        return new Interrupter(List.of(factory), new Timer(List.of()), reusesThreads);
    }

    /** Whatever the moment at which the next item comes: also when the thread is about to leave. */
    @Test
    void run_threadsAreNotReused_eachItemHasAThreadOfItsOwn() {
        Interrupter interrupter = withoutClock(this::thread, false);
        Queue<Thread> used = new ConcurrentLinkedQueue<>();
        int rounds = 5_000;
        for (int i = 0; i < rounds; i++) {
            AtomicInteger ended = new AtomicInteger();
            Interrupter.Item item =
                    item(() -> {
                        used.add(Thread.currentThread());
                        ended.incrementAndGet();
                    });
            interrupter.run(item);
            while (ended.get() == 0) {
                Thread.onSpinWait();
            }
            for (int delay = i % 200; delay > 0; delay--) {
                Thread.onSpinWait();
            }
            interrupter.run(item);
            Eventually.isTrue(() -> ended.get() == 2);
        }
        assertEquals(2 * rounds, Set.copyOf(used).size());
        Eventually.isTrue(() -> interrupter.threads() == 0);
    }

    @Test
    void interrupts_thatTakeLong_areGivenByAFewThreads() {
        PogoRuntimeImpl runtime = Runtimes.ofSize(TASKS);
        AtomicReference<Interrupter> made = new AtomicReference<>();
        ThreadFactory factory =
                work -> {
                    mostThreads.accumulateAndGet(made.get().threads(), Math::max);
                    return thread(work);
                };
        Interrupter interrupter = new Interrupter(List.of(factory), runtime.timer(), true);
        made.set(interrupter);
        try (PogoScopeImpl scope = runtime.open()) {
            for (TaskImpl<?> task : cancelled(scope)) {
                interrupter.run(interrupt(task));
            }
            Eventually.isTrue(() -> closing.get() == Interrupter.MAX_THREADS);
            mayClose.countDown();
        }
        assertEquals(Interrupter.MAX_THREADS, mostThreads.get());
        assertEquals(TASKS, closing.get());
        Eventually.isTrue(() -> runtime.timer().pending() == 0);
    }

    @Test
    void interrupts_noThreadToBeHad_areGivenByTheCaller() {
        PogoRuntimeImpl runtime = Runtimes.ofSize(TASKS);
        mayClose.countDown();
        for (FaultyThreads.Fault fault : FaultyThreads.Fault.values()) {
            closing.set(0);
            Interrupter interrupter =
                    new Interrupter(
                            List.of(new FailingThreads(new OutOfMemoryError("test")).with(fault)),
                            runtime.timer(),
                            true);
            try (PogoScopeImpl scope = runtime.open()) {
                for (TaskImpl<?> task : cancelled(scope)) {
                    interrupter.run(interrupt(task));
                }
            }
            assertEquals(TASKS, closing.get());
        }
    }

    /** As where there is no memory, not even to tell the log. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void items_thatThrow_costNoThread(boolean reusesThreads) {
        AtomicInteger failed = new AtomicInteger();
        Interrupter interrupter = withoutClock(this::thread, reusesThreads);
        try (FailingLog log = new FailingLog(new Fault.ThreadStopped())) {
            for (int i = 0; i < 3 * Interrupter.MAX_THREADS; i++) {
                interrupter.run(
                        item(() -> {
                            failed.incrementAndGet();
                            throw new OutOfMemoryError("test");
                        }));
            }
            Eventually.isTrue(() -> log.refused().size() == 3 * Interrupter.MAX_THREADS);
            assertEquals(3 * Interrupter.MAX_THREADS, failed.get());
        }
        assertBaseThreads(interrupter);
    }

    @ParameterizedTest
    @EnumSource
    void threads_thatCannotBeStarted_areNotCounted(FaultyThreads.Fault fault) {
        FailingThreads factory = new FailingThreads(new OutOfMemoryError("test")).with(fault);
        Interrupter interrupter = withoutClock(factory, true);
        AtomicInteger ran = new AtomicInteger();
        for (int i = 1; i <= 3 * Interrupter.BASE_THREADS; i++) {
            interrupter.run(item(ran::incrementAndGet));
            int expected = i;
            Eventually.isTrue(() -> ran.get() == expected);
        }
        factory.fault = null;
        assertBaseThreads(interrupter);
    }

    /** They are all to be had, and no more without a clock. */
    private void assertBaseThreads(Interrupter interrupter) {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 2 * Interrupter.BASE_THREADS; i++) {
            interrupter.run(blocking(running::incrementAndGet, ran::incrementAndGet));
        }
        Eventually.isTrue(() -> running.get() == Interrupter.BASE_THREADS);
        mayClose.countDown();
        Eventually.isTrue(() -> ran.get() == 2 * Interrupter.BASE_THREADS);
    }

    /** A thread that exists comes to it; with none, it is the caller who runs it. */
    @Test
    void items_noFurtherThreadToBeHad_waitForOneThatExists() throws InterruptedException {
        FailingThreads factory = new FailingThreads(new OutOfMemoryError("test"));
        Interrupter interrupter = withoutClock(factory, true);
        CountDownLatch began = new CountDownLatch(1);
        interrupter.run(blocking(began::countDown, () -> {}));
        began.await();
        factory.fault = FaultyThreads.Fault.NOT_STARTED;
        AtomicReference<Thread> ranOn = new AtomicReference<>();
        interrupter.run(item(() -> ranOn.set(Thread.currentThread())));
        assertNull(ranOn.get());
        mayClose.countDown();
        Eventually.isTrue(() -> ranOn.get() != null);
        assertNotSame(Thread.currentThread(), ranOn.get());
    }

    @Test
    void items_thatAreShort_areRunByAFewThreads() {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        Interrupter interrupter = new Interrupter(List.of(this::thread), runtime.timer(), true);
        AtomicInteger ran = new AtomicInteger();
        AtomicInteger atOnce = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        for (int i = 0; i < 50_000; i++) {
            interrupter.run(
                    item(() -> {
                        most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                        ran.incrementAndGet();
                        atOnce.decrementAndGet();
                    }));
        }
        Eventually.isTrue(() -> ran.get() == 50_000);
        // Some may be held up on a busy machine, as if they blocked.
        assertTrue(most.get() <= 4 * Interrupter.BASE_THREADS, () -> most + " threads");
        Eventually.isTrue(() -> runtime.timer().pending() == 0);
    }

    @Test
    void item_handedOverWhileItIsQueued_runsOnce() throws InterruptedException {
        Interrupter interrupter = withoutClock(this::thread, true);
        CountDownLatch began = new CountDownLatch(Interrupter.BASE_THREADS);
        for (int i = 0; i < Interrupter.BASE_THREADS; i++) {
            interrupter.run(blocking(began::countDown, () -> {}));
        }
        began.await();
        AtomicInteger ran = new AtomicInteger();
        AtomicInteger lastRan = new AtomicInteger();
        Interrupter.Item item = item(ran::incrementAndGet);
        interrupter.run(item);
        interrupter.run(item);
        interrupter.run(item(lastRan::incrementAndGet));
        mayClose.countDown();
        Eventually.isTrue(() -> lastRan.get() == 1 && ran.get() == 1);
        interrupter.run(item);
        Eventually.isTrue(() -> ran.get() == 2);
    }
}
