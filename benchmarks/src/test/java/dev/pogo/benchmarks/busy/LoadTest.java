package dev.pogo.benchmarks.busy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.benchmarks.contenders.Way;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** One slice. */
@Timeout(60)
class LoadTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Request REQUEST = new Request(3, 0);

    /** A way to run tasks, given by what it does for a request. */
    private static Way way(Callable<Integer> request) {
        return new Way() {
            @Override
            public int fanOut(int tasks, Callable<Integer> work) throws Exception {
                return request.call();
            }

            @Override
            public void close() {}
        };
    }

    private static Cost slice(Way way, Callers callers, Duration length, Duration patience)
            throws Exception {
        return Load.slice(way, callers, REQUEST, length, patience);
    }

    @Test
    void slice_requestsTakeTheirTime_countsThoseOfAllCallers() throws Exception {
        Way way =
                way(() -> {
                    Thread.sleep(20);
                    return 3;
                });
        Cost cost = slice(way, new Callers(true, 4), Duration.ofMillis(400), LONG);
        double perSecond = cost.requestsPerSecond();
        // 4 in each 20 ms; a busy machine may wake them later, and read the clock later.
        assertTrue(perSecond > 20 && perSecond < 300, cost.toString());
    }

    @Test
    void slice_callersMeet_allMakeRequestsAtOnce() throws Exception {
        for (boolean virtual : new boolean[] {true, false}) {
            int callers = 16;
            AtomicInteger met = new AtomicInteger();
            CyclicBarrier meeting = new CyclicBarrier(callers, met::incrementAndGet);
            AtomicBoolean wrongKind = new AtomicBoolean();
            Way way =
                    way(() -> {
                        if (met.get() == 0) {
                            meeting.await();
                        }
                        if (Thread.currentThread().isVirtual() != virtual) {
                            wrongKind.set(true);
                        }
                        return 3;
                    });
            slice(way, new Callers(virtual, callers), SHORT, LONG);
            assertEquals(1, met.get());
            assertEquals(false, wrongKind.get());
        }
    }

    @Test
    void slice_requestsCompute_countsTheirCpuTime() throws Exception {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        Way way =
                way(() -> {
                    long end = threads.getCurrentThreadCpuTime() + 5_000_000;
                    while (threads.getCurrentThreadCpuTime() < end) {
                        Thread.onSpinWait();
                    }
                    return 3;
                });
        Cost cost = slice(way, new Callers(false, 2), Duration.ofMillis(400), LONG);
        // 5 ms, and what the JVM itself takes meanwhile.
        assertTrue(cost.cpuMicros() > 2_500 && cost.cpuMicros() < 50_000, cost.toString());
    }

    @Test
    void slice_aRequestFails_throwsItsFailure() {
        IllegalStateException failure = new IllegalStateException("as it is to");
        Way way =
                way(() -> {
                    throw failure;
                });
        LoadFailedException e =
                assertThrows(
                        LoadFailedException.class,
                        () -> slice(way, new Callers(true, 2), SHORT, LONG));
        assertSame(failure, e.getCause());
    }

    @Test
    void slice_tasksAreMissing_fails() {
        assertThrows(
                LoadFailedException.class,
                () -> slice(way(() -> 2), new Callers(true, 2), SHORT, LONG));
    }

    @Test
    void slice_aRequestNeverEnds_isInterrupted() {
        Way way =
                way(() -> {
                    new CountDownLatch(1).await();
                    return 3;
                });
        assertThrows(
                LoadFailedException.class,
                () -> slice(way, new Callers(true, 2), SHORT, Duration.ofSeconds(1)));
    }

    @Test
    void slice_aRequestHeedsNoInterrupt_isGivenUp() {
        AtomicBoolean mayEnd = new AtomicBoolean();
        Way way =
                way(() -> {
                    while (!mayEnd.get()) {
                        Thread.yield();
                    }
                    return 3;
                });
        try {
            assertThrows(
                    StuckException.class, () -> slice(way, new Callers(false, 1), SHORT, SHORT));
        } finally {
            mayEnd.set(true);
        }
    }
}
