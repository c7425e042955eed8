package dev.pogo.benchmarks;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.Task;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** One request that spawns trivial tasks and awaits them one by one. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class FanOut {
    /** How many tasks a request spawns. */
    @Param({"3", "100"})
    public int tasks;

    private final PogoRuntime runtime =
            PogoRuntime.start(
                    PogoConfig.defaults()
                            .withPool(PoolConfig.named("default").withNumThreads(1_000)));
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    /** Ends what was measured. */
    @TearDown
    public void stop() {
        runtime.close();
        executor.close();
    }

    /**
     * Pogo.
     *
     * @return the sum of the tasks' values
     * @throws InterruptedException never
     */
    @Benchmark
    public int pogo() throws InterruptedException {
        int sum = 0;
        try (PogoScope scope = runtime.open()) {
            List<Task<Integer>> spawned = new ArrayList<>(tasks);
            for (int i = 0; i < tasks; i++) {
                spawned.add(scope.spawn(() -> 1));
            }
            for (Task<Integer> task : spawned) {
                sum += task.await();
            }
        }
        return sum;
    }

    /**
     * The JDK's executor, which bounds nothing.
     *
     * @return the sum of the tasks' values
     * @throws InterruptedException never
     * @throws ExecutionException never
     */
    @Benchmark
    public int virtualThreadExecutor() throws InterruptedException, ExecutionException {
        int sum = 0;
        List<Future<Integer>> submitted = new ArrayList<>(tasks);
        for (int i = 0; i < tasks; i++) {
            submitted.add(executor.submit(() -> 1));
        }
        for (Future<Integer> future : submitted) {
            sum += future.get();
        }
        return sum;
    }
}
