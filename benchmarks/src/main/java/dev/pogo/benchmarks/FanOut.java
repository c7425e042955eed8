package dev.pogo.benchmarks;

import dev.pogo.benchmarks.contenders.Contender;
import dev.pogo.benchmarks.contenders.Way;

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

import java.util.concurrent.TimeUnit;

/** One request of trivial tasks, none of which has to wait for a permit; by a platform thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 3, jvmArgsAppend = "--enable-preview")
@NullUnmarked // JMH and the set-up fill the fields
public class FanOut {
    private static final int PERMITS = 1_000;

    /** Who does it. */
    @Param public Contender contender;

    /** How many tasks a request has. */
    @Param({"1", "3", "10", "100", "1000"})
    public int tasks;

    private Way way;

    /** Makes what a service would have for all its requests. */
    @Setup
    public void open() {
        way = contender.open(PERMITS);
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
    public int request() throws Exception {
        return way.fanOut(tasks, () -> 1);
    }
}
