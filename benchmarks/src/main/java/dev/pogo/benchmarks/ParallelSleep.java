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

/**
 * Do the tasks of a request run beside each other? Each sleeps for {@value #SLEEP_MILLIS} ms, and
 * the whole should take little longer than one. Coroutines are not asked: a sleep would block the
 * few threads that they share.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 3)
@Fork(value = 3, jvmArgsAppend = "--enable-preview")
@NullUnmarked // JMH and the set-up fill the fields
public class ParallelSleep {
    /** How long each task sleeps. */
    public static final int SLEEP_MILLIS = 100;

    /** Who does it. */
    @Param({
        "POGO",
        "EXECUTOR",
        "EXECUTOR_SEMAPHORE",
        "COMPLETABLE_FUTURE",
        "STRUCTURED",
        "JOX",
        "BULKHEAD",
        "THREAD_POOL_BULKHEAD"
    })
    public Contender contender;

    /** How many tasks a request has. */
    @Param({"2", "100", "10000"})
    public int tasks;

    private Way way;

    /** With a permit for each task. */
    @Setup
    public void open() {
        way = contender.open(tasks);
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
        return way.fanOut(
                tasks,
                () -> {
                    Thread.sleep(SLEEP_MILLIS);
                    return 1;
                });
    }
}
