package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The interrupts at deadlines: on threads of their own, but not on many. */
class InterrupterTest {
    private static final int TASKS = 3 * Interrupter.MAX_THREADS;

    private final AtomicInteger threads = new AtomicInteger();
    private final CountDownLatch mayClose = new CountDownLatch(1);
    private final AtomicInteger closing = new AtomicInteger();

    /** Tasks in channels whose closing takes long; cancelled, and not interrupted yet. */
    private List<Task<?>> cancelled(PogoScope scope) {
        List<Task<?>> tasks = new ArrayList<>();
        for (int i = 0; i < TASKS; i++) {
            tasks.add(
                    scope.spawn(
                            new ForeignChannel(() -> {
                                closing.incrementAndGet();
                                return mayClose.await(20, TimeUnit.SECONDS);
                            })));
        }
        for (Task<?> task : tasks) {
            Eventually.isTrue(() -> {
                Thread thread = task.liveThread();
                return thread != null && thread.getState() == Thread.State.WAITING;
            });
            assertTrue(task.decideCancelled(CancelReason.SCOPE_DEADLINE));
        }
        return tasks;
    }

    @Test
    void interrupts_thatTakeLong_areGivenByAFewThreads() {
        PogoRuntime runtime = Runtimes.ofSize(TASKS);
        Interrupter interrupter =
                new Interrupter(work -> {
                    threads.incrementAndGet();
                    return Thread.ofPlatform().name("pogo-interrupt").unstarted(work);
                });
        try (PogoScope scope = runtime.open()) {
            for (Task<?> task : cancelled(scope)) {
                interrupter.interrupt(List.of(task));
            }
            Eventually.isTrue(() -> closing.get() == Interrupter.MAX_THREADS);
            assertEquals(Interrupter.MAX_THREADS, threads.get());
            mayClose.countDown();
        }
        assertEquals(TASKS, closing.get());
    }

    @Test
    void interrupts_noThreadToBeHad_areGivenByTheCaller() {
        PogoRuntime runtime = Runtimes.ofSize(TASKS);
        mayClose.countDown();
        for (FaultyThreads.Fault fault : FaultyThreads.Fault.values()) {
            closing.set(0);
            Interrupter interrupter =
                    new Interrupter(new FailingThreads(new OutOfMemoryError("test")).with(fault));
            try (PogoScope scope = runtime.open()) {
                for (Task<?> task : cancelled(scope)) {
                    interrupter.interrupt(List.of(task));
                }
            }
            assertEquals(TASKS, closing.get());
        }
    }
}
