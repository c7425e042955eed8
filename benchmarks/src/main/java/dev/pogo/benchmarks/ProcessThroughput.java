package dev.pogo.benchmarks;

import dev.pogo.Job;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.Task;
import dev.pogo.ThreadKind;
import dev.pogo.process.ProcessWorkers;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How many jobs get through one, two and four worker processes, and through as many platform
 * threads of this process. A request has 100 of them; figures are for one job.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class ProcessThroughput {
    private static final int TASKS = 100;
    private static final String WORKERS = "workers";
    private static final String THREADS = "threads";
    private static final Duration LONG = Duration.ofSeconds(60);

    /** How many worker processes, or threads, there are. */
    @Param({"1", "2", "4"})
    public int workers;

    /** How much each job computes: nothing, or for about a millisecond. */
    @Param({"0", "500000"})
    public long work;

    private PogoRuntime runtime = PogoRuntime.start(PogoConfig.defaults());

    /** The work. */
    public static final class Compute implements Job<Long, Integer> {
        @Override
        public Integer handle(Long args) {
            Blackhole.consumeCPU(args);
            return 1;
        }
    }

    /**
     * Waits until all workers are there.
     *
     * @throws InterruptedException never
     */
    @Setup
    public void start() throws InterruptedException {
        runtime =
                PogoRuntime.start(
                        PogoConfig.defaults()
                                .withPool(
                                        PoolConfig.named(THREADS)
                                                .withNumThreads(workers)
                                                .withThreads(ThreadKind.PLATFORM)
                                                .withMaxWait(LONG))
                                .withPool(
                                        PoolConfig.named(WORKERS)
                                                .withNumThreads(workers)
                                                .withMaxWait(LONG)
                                                .withWorker(
                                                        ProcessWorkers.jvm()
                                                                .withMinWorkers(workers))));
        while (ProcessWorkers.stats(runtime.pool(WORKERS)).workers().stream()
                        .filter(worker -> worker.jobs() > 0)
                        .count()
                < workers) {
            inProcesses();
        }
    }

    /** Ends what was measured. */
    @TearDown
    public void stop() {
        runtime.close();
    }

    /**
     * In worker processes.
     *
     * @return the sum of the results
     * @throws InterruptedException never
     */
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public int inProcesses() throws InterruptedException {
        return request(WORKERS);
    }

    /**
     * In threads of this process.
     *
     * @return the sum of the results
     * @throws InterruptedException never
     */
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public int inThreads() throws InterruptedException {
        return request(THREADS);
    }

    private int request(String pool) throws InterruptedException {
        try (PogoScope scope = runtime.open()) {
            List<Task<Integer>> tasks = new ArrayList<>(TASKS);
            for (int i = 0; i < TASKS; i++) {
                tasks.add(scope.spawn(pool, Compute.class, work));
            }
            int sum = 0;
            for (Task<Integer> task : tasks) {
                sum += task.await(LONG);
            }
            return sum;
        }
    }
}
