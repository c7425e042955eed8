package dev.pogo.benchmarks;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.Pool;
import dev.pogo.PoolConfig;
import dev.pogo.Task;
import dev.pogo.ThreadKind;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How late an I/O task starts while another pool computes on virtual threads, on platform threads,
 * or not at all. The I/O pool has virtual threads and more permits than tasks, so that its tasks
 * wait for a processor only.
 *
 * <p>Not a JMH benchmark: JMH samples how long the caller was busy, and that would add the caller's
 * own wake-up, which suffers from the same load. Here the task itself reads the clock first of all,
 * and its latency is what has passed since just before {@code spawn}. The caller is a platform
 * thread, as virtual ones would be held up by what is measured. It spawns at a steady pace and
 * awaits nothing meanwhile, because a caller that waits for each task asks less often just when the
 * answer is bad.
 *
 * <p>The computing pool is twice as large as the processors are many, has tasks waiting all the
 * time, and each of its tasks is busy for 50 ms. A task that has not started before this load ends
 * is counted as late; what is printed for it depends on how long the load lasted, and would be more
 * with a longer one.
 */
final class Isolation {
    private static final int CPU_THREADS = 2 * Runtime.getRuntime().availableProcessors();
    private static final int CPU_BACKLOG = 16 * CPU_THREADS;
    private static final long BUSY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int PAUSE_MILLIS = 5;
    private static final int WARM_UP_TASKS = 200;
    private static final int TASKS = 2_000;
    private static final int ROUNDS = 2;

    private Isolation() {}

    /** Prints a table. */
    public static void main(String[] args) throws InterruptedException {
        round(WARM_UP_TASKS);
        System.out.println("computing on   tasks   late    p50 ms    p99 ms    max ms");
        for (int i = 0; i < ROUNDS; i++) {
            round(TASKS).forEach(System.out::println);
        }
    }

    private static List<String> round(int tasks) throws InterruptedException {
        return List.of(
                row(null, tasks), row(ThreadKind.VIRTUAL, tasks), row(ThreadKind.PLATFORM, tasks));
    }

    /** With no load if there is no kind of threads for it. */
    private static String row(@Nullable ThreadKind computing, int tasks)
            throws InterruptedException {
        ThreadKind kind = computing == null ? ThreadKind.PLATFORM : computing;
        try (PogoRuntime runtime = runtime(kind, tasks);
                PogoScope scope = runtime.open()) {
            Thread load = Thread.ofPlatform().daemon().unstarted(() -> compute(runtime));
            long[] spawnedAt = new long[tasks];
            List<Task<Long>> startedAt = new ArrayList<>(tasks);
            if (computing != null) {
                load.start();
                awaitLoad(runtime.pool("cpu"));
            }
            for (int i = 0; i < tasks; i++) {
                spawnedAt[i] = System.nanoTime();
                startedAt.add(scope.spawn("io", System::nanoTime));
                Thread.sleep(PAUSE_MILLIS);
                if (computing != null) {
                    ensureBusy(runtime.pool("cpu"));
                }
            }
            long loadEnded = System.nanoTime();
            load.interrupt();
            load.join();
            return "%-12s".formatted(computing == null ? "nothing" : computing)
                    + summary(spawnedAt, startedAt, loadEnded);
        }
    }

    private static PogoRuntime runtime(ThreadKind computing, int tasks) {
        Duration maxWait = Duration.ofHours(1);
        return PogoRuntime.start(
                PogoConfig.defaults()
                        .withPool(
                                PoolConfig.named("cpu")
                                        .withNumThreads(CPU_THREADS)
                                        .withMaxWait(maxWait)
                                        .withThreads(computing))
                        .withPool(
                                PoolConfig.named("io").withNumThreads(tasks).withMaxWait(maxWait)));
    }

    /** Refills the pool until interrupted; what is left then is cancelled with its scope. */
    private static void compute(PogoRuntime runtime) {
        Pool pool = runtime.pool("cpu");
        try (PogoScope scope = runtime.open()) {
            while (true) {
                for (int i = pool.stats().waiting(); i < CPU_BACKLOG; i++) {
                    scope.spawn("cpu", Isolation::beBusy);
                }
                Thread.sleep(10);
            }
        } catch (InterruptedException endOfLoad) {
            // That is how it ends.
        }
    }

    /** Neither blocks nor yields. */
    private static long beBusy() {
        Thread self = Thread.currentThread();
        long began = System.nanoTime();
        long turns = 0;
        while (System.nanoTime() - began < BUSY_NANOS && !self.isInterrupted()) {
            turns++;
        }
        return turns;
    }

    private static void awaitLoad(Pool pool) throws InterruptedException {
        while (pool.stats().waiting() == 0) {
            Thread.sleep(1);
        }
    }

    private static void ensureBusy(Pool pool) {
        if (pool.stats().waiting() == 0) {
            throw new IllegalStateException("the load was not refilled in time: " + pool);
        }
    }

    private static String summary(long[] spawnedAt, List<Task<Long>> startedAt, long loadEnded)
            throws InterruptedException {
        long[] nanos = new long[spawnedAt.length];
        int late = 0;
        for (int i = 0; i < nanos.length; i++) {
            long started = startedAt.get(i).await();
            nanos[i] = started - spawnedAt[i];
            if (started - loadEnded > 0) {
                late++;
            }
        }
        Arrays.sort(nanos);
        return "  %,6d  %,5d  %,8.2f  %,8.2f  %,8.2f"
                .formatted(
                        nanos.length,
                        late,
                        nanos[nanos.length / 2] / 1e6,
                        nanos[nanos.length * 99 / 100] / 1e6,
                        nanos[nanos.length - 1] / 1e6);
    }
}
