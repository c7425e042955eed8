package dev.pogo.benchmarks;

import dev.pogo.benchmarks.contenders.Scopes;

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

/** What a scope costs by itself. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 3, jvmArgsAppend = "--enable-preview")
@NullUnmarked // JMH and the set-up fill the fields
public class OpenClose {
    /** Whose scopes. */
    @Param public Scopes.Of of;

    private Scopes scopes;

    /** Makes what a service would have for all its requests. */
    @Setup
    public void open() {
        scopes = of.make();
    }

    /** Ends it. */
    @TearDown
    public void close() {
        scopes.close();
    }

    /**
     * A scope in which nothing happens.
     *
     * @throws Exception never
     */
    @Benchmark
    public void empty() throws Exception {
        scopes.empty();
    }

    /**
     * The same with a deadline, which both Pogo and the JDK only prepare for if a task needs it.
     *
     * @throws Exception never
     */
    @Benchmark
    public void deadline() throws Exception {
        scopes.emptyWithDeadline();
    }

    /**
     * A scope with a deadline and one trivial task.
     *
     * @return the task's value
     * @throws Exception never
     */
    @Benchmark
    public int deadlineAndTask() throws Exception {
        return scopes.oneTaskWithDeadline(() -> 1);
    }

    /**
     * Three scopes, each within the other.
     *
     * @throws Exception never
     */
    @Benchmark
    public void nested() throws Exception {
        scopes.nested();
    }
}
