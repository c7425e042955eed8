package dev.pogo.benchmarks;

import dev.pogo.benchmarks.contenders.Line;

import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What tasks cost that wait for a permit: heap, and the time to line each up, to cancel it, and
 * until the last of them has expired. Figures are per task, but for the last. A contender that is
 * too slow is stopped after a minute; then {@code done} is less than 1, and the figure is the mean
 * of what it has got done.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
@Fork(value = 1, jvmArgsAppend = "-Xmx8g")
@NullUnmarked // JMH fills the fields
public class Backlog {
    private static final long LIMIT_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final Duration NEVER = Duration.ofHours(1);

    /** Where tasks wait. */
    @Param public Line.Of of;

    /** How many wait. */
    @Param({"10000", "100000", "1000000"})
    public int tasks;

    /** What comes out. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Cancelled {
        /** Bytes of heap that a waiting task keeps. */
        public double heapBytes;

        /** Nanoseconds to line a task up. */
        public double spawnNanos;

        /** Nanoseconds to cancel one. */
        public double cancelNanos;

        /** Which part of the tasks was cancelled within a minute. */
        public double done;
    }

    /** What comes out. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Expired {
        /** Milliseconds from when the last one should expire until all have. */
        public double lateMillis;

        /** Which part of the tasks had expired a minute after that. */
        public double done;
    }

    /**
     * Lines tasks up, and cancels each.
     *
     * @param figures what comes out
     * @throws InterruptedException never
     */
    @Benchmark
    public void cancel(Cancelled figures) throws InterruptedException {
        try (Line line = of.make(NEVER)) {
            long heap = usedHeap();
            long began = System.nanoTime();
            for (int i = 0; i < tasks; i++) {
                line.spawn();
            }
            figures.spawnNanos = (double) (System.nanoTime() - began) / tasks;
            line.awaitLinedUp(tasks);
            figures.heapBytes = (double) (usedHeap() - heap) / tasks;
            long before = System.nanoTime();
            int cancelled = line.cancelUntil(before + LIMIT_NANOS);
            figures.cancelNanos = (double) (System.nanoTime() - before) / cancelled;
            figures.done = (double) cancelled / tasks;
        }
    }

    /**
     * Lines tasks up, and waits until all have waited too long.
     *
     * @param figures what comes out
     * @throws InterruptedException never
     */
    @Benchmark
    public void expire(Expired figures) throws InterruptedException {
        Duration maxWait = Duration.ofMillis(1_000 + tasks / 100);
        try (Line line = of.make(maxWait)) {
            for (int i = 0; i < tasks; i++) {
                line.spawn();
            }
            long due = System.nanoTime() + maxWait.toNanos();
            figures.done = (double) line.awaitExpired(tasks, due + LIMIT_NANOS) / tasks;
            figures.lateMillis = (System.nanoTime() - due) / 1e6;
        }
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
