package dev.pogo.benchmarks;

import dev.pogo.Job;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/** What snapshots of args and result add to a task: the same work as a lambda and as a job. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class JobCost {
    private static final String SKU = "A-100";

    private final PogoRuntime runtime = PogoRuntime.start(PogoConfig.defaults());

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
     * A task that is a lambda.
     *
     * @return the result
     * @throws InterruptedException never
     */
    @Benchmark
    public Stock lambda() throws InterruptedException {
        try (PogoScope scope = runtime.open()) {
            Sku args = new Sku(SKU);
            return scope.spawn(() -> new FetchStock().handle(args)).await();
        }
    }

    /**
     * A task that is a job.
     *
     * @return the result
     * @throws InterruptedException never
     */
    @Benchmark
    public Stock job() throws InterruptedException {
        try (PogoScope scope = runtime.open()) {
            return scope.spawn(FetchStock.class, new Sku(SKU)).await();
        }
    }
}
