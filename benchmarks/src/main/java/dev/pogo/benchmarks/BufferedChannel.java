package dev.pogo.benchmarks;

import dev.pogo.benchmarks.contenders.Pipe;
import dev.pogo.benchmarks.contenders.PipeContender;

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
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/** Elements through a bounded buffer between virtual threads; figures are per element. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(3)
@NullUnmarked // JMH and the set-up fill the fields
public class BufferedChannel {
    private static final int ELEMENTS = 20_000;

    /** Who does it. */
    @Param({"POGO", "JOX", "ARRAY_BLOCKING_QUEUE"})
    public PipeContender contender;

    /** How many elements it holds. */
    @Param({"16", "1024"})
    public int capacity;

    /** How many threads push, and how many pop. */
    @Param({"1", "4"})
    public int pairs;

    private Pipe pipe;

    /** Makes what stays for all elements. */
    @Setup
    public void open() {
        pipe = contender.open(capacity);
    }

    /**
     * Elements that go through, by new threads.
     *
     * @return the sum of the elements
     * @throws InterruptedException never
     */
    @Benchmark
    @OperationsPerInvocation(ELEMENTS)
    public long elements() throws InterruptedException {
        return pipe.send(ELEMENTS, pairs);
    }
}
