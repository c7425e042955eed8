package dev.pogo.benchmarks.redis;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;

import org.jspecify.annotations.Nullable;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** Virtual threads that put a load on a client for a while. */
final class Slice {
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final ThreadMXBean THREADS =
            ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final LongAdder commands = new LongAdder();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean stopped;

    private Slice() {}

    /**
     * Counts for a while, after a quarter of that in which the callers start.
     *
     * @throws IllegalStateException if a caller has failed, or does not end
     */
    static Figures measure(Client client, Load load, int callers, ServerCpu server, Duration length)
            throws InterruptedException {
        Slice slice = new Slice();
        List<Thread> threads = new ArrayList<>();
        for (int caller = -load.feeders(); caller < callers; caller++) {
            Load.Step step = load.of(client, caller);
            threads.add(Thread.ofVirtual().start(() -> slice.loop(step)));
        }
        Thread.sleep(length.dividedBy(4));
        Figures figures = slice.count(server, length);
        slice.stopped = true;
        for (Thread thread : threads) {
            if (!thread.join(PATIENCE)) {
                throw new IllegalStateException("a caller has not ended after " + PATIENCE);
            }
        }
        Throwable failed = slice.failure.get();
        if (failed != null) {
            throw new IllegalStateException("a caller has failed: " + failed, failed);
        }
        return figures;
    }

    private void loop(Load.Step step) {
        try {
            while (!stopped) {
                commands.add(step.run());
            }
        } catch (InterruptedException | RuntimeException e) {
            failure.compareAndSet(null, e);
        }
    }

    private Figures count(ServerCpu server, Duration length) throws InterruptedException {
        double serverBefore = server.micros();
        long bytesBefore = THREADS.getTotalThreadAllocatedBytes();
        long commandsBefore = commands.sum();
        long cpuBefore = SYSTEM.getProcessCpuTime();
        long before = System.nanoTime();
        Thread.sleep(length);
        double done = commands.sum() - commandsBefore;
        long cpuNanos = SYSTEM.getProcessCpuTime() - cpuBefore;
        long nanos = System.nanoTime() - before;
        long bytes = THREADS.getTotalThreadAllocatedBytes() - bytesBefore;
        double serverMicros = server.micros() - serverBefore;
        return new Figures(
                done * 1e9 / nanos, cpuNanos / 1e3 / done, serverMicros / done, bytes / done);
    }
}
