package dev.pogo.benchmarks;

import dev.pogo.Job;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.process.ProcessWorkers;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What it costs to run a small job in another process, one at a time: in a worker process that is a
 * warm JVM, beside the same job in this process and beside a process for each job.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class ProcessJob {
    private static final String WORKERS = "workers";
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final PogoRuntime runtime =
            PogoRuntime.start(
                    PogoConfig.defaults()
                            .withPool(
                                    PoolConfig.named(WORKERS)
                                            .withNumThreads(1)
                                            .withWorker(ProcessWorkers.jvm())));

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

    /**
     * Waits until the worker is there.
     *
     * @throws InterruptedException never
     */
    @Setup
    public void start() throws InterruptedException {
        warmWorker();
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
        return one(WORKERS);
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

    private int one(String pool) throws InterruptedException {
        try (PogoScope scope = runtime.open()) {
            return scope.spawn(pool, Negate.class, 1).await(LONG);
        }
    }
}
