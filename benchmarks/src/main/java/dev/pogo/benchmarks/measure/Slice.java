package dev.pogo.benchmarks.measure;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/** Threads that call a contender for a while. */
public final class Slice {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final LongAdder operations = new LongAdder();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean counting;
    private volatile boolean stopped;

    private Slice() {}

    /**
     * Counts for a while, after a quarter of that in which the callers start.
     *
     * @param contender what is called
     * @param callers how many threads call it
     * @param server the server that it uses
     * @param length how long is counted
     * @return what was counted
     * @throws InterruptedException if the calling thread is interrupted
     * @throws IllegalStateException if a caller has failed, or does not end
     */
    public static Figures measure(
            Contender contender, int callers, ServerWatch server, Duration length)
            throws InterruptedException {
        Slice slice = new Slice();
        List<CallerThread> threads = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            threads.add(slice.new CallerThread(contender));
        }
        Supplier<Snapshot> snapshot =
                () -> Snapshot.of(server, contender.hosts(), slice.operations);
        Thread.sleep(length.dividedBy(4));
        slice.counting = true;
        Snapshot before = snapshot.get();
        Thread.sleep(length);
        Snapshot after = snapshot.get();
        slice.stopped = true;
        LongStream.Builder latencies = LongStream.builder();
        for (CallerThread thread : threads) {
            thread.join();
            thread.latencies.build().forEach(latencies);
        }
        Throwable failed = slice.failure.get();
        if (failed != null) {
            throw new IllegalStateException("a caller has failed: " + failed, failed);
        }
        return after.since(before, latencies.build().toArray());
    }

    private final class CallerThread {
        private final LongStream.Builder latencies = LongStream.builder();
        private final Thread thread;

        private CallerThread(Contender contender) {
            thread = contender.threads().start(() -> run(contender));
        }

        private void run(Contender contender) {
            try (Contender.Caller caller = contender.caller()) {
                while (!stopped) {
                    long before = System.nanoTime();
                    caller.call();
                    operations.increment();
                    if (counting) {
                        latencies.add(System.nanoTime() - before);
                    }
                    caller.pause();
                }
            } catch (Exception e) {
                failure.compareAndSet(null, e);
            }
        }

        private void join() throws InterruptedException {
            if (!thread.join(PATIENCE)) {
                throw new IllegalStateException("a caller has not ended after " + PATIENCE);
            }
        }
    }
}
