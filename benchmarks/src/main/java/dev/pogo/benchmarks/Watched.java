package dev.pogo.benchmarks;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.PoolStats;
import dev.pogo.ScopeReport;
import dev.pogo.Task;
import dev.pogo.micrometer.PogoMetrics;
import dev.pogo.report.TimelineSvg;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import jdk.jfr.Recording;

import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What it costs to look at tasks: a request of 100 trivial ones, by a platform thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 3, jvmArgsAppend = "--enable-preview")
@NullUnmarked // JMH and the set-up fill the fields
public class Watched {
    /** How many tasks a request has. */
    public static final int TASKS = 100;

    /** Who looks. */
    public enum By {
        /** Nobody, apart from the pools' own statistics. */
        NOBODY,
        /** Micrometer's simple registry. */
        MICROMETER,
        /**
         * The flight recorder, with the events' own threshold, which none of these tasks reaches.
         */
        RECORDER,
        /** The flight recorder, with every task. */
        RECORDER_OF_ALL
    }

    /** Who looks. */
    @Param public By by;

    private PogoRuntime runtime;
    private Recording recording;

    /** Starts the runtime, and who looks at it. */
    @Setup
    public void open() {
        runtime =
                PogoRuntime.start(
                        PogoConfig.defaults()
                                .withPool(PoolConfig.named("default").withNumThreads(1_000)));
        switch (by) {
            case NOBODY -> {}
            case MICROMETER -> PogoMetrics.of(runtime).bindTo(new SimpleMeterRegistry());
            case RECORDER -> record(Duration.ofMillis(20));
            case RECORDER_OF_ALL -> record(Duration.ZERO);
        }
    }

    private void record(Duration threshold) {
        recording = new Recording();
        recording.setMaxSize(100_000_000);
        recording.enable("dev.pogo.Task").withThreshold(threshold);
        recording.enable("dev.pogo.Scope").withThreshold(threshold);
        recording.start();
    }

    /** Ends them. */
    @TearDown
    public void close() {
        if (recording != null) {
            recording.close();
        }
        runtime.close();
    }

    /**
     * One request.
     *
     * @return the sum of the tasks' values
     * @throws Exception never
     */
    @Benchmark
    public int request() throws Exception {
        try (PogoScope scope = runtime.open()) {
            return fanOut(scope);
        }
    }

    /**
     * One request, and a report of it.
     *
     * @return the report
     * @throws Exception never
     */
    @Benchmark
    public ScopeReport requestAndReport() throws Exception {
        PogoScope done;
        try (PogoScope scope = runtime.open()) {
            fanOut(scope);
            done = scope;
        }
        return done.report();
    }

    /**
     * One request, a report of it, and a picture of that.
     *
     * @return the picture
     * @throws Exception never
     */
    @Benchmark
    public String requestAndPicture() throws Exception {
        return TimelineSvg.of(requestAndReport());
    }

    /**
     * The pool's statistics.
     *
     * @return the statistics
     */
    @Benchmark
    public PoolStats stats() {
        return runtime.pool("default").stats();
    }

    private static int fanOut(PogoScope scope) throws InterruptedException {
        List<Task<Integer>> tasks = new ArrayList<>(TASKS);
        for (int i = 0; i < TASKS; i++) {
            tasks.add(scope.spawn(() -> 1));
        }
        int sum = 0;
        for (Task<Integer> task : tasks) {
            sum += task.await();
        }
        return sum;
    }
}
