package dev.pogo.benchmarks;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.Pool;
import dev.pogo.PoolConfig;
import dev.pogo.Task;
import dev.pogo.ThreadKind;

import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

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
 * <p>What counts is not the time that JMH takes: the caller's own wake-up suffers from the same
 * load. The task itself reads the clock first of all, and its latency is what has passed since just
 * before {@code spawn}. The caller is a platform thread, as virtual ones would be held up by what
 * is measured. It spawns at a steady pace and awaits nothing meanwhile, because a caller that waits
 * for each task asks less often just when the answer is bad.
 *
 * <p>The computing pool is twice as large as the processors are many, has tasks waiting all the
 * time, and each of its tasks is busy for 50 ms. A task that has not started before this load ends
 * is counted as late; its latency depends on how long the load lasted, and would be more with a
 * longer one.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 2)
@Fork(1)
@NullUnmarked // JMH and the set-up fill the fields
public class Isolation {
    private static final int CPU_THREADS = 2 * Runtime.getRuntime().availableProcessors();
    private static final int CPU_BACKLOG = 16 * CPU_THREADS;
    private static final long BUSY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int PAUSE_MILLIS = 5;

    /** What the other pool computes on. */
    public enum Computing {
        /** It does not. */
        NOTHING,
        /** Virtual threads, which share the carriers with the I/O tasks. */
        VIRTUAL,
        /** Platform threads. */
        PLATFORM
    }

    /** What the other pool computes on. */
    @Param public Computing computing;

    /** How many I/O tasks are spawned. */
    @Param("1000")
    public int tasks;

    private PogoRuntime runtime;
    private Thread load;

    /** The latencies. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Figures {
        /** How many tasks started only when the load was over. */
        public double late;

        /** Milliseconds that half of the tasks took at most. */
        public double p50;

        /** Milliseconds that all but one in a hundred took at most. */
        public double p99;

        /** Milliseconds that the slowest took. */
        public double max;
    }

    /** Starts the load. */
    @Setup(Level.Iteration)
    public void startLoad() throws InterruptedException {
        Duration maxWait = Duration.ofHours(1);
        ThreadKind kind = computing == Computing.VIRTUAL ? ThreadKind.VIRTUAL : ThreadKind.PLATFORM;
        runtime =
                PogoRuntime.start(
                        PogoConfig.defaults()
                                .withPool(
                                        PoolConfig.named("cpu")
                                                .withNumThreads(CPU_THREADS)
                                                .withMaxWait(maxWait)
                                                .withThreads(kind))
                                .withPool(
                                        PoolConfig.named("io")
                                                .withNumThreads(tasks)
                                                .withMaxWait(maxWait)));
        load = Thread.ofPlatform().daemon().unstarted(() -> compute(runtime));
        if (computing != Computing.NOTHING) {
            load.start();
            while (runtime.pool("cpu").stats().waiting() == 0) {
                Thread.sleep(1);
            }
        }
    }

    /**
     * Spawns the I/O tasks, a few milliseconds apart.
     *
     * @param figures what comes out
     * @throws InterruptedException never
     */
    @Benchmark
    public void start(Figures figures) throws InterruptedException {
        try (PogoScope scope = runtime.open()) {
            long[] spawnedAt = new long[tasks];
            List<Task<Long>> startedAt = new ArrayList<>(tasks);
            for (int i = 0; i < tasks; i++) {
                spawnedAt[i] = System.nanoTime();
                startedAt.add(scope.spawn("io", System::nanoTime));
                Thread.sleep(PAUSE_MILLIS);
                if (computing != Computing.NOTHING) {
                    ensureBusy(runtime.pool("cpu"));
                }
            }
            long loadEnded = System.nanoTime();
            load.interrupt();
            load.join();
            summarize(spawnedAt, startedAt, loadEnded, figures);
        }
    }

    /** Ends it. */
    @TearDown(Level.Iteration)
    public void end() {
        runtime.close();
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

    private static void ensureBusy(Pool pool) {
        if (pool.stats().waiting() == 0) {
            throw new IllegalStateException("the load was not refilled in time: " + pool);
        }
    }

    private static void summarize(
            long[] spawnedAt, List<Task<Long>> startedAt, long loadEnded, Figures figures)
            throws InterruptedException {
        long[] nanos = new long[spawnedAt.length];
        for (int i = 0; i < nanos.length; i++) {
            long started = startedAt.get(i).await();
            nanos[i] = started - spawnedAt[i];
            if (started - loadEnded > 0) {
                figures.late++;
            }
        }
        Arrays.sort(nanos);
        figures.p50 = nanos[nanos.length / 2] / 1e6;
        figures.p99 = nanos[nanos.length * 99 / 100] / 1e6;
        figures.max = nanos[nanos.length - 1] / 1e6;
    }
}
