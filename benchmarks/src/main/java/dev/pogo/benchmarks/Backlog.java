package dev.pogo.benchmarks;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.PoolSaturatedException;
import dev.pogo.Task;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What tasks cost that wait: heap, and the time to spawn, cancel and admit each, in one scope and
 * in many; and how late the first and the last of them expire. Not a JMH benchmark, because a heap
 * is not measured by calling something often. Where no median is taken, the last of three rounds is
 * printed.
 */
public final class Backlog {
    private static final int ROUNDS = 3;

    /** Of that many rounds the median is shown; they are short where there are few tasks. */
    private static final int ROUNDS_OF_CANCELLED = 15;

    private static final Callable<Integer> WORK = () -> 1;

    private Backlog() {}

    /**
     * Prints tables.
     *
     * @param args not used
     * @throws InterruptedException never
     */
    public static void main(String[] args) throws InterruptedException {
        System.out.println("    tasks  heap B/task  spawn ns  cancel ns");
        for (int tasks : new int[] {10_000, 100_000, 1_000_000}) {
            double[][] rounds = new double[3][ROUNDS_OF_CANCELLED];
            for (int i = 0; i < ROUNDS_OF_CANCELLED; i++) {
                double[] round = cancelled(tasks);
                for (int column = 0; column < round.length; column++) {
                    rounds[column][i] = round[column];
                }
            }
            System.out.printf(
                    "%,9d  %11.0f  %8.0f  %9.0f%n",
                    tasks, median(rounds[0]), median(rounds[1]), median(rounds[2]));
        }
        System.out.println("   scopes  tasks each  spawn ns  cancel ns  admit and run ns");
        for (int[] shape : new int[][] {{1, 10_000}, {1, 1_000_000}, {1_000, 10}, {100_000, 10}}) {
            String row = "";
            for (int i = 0; i < ROUNDS; i++) {
                row = inTurn(shape[0], shape[1]);
            }
            System.out.println(row);
        }
        System.out.println("    tasks  max_wait 500 ms passed; first, last expired late by, ms");
        for (int tasks : new int[] {1, 100_000}) {
            String row = "";
            for (int i = 0; i < ROUNDS; i++) {
                row = expired(tasks);
            }
            System.out.println(row);
        }
        System.out.printf("10,000 tasks that sleep 100 ms, pool of 10,000: %.0f ms%n", sleeping());
    }

    /** Heap, and time to spawn and to cancel, for each task. */
    private static double[] cancelled(int tasks) {
        try (PogoRuntime runtime = runtime(Duration.ofHours(1), 1);
                PogoScope scope = runtime.open()) {
            Task<?>[] waiting = new Task<?>[tasks];
            scope.spawn(() -> new CountDownLatch(1).await(1, TimeUnit.HOURS));
            long heap = usedHeap();
            long began = System.nanoTime();
            for (int i = 0; i < tasks; i++) {
                waiting[i] = scope.spawn(WORK);
            }
            long spawned = System.nanoTime();
            double bytes = (double) (usedHeap() - heap) / tasks;
            long before = System.nanoTime();
            for (Task<?> task : waiting) {
                task.cancel();
            }
            long after = System.nanoTime();
            return new double[] {
                bytes, (double) (spawned - began) / tasks, (double) (after - before) / tasks
            };
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** Every other task is cancelled, the rest are admitted in turn between the scopes. */
    private static String inTurn(int scopes, int each) throws InterruptedException {
        CountDownLatch hold = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(scopes * each / 2);
        Callable<Void> work =
                () -> {
                    done.countDown();
                    return null;
                };
        try (PogoRuntime runtime = runtime(Duration.ofHours(1), 1);
                PogoScope outermost = runtime.open()) {
            outermost.spawn(() -> hold.await(1, TimeUnit.HOURS));
            PogoScope[] opened = new PogoScope[scopes];
            for (int i = 0; i < scopes; i++) {
                opened[i] = runtime.open();
            }
            Task<?>[] tasks = new Task<?>[scopes * each];
            long began = System.nanoTime();
            for (int i = 0; i < tasks.length; i++) {
                tasks[i] = opened[i % scopes].spawn(work);
            }
            long spawned = System.nanoTime();
            for (int i = 0; i < tasks.length; i++) {
                if (i / scopes % 2 == 0) {
                    tasks[i].cancel();
                }
            }
            long cancelled = System.nanoTime();
            hold.countDown();
            done.await();
            long admitted = System.nanoTime();
            return "%,9d  %,10d  %8.0f  %9.0f  %16.0f"
                    .formatted(
                            scopes,
                            each,
                            (double) (spawned - began) / tasks.length,
                            2.0 * (cancelled - spawned) / tasks.length,
                            2.0 * (admitted - cancelled) / tasks.length);
        }
    }

    private static String expired(int tasks) throws InterruptedException {
        Duration maxWait = Duration.ofMillis(500);
        try (PogoRuntime runtime = runtime(maxWait, 1);
                PogoScope scope = runtime.open()) {
            scope.spawn(() -> new CountDownLatch(1).await(1, TimeUnit.HOURS));
            Task<?>[] waiting = new Task<?>[tasks];
            for (int i = 0; i < tasks; i++) {
                waiting[i] = scope.spawn(WORK);
            }
            double[] late = new double[2];
            for (int i = 0; i < 2; i++) {
                Task<?> task = waiting[i * (tasks - 1)];
                try {
                    task.await(Duration.ofSeconds(30));
                } catch (PoolSaturatedException e) {
                    late[i] = e.waited().minus(maxWait).toNanos() / 1e6;
                }
            }
            return "%,9d  %.2f, %.2f".formatted(tasks, late[0], late[1]);
        }
    }

    private static double sleeping() throws InterruptedException {
        double millis = 0;
        try (PogoRuntime runtime = runtime(Duration.ofHours(1), 10_000)) {
            for (int round = 0; round < ROUNDS; round++) {
                long began = System.nanoTime();
                try (PogoScope scope = runtime.open()) {
                    for (int i = 0; i < 10_000; i++) {
                        scope.spawn(() -> {
                            Thread.sleep(100);
                            return 1;
                        });
                    }
                    scope.awaitAll();
                }
                millis = (System.nanoTime() - began) / 1e6;
            }
        }
        return millis;
    }

    private static PogoRuntime runtime(Duration maxWait, int threads) {
        PoolConfig pool = PoolConfig.named("default").withNumThreads(threads).withMaxWait(maxWait);
        return PogoRuntime.start(PogoConfig.defaults().withPool(pool));
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
