package dev.pogo.benchmarks;

import dev.pogo.Job;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.Task;
import dev.pogo.process.ProcessWorkers;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What it costs to run a small job in another process: one at a time, beside the same job in this
 * process and beside a process for each job; and many at once, with one, two and four workers. The
 * workers are JVMs that are warm. Figures are per job.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class ProcessJob {
    private static final int TASKS = 100;
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final PogoRuntime runtime = PogoRuntime.start(config());

    /** The work. */
    public static final class Negate implements Job<Integer, Integer> {
        @Override
        public Integer handle(Integer args) {
            return -args;
        }

        /**
         * The work as a program of its own.
         *
         * @param args the number
         */
        public static void main(String[] args) {
            System.exit(new Negate().handle(Integer.valueOf(args[0])) == -1 ? 0 : 1);
        }
    }

    private static PogoConfig config() {
        PogoConfig config =
                PogoConfig.defaults().withPool(PoolConfig.named("default").withNumThreads(4));
        for (int workers : List.of(1, 2, 4)) {
            config =
                    config.withPool(
                            PoolConfig.named("workers" + workers)
                                    .withNumThreads(workers)
                                    .withMaxWait(LONG)
                                    .withWorker(ProcessWorkers.jvm().withMinWorkers(workers)));
        }
        return config;
    }

    /**
     * Waits until all workers are there.
     *
     * @throws InterruptedException never
     */
    @Setup
    public void start() throws InterruptedException {
        for (int workers : List.of(1, 2, 4)) {
            many("workers" + workers);
        }
    }

    /** Ends what was measured. */
    @TearDown
    public void stop() {
        runtime.close();
    }

    /**
     * One job in this process.
     *
     * @return its result
     * @throws InterruptedException never
     */
    @Benchmark
    public int inProcess() throws InterruptedException {
        return one("default");
    }

    /**
     * One job in a worker process that is there.
     *
     * @return its result
     * @throws InterruptedException never
     */
    @Benchmark
    public int warmWorker() throws InterruptedException {
        return one("workers1");
    }

    /**
     * A process for the job, that does nothing: less than any that would do it.
     *
     * @return its exit status
     * @throws IOException never
     * @throws InterruptedException never
     */
    @Benchmark
    public int processPerJob() throws IOException, InterruptedException {
        return new ProcessBuilder("true").start().waitFor();
    }

    /**
     * A JVM for the job.
     *
     * @return its exit status
     * @throws IOException never
     * @throws InterruptedException never
     */
    @Benchmark
    public int jvmPerJob() throws IOException, InterruptedException {
        return new ProcessBuilder(
                        JAVA,
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Negate.class.getName(),
                        "1")
                .start()
                .waitFor();
    }

    /**
     * Many jobs, one worker.
     *
     * @return the sum of the results
     * @throws InterruptedException never
     */
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public int manyWithOneWorker() throws InterruptedException {
        return many("workers1");
    }

    /**
     * Many jobs, two workers.
     *
     * @return the sum of the results
     * @throws InterruptedException never
     */
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public int manyWithTwoWorkers() throws InterruptedException {
        return many("workers2");
    }

    /**
     * Many jobs, four workers.
     *
     * @return the sum of the results
     * @throws InterruptedException never
     */
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public int manyWithFourWorkers() throws InterruptedException {
        return many("workers4");
    }

    private int one(String pool) throws InterruptedException {
        try (PogoScope scope = runtime.open()) {
            return scope.spawn(pool, Negate.class, 1).await(LONG);
        }
    }

    private int many(String pool) throws InterruptedException {
        try (PogoScope scope = runtime.open()) {
            List<Task<Integer>> tasks = new ArrayList<>(TASKS);
            for (int i = 0; i < TASKS; i++) {
                tasks.add(scope.spawn(pool, Negate.class, i));
            }
            int sum = 0;
            for (Task<Integer> task : tasks) {
                sum += task.await(LONG);
            }
            return sum;
        }
    }
}
