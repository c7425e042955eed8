package dev.pogo.benchmarks;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.PoolStats;
import dev.pogo.Task;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a small request takes behind a large one: three tasks in a scope of their own, spawned
 * into a pool of 8 after another scope has put 10,000 there, each of which takes about 1 ms. The
 * time is from just before the first {@code spawn} to the end of the last task's work, by the
 * tasks' own clocks.
 *
 * <p>The unit is one service time: the mean that the 10,000 have really run in that round. So the
 * figure does not depend on how much later than asked for a machine wakes its threads. Beside it is
 * what first-in, first-out would cost: all that is ahead, 8 at a time. If the two scopes took
 * turns, the three would need one service time, and less than one more to get their permits.
 *
 * <p>Not a JMH benchmark, because what is measured happens once in each round, and the figure is
 * not a time.
 */
final class Fairness {
    private static final int THREADS = 8;
    private static final int LARGE = 10_000;
    private static final int SMALL = 3;
    private static final int ROUNDS = 5;
    private static final Duration LONG = Duration.ofHours(1);

    private Fairness() {}

    /** Prints a table. */
    public static void main(String[] args) throws InterruptedException, ExecutionException {
        PoolConfig pool = PoolConfig.named("default").withNumThreads(THREADS).withMaxWait(LONG);
        try (PogoRuntime runtime = PogoRuntime.start(PogoConfig.defaults().withPool(pool));
                ExecutorService otherRequest = Executors.newSingleThreadExecutor()) {
            round(runtime, otherRequest);
            System.out.println(
                    "service time ms  small request took  first-in first-out would take");
            for (int i = 0; i < ROUNDS; i++) {
                System.out.println(round(runtime, otherRequest));
            }
        }
    }

    private static String round(PogoRuntime runtime, ExecutorService otherRequest)
            throws InterruptedException, ExecutionException {
        try (PogoScope scope = runtime.open()) {
            List<Task<Long>> large = spawn(scope, LARGE);
            PoolStats ahead = runtime.pool("default").stats();
            // By another thread, or the small request would be a part of the large one.
            long took = otherRequest.submit(() -> smallRequest(runtime)).get();
            scope.awaitAll(LONG);
            double serviceTime =
                    large.stream().mapToLong(task -> task.ran().toNanos()).average().orElseThrow();
            return "%15.3f  %18.1f  %29.1f"
                    .formatted(
                            serviceTime / 1e6,
                            took / serviceTime,
                            (double) (ahead.running() + ahead.waiting()) / THREADS);
        }
    }

    private static long smallRequest(PogoRuntime runtime) throws InterruptedException {
        try (PogoScope scope = runtime.open()) {
            long began = System.nanoTime();
            long ended = began;
            for (Task<Long> task : spawn(scope, SMALL)) {
                ended = Math.max(ended, task.await(LONG));
            }
            return ended - began;
        }
    }

    /** Tasks whose values are the times at which they ended. */
    private static List<Task<Long>> spawn(PogoScope scope, int tasks) {
        List<Task<Long>> spawned = new ArrayList<>(tasks);
        for (int i = 0; i < tasks; i++) {
            spawned.add(
                    scope.spawn(() -> {
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                        return System.nanoTime();
                    }));
        }
        return spawned;
    }
}
