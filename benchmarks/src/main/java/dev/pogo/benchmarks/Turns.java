package dev.pogo.benchmarks;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.Task;

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
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Do turns between scopes cost more the more scopes there are? A million tasks line up for one
 * permit, in one scope or in many; every other one is cancelled, and the rest are admitted in turn
 * between the scopes. Figures are per task.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
@Fork(value = 1, jvmArgsAppend = "-Xmx8g")
@NullUnmarked // JMH fills the fields
public class Turns {
    /** How many scopes the tasks are spread over. */
    @Param({"1", "1000", "100000"})
    public int scopes;

    /** How many tasks there are in all. */
    @Param("1000000")
    public int tasks;

    /** What comes out. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Figures {
        /** Nanoseconds to line a task up. */
        public double spawnNanos;

        /** Nanoseconds to cancel one. */
        public double cancelNanos;

        /** Nanoseconds to admit one and run it, with the start of its thread. */
        public double admitNanos;
    }

    /**
     * All of it.
     *
     * @param figures what comes out
     * @throws InterruptedException never
     */
    @Benchmark
    public void millionTasks(Figures figures) throws InterruptedException {
        CountDownLatch hold = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(tasks / 2);
        Callable<Integer> work =
                () -> {
                    done.countDown();
                    return 1;
                };
        PoolConfig pool =
                PoolConfig.named("default").withNumThreads(1).withMaxWait(Duration.ofHours(1));
        try (PogoRuntime runtime = PogoRuntime.start(PogoConfig.defaults().withPool(pool));
                PogoScope outermost = runtime.open()) {
            outermost.spawn(() -> hold.await(1, TimeUnit.HOURS));
            PogoScope[] opened = new PogoScope[scopes];
            for (int i = 0; i < scopes; i++) {
                opened[i] = runtime.open(); // closed with the outermost
            }
            Task<?>[] spawned = new Task<?>[tasks];
            long began = System.nanoTime();
            for (int i = 0; i < tasks; i++) {
                spawned[i] = opened[i % scopes].spawn(work);
            }
            long allSpawned = System.nanoTime();
            for (int i = 0; i < tasks; i++) {
                if (i / scopes % 2 == 0) {
                    spawned[i].cancel();
                }
            }
            long allCancelled = System.nanoTime();
            hold.countDown();
            done.await();
            figures.spawnNanos = (double) (allSpawned - began) / tasks;
            figures.cancelNanos = 2.0 * (allCancelled - allSpawned) / tasks;
            figures.admitNanos = 2.0 * (System.nanoTime() - allCancelled) / tasks;
        }
    }
}
