package dev.pogo.benchmarks;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.Task;
import dev.pogo.ThreadKind;

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
import org.openjdk.jmh.infra.Blackhole;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * What it would bring to use a platform thread again, instead of starting one for each task: Pogo
 * on both kinds of threads, beside the JDK's fixed pool. All run the same number of tasks at once,
 * so that with many tasks most of them wait, as they do in a pool that computes.
 *
 * <p>The work is an amount, not a time, because a thread that only watches the clock would be done
 * just as soon if it had no processor. It is the same amount in all forks; {@link #caller} shows
 * what it takes without any other thread, which is to be about 1 ms a task. To be run on an idle
 * machine: where processors are short, the times of many computing tasks tell what share of them
 * the system has given, which is not the same for old threads and new ones.
 *
 * <p>With {@code -prof gc}, look at the number of collections too. The bytes are those of objects,
 * but each platform thread also takes a buffer to allocate them from and leaves the rest of it
 * unused when it ends; the young generation fills by that, not by the objects. A thread's stack is
 * outside the heap and in neither figure.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(3)
public class PlatformStart {
    private static final int THREADS = 2 * Runtime.getRuntime().availableProcessors();

    /** How many tasks there are in an operation. */
    @Param({"1", "100"})
    public int tasks;

    /** How much each task computes. */
    @Param({"0", "500000"})
    public long work;

    private final PogoRuntime runtime =
            PogoRuntime.start(
                    PogoConfig.defaults()
                            .withPool(PoolConfig.named("virtual").withNumThreads(THREADS))
                            .withPool(
                                    PoolConfig.named("platform")
                                            .withNumThreads(THREADS)
                                            .withThreads(ThreadKind.PLATFORM)));
    private final ExecutorService executor = Executors.newFixedThreadPool(THREADS);

    /** Ends what was measured. */
    @TearDown
    public void stop() {
        runtime.close();
        executor.close();
    }

    /**
     * Pogo with a new platform thread for each task.
     *
     * @return the sum of the tasks' values
     * @throws InterruptedException never
     */
    @Benchmark
    public int pogoPlatform() throws InterruptedException {
        return pogo("platform");
    }

    /**
     * Pogo with a new virtual thread for each task.
     *
     * @return the sum of the tasks' values
     * @throws InterruptedException never
     */
    @Benchmark
    public int pogoVirtual() throws InterruptedException {
        return pogo("virtual");
    }

    /**
     * The JDK's fixed pool, whose platform threads are used again and again.
     *
     * @return the sum of the tasks' values
     * @throws InterruptedException never
     * @throws ExecutionException never
     */
    @Benchmark
    public int fixedPool() throws InterruptedException, ExecutionException {
        int sum = 0;
        List<Future<Integer>> submitted = new ArrayList<>(tasks);
        for (int i = 0; i < tasks; i++) {
            submitted.add(executor.submit(this::compute));
        }
        for (Future<Integer> future : submitted) {
            sum += future.get();
        }
        return sum;
    }

    /**
     * The work alone, one after the other on the calling thread.
     *
     * @return the sum of the values
     */
    @Benchmark
    public int caller() {
        int sum = 0;
        for (int i = 0; i < tasks; i++) {
            sum += compute();
        }
        return sum;
    }

    private int pogo(String pool) throws InterruptedException {
        int sum = 0;
        try (PogoScope scope = runtime.open()) {
            List<Task<Integer>> spawned = new ArrayList<>(tasks);
            for (int i = 0; i < tasks; i++) {
                spawned.add(scope.spawn(pool, this::compute));
            }
            for (Task<Integer> task : spawned) {
                sum += task.await();
            }
        }
        return sum;
    }

    private int compute() {
        Blackhole.consumeCPU(work);
        return 1;
    }
}
