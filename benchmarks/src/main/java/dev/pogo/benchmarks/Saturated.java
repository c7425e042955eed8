package dev.pogo.benchmarks;

import dev.pogo.benchmarks.contenders.Contender;
import dev.pogo.benchmarks.contenders.Way;

import org.jspecify.annotations.NullUnmarked;
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

import java.util.concurrent.TimeUnit;

/** Many more trivial tasks than permits, for all contenders that bound; figures are per task. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 3, jvmArgsAppend = "--enable-preview")
@NullUnmarked // JMH and the set-up fill the fields
public class Saturated {
    private static final int TASKS = 10_000;

    /** Who does it. */
    @Param({
        "POGO",
        "POGO_AWAIT_ALL",
        "EXECUTOR_SEMAPHORE",
        "STRUCTURED_SEMAPHORE",
        "BULKHEAD",
        "THREAD_POOL_BULKHEAD"
    })
    public Contender contender;

    /** How many tasks may run at once. */
    @Param({"8", "64"})
    public int permits;

    private Way way;

    /** Makes what a service would have for all its requests. */
    @Setup
    public void open() {
        way = contender.open(permits);
    }

    /** Ends it. */
    @TearDown
    public void close() {
        way.close();
    }

    /**
     * One request.
     *
     * @return the sum of the tasks' values
     * @throws Exception never
     */
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public int request() throws Exception {
        return way.fanOut(TASKS, () -> 1);
    }
}
