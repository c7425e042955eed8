package dev.pogo.benchmarks;

import dev.pogo.benchmarks.contenders.Contender;
import dev.pogo.benchmarks.contenders.Way;

import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a small request takes behind a large one: three tasks, when another request has put
 * 10,000 in front of 8 permits, each of which takes about 1 ms.
 *
 * <p>The unit is one service time, the mean that the tasks of that round have really run, so that
 * the figure does not depend on how much later than asked for a machine wakes its threads. If the
 * two requests took turns, the small one would need one service time, and less than one more to get
 * its permits. First-in first-out would take a hundred times more: all that is ahead, 8 at a time.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
@Fork(value = 1, jvmArgsAppend = "--enable-preview")
@NullUnmarked // JMH and the set-up fill the fields
public class Fairness {
    private static final int PERMITS = 8;
    private static final int SMALL = 3;

    /** Who does it. */
    @Param({
        "POGO",
        "EXECUTOR_SEMAPHORE",
        "STRUCTURED_SEMAPHORE",
        "BULKHEAD",
        "THREAD_POOL_BULKHEAD"
    })
    public Contender contender;

    /** How many tasks the large request has. */
    @Param("10000")
    public int ahead;

    private final LongAdder ran = new LongAdder();
    private final LongAdder nanosRun = new LongAdder();
    private Way way;
    private CountDownLatch mayRun;
    private Thread largeRequest;

    /** The figure that counts. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Figures {
        /** What the small request took, in service times. */
        public double serviceTimes;
    }

    /** Has the large request wait, with as many of its tasks as there are permits running. */
    @Setup(Level.Iteration)
    public void lineUp() throws InterruptedException {
        way = contender.open(PERMITS);
        ran.reset();
        nanosRun.reset();
        mayRun = new CountDownLatch(1);
        largeRequest =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                way.fanOut(
                                        ahead,
                                        () -> {
                                            mayRun.await();
                                            return service();
                                        });
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        });
        // It waits for the first of its tasks, so it has spawned the last.
        while (largeRequest.getState() != Thread.State.WAITING
                && largeRequest.getState() != Thread.State.TIMED_WAITING) {
            Thread.sleep(1);
        }
    }

    private int service() {
        long began = System.nanoTime();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        nanosRun.add(System.nanoTime() - began);
        ran.increment();
        return 1;
    }

    /**
     * The small request.
     *
     * @param figures what comes out
     * @return the sum of the tasks' values
     * @throws Exception never
     */
    @Benchmark
    public int smallRequest(Figures figures) throws Exception {
        mayRun.countDown();
        long began = System.nanoTime();
        int sum = way.fanOut(SMALL, this::service);
        figures.serviceTimes =
                (System.nanoTime() - began) / (nanosRun.doubleValue() / ran.doubleValue());
        return sum;
    }

    /** Ends it. */
    @TearDown(Level.Iteration)
    public void end() throws InterruptedException {
        largeRequest.join();
        way.close();
    }
}
