package dev.pogo.benchmarks.busy;

import com.sun.management.OperatingSystemMXBean;

import dev.pogo.benchmarks.contenders.Way;

import org.jspecify.annotations.Nullable;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** Callers that make the same request in a loop, all at once, until they are told to stop. */
final class Load {
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final Way way;
    private final Request request;
    private final LongAdder ended = new LongAdder();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean stopped;

    private Load(Way way, Request request) {
        this.way = way;
        this.request = request;
    }

    /**
     * Counts for a while, after a quarter of that in which the callers start.
     *
     * @param patience how long the callers may take to end their last requests
     * @throws LoadFailedException if a request has failed, or a caller had to be interrupted
     * @throws StuckException if the callers did not end, not even when they were interrupted
     */
    static Cost slice(Way way, Callers callers, Request request, Duration length, Duration patience)
            throws InterruptedException, LoadFailedException, StuckException {
        Load load = new Load(way, request);
        List<Thread> threads = callers.start(load::loop);
        Cost cost;
        try {
            Thread.sleep(length.dividedBy(4));
            cost = load.count(length);
        } finally {
            load.stopped = true;
            end(threads, patience);
        }
        Throwable failed = load.failure.get();
        if (failed != null) {
            throw new LoadFailedException("a request failed: " + failed, failed);
        }
        return cost;
    }

    private void loop() {
        Callable<Integer> work = request.work();
        try {
            while (!stopped) {
                int sum = way.fanOut(request.tasks(), work);
                if (sum != request.tasks()) {
                    throw new IllegalStateException("only " + sum + " tasks have run");
                }
                ended.increment();
            }
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        }
    }

    private Cost count(Duration length) throws InterruptedException {
        long requestsBefore = ended.sum();
        long cpuBefore = SYSTEM.getProcessCpuTime();
        long before = System.nanoTime();
        Thread.sleep(length);
        long requests = ended.sum() - requestsBefore;
        long cpuNanos = SYSTEM.getProcessCpuTime() - cpuBefore;
        long nanos = System.nanoTime() - before;
        return new Cost(cpuNanos / 1e3 / requests, requests * 1e9 / nanos);
    }

    private static void end(List<Thread> threads, Duration patience)
            throws InterruptedException, StuckException, LoadFailedException {
        if (haveEnded(threads, patience)) {
            return;
        }
        threads.forEach(Thread::interrupt);
        if (haveEnded(threads, patience)) {
            throw new LoadFailedException("callers had to be interrupted after " + patience, null);
        }
        throw new StuckException("callers have not ended " + patience + " after an interrupt");
    }

    private static boolean haveEnded(List<Thread> threads, Duration patience)
            throws InterruptedException {
        long limit = System.nanoTime() + patience.toNanos();
        for (Thread thread : threads) {
            long left = Math.max(1, limit - System.nanoTime());
            if (!thread.join(Duration.ofNanos(left))) {
                return false;
            }
        }
        return true;
    }
}
