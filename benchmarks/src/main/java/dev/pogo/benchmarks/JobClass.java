package dev.pogo.benchmarks;

import dev.pogo.Job;
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
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What snapshots of args and result add to a task: the same work as lambdas and as jobs. Many at
 * once, so that it is not the waking of threads that is measured; figures are per task.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(3)
public class JobClass {
    private static final int TASKS = 100;
    private static final String SKU = "A-100";

    private final PogoRuntime runtime =
            PogoRuntime.start(
                    PogoConfig.defaults()
                            .withPool(PoolConfig.named("default").withNumThreads(TASKS)));

    /**
     * Args.
     *
     * @param sku what is asked for
     */
    public record Sku(String sku) {}

    /**
     * A result.
     *
     * @param sku what was asked for
     * @param count how many there are
     * @param price what one costs
     */
    public record Stock(String sku, int count, double price) {}

    /** The work. */
    public static final class FetchStock implements Job<Sku, Stock> {
        @Override
        public Stock handle(Sku args) {
            return new Stock(args.sku(), 3, 9.5);
        }
    }

    /** Ends what was measured. */
    @TearDown
    public void stop() {
        runtime.close();
    }

    /**
     * Tasks that are lambdas.
     *
     * @return the sum of the results
     * @throws InterruptedException never
     */
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public int lambda() throws InterruptedException {
        List<Task<Stock>> tasks = new ArrayList<>(TASKS);
        try (PogoScope scope = runtime.open()) {
            for (int i = 0; i < TASKS; i++) {
                Sku args = new Sku(SKU);
                tasks.add(scope.spawn(() -> new FetchStock().handle(args)));
            }
            return sum(tasks);
        }
    }

    /**
     * Tasks that are jobs.
     *
     * @return the sum of the results
     * @throws InterruptedException never
     */
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public int job() throws InterruptedException {
        List<Task<Stock>> tasks = new ArrayList<>(TASKS);
        try (PogoScope scope = runtime.open()) {
            for (int i = 0; i < TASKS; i++) {
                tasks.add(scope.spawn(FetchStock.class, new Sku(SKU)));
            }
            return sum(tasks);
        }
    }

    private static int sum(List<Task<Stock>> tasks) throws InterruptedException {
        int sum = 0;
        for (Task<Stock> task : tasks) {
            sum += task.await().count();
        }
        return sum;
    }
}
