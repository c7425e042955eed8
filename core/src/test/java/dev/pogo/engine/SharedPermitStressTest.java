package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.PoolStats;
import dev.pogo.ThreadKind;
import dev.pogo.channel.Channel;
import dev.pogo.channel.Select;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Random trees of tasks over several narrow pools, which await, select with timeouts and talk
 * through channels, but cancel and interrupt nothing: then no pool is ever over its bound, as
 * counted inside the work, and no task waits in vain. Run it again with the seed that it prints,
 * see {@link StressTest}.
 */
class SharedPermitStressTest {
    private static final long SEED = Long.getLong("pogo.stress.seed", System.nanoTime());
    private static final long TASKS = Long.getLong("pogo.stress.tasks", 500_000) / 4;
    private static final int THREADS = 6;
    private static final int MAX_DEPTH = 6;
    private static final Duration LONG = Duration.ofSeconds(60);

    /** A task spawns into its own pool or a later one, or two pools could wait for each other. */
    private static final String[] POOLS = {"default", "first", "second", "last"};

    private static final int[] SIZES = {3, 1, 2, 1};

    private final PogoRuntimeImpl runtime = Runtimes.start(config());
    private final AtomicLong spawned = new AtomicLong();
    private final AtomicIntegerArray atWork = new AtomicIntegerArray(POOLS.length);
    private final ConcurrentLinkedQueue<Throwable> findings = new ConcurrentLinkedQueue<>();

    private static PogoConfig config() {
        PogoConfig config = PogoConfig.defaults();
        for (int i = 0; i < POOLS.length; i++) {
            config =
                    config.withPool(
                            PoolConfig.named(POOLS[i])
                                    .withNumThreads(SIZES[i])
                                    .withMaxWait(LONG)
                                    .withThreads(
                                            i == 2 ? ThreadKind.PLATFORM : ThreadKind.VIRTUAL));
        }
        return config;
    }

    @Test
    void pools_randomTreesOfTasks_areNeverOverTheirBounds() throws InterruptedException {
        System.out.printf(
                "shared permits: -Dpogo.stress.seed=%d -Dpogo.stress.tasks=%d%n", SEED, TASKS);
        SplittableRandom seeds = new SplittableRandom(SEED);
        CountDownLatch driving = new CountDownLatch(THREADS);
        for (int i = 0; i < THREADS; i++) {
            SplittableRandom random = seeds.split();
            Thread.startVirtualThread(() -> {
                try {
                    while (spawned.get() < TASKS && findings.isEmpty()) {
                        request(random);
                    }
                } catch (Throwable e) {
                    findings.add(e);
                } finally {
                    driving.countDown();
                }
            });
        }
        driving.await();
        for (Throwable finding : findings) {
            throw new AssertionError("seed " + SEED + ": " + finding, finding);
        }
        for (int i = 0; i < POOLS.length; i++) {
            PoolStats stats = runtime.pool(POOLS[i]).stats();
            assertEquals(SIZES[i], stats.peakRunning());
            assertEquals(stats.admitted(), stats.succeeded());
        }
    }

    private void request(SplittableRandom random) throws Exception {
        try (PogoScopeImpl scope = runtime.open()) {
            List<TaskImpl<Integer>> tasks = new ArrayList<>();
            int count = 1 + random.nextInt(8);
            for (int i = 0; i < count; i++) {
                int pool = random.nextInt(POOLS.length);
                tasks.add(spawn(scope, random.split(), pool, MAX_DEPTH));
            }
            for (TaskImpl<Integer> task : tasks) {
                task.await(LONG);
            }
        }
    }

    private TaskImpl<Integer> spawn(
            PogoScopeImpl scope, SplittableRandom random, int pool, int depth) {
        spawned.incrementAndGet();
        return scope.spawn(
                POOLS[pool],
                () -> {
                    enter(pool);
                    int sum = work(random, pool, depth);
                    leave(pool);
                    return sum;
                });
    }

    private void enter(int pool) {
        int now = atWork.incrementAndGet(pool);
        if (now > SIZES[pool]) {
            findings.add(new AssertionError(now + " at work in " + POOLS[pool]));
        }
    }

    private void leave(int pool) {
        atWork.decrementAndGet(pool);
    }

    /** What may lend the permit. */
    private <T> T waiting(int pool, Callable<T> wait) throws Exception {
        leave(pool);
        T result = wait.call();
        enter(pool);
        return result;
    }

    private int work(SplittableRandom random, int pool, int depth) throws Exception {
        int children = random.nextInt(depth + 2) / 2;
        if (children == 0) {
            Thread.yield();
            return 1;
        }
        try (PogoScopeImpl scope = runtime.open()) {
            Channel<Integer> channel = scope.channel(0);
            List<TaskImpl<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < children; i++) {
                int own = random.nextInt(4) > 0 ? pool : random.nextInt(pool, POOLS.length);
                tasks.add(spawn(scope, random.split(), own, depth - 1));
            }
            if (random.nextInt(4) == 0) {
                talk(scope, channel, random, pool);
            }
            if (random.nextInt(4) == 0) {
                // Spawns into the scope from another pool, and has to be waited for by awaitAll.
                SplittableRandom others = random.split();
                tasks.add(
                        scope.spawn(
                                "last",
                                () -> spawn(scope, others, POOLS.length - 1, 0).await(LONG)));
                spawned.incrementAndGet();
            }
            int looks = random.nextInt(3);
            for (int i = 0; i < looks; i++) {
                TaskImpl<Integer> any = tasks.get(random.nextInt(tasks.size()));
                Duration shortly = Duration.ofNanos(random.nextInt(200_000));
                waiting(pool, () -> Select.from("task", any).timeout(shortly));
            }
            return await(scope, tasks, random, pool);
        }
    }

    /** A child pushes some elements, and this task takes them. */
    private void talk(
            PogoScopeImpl scope, Channel<Integer> channel, SplittableRandom random, int pool)
            throws Exception {
        int elements = random.nextInt(4);
        spawned.incrementAndGet();
        TaskImpl<Integer> pusher =
                scope.spawn(
                        POOLS[pool],
                        () -> {
                            enter(pool);
                            for (int i = 0; i < elements; i++) {
                                int element = i;
                                waiting(
                                        pool,
                                        () -> {
                                            channel.push(element);
                                            return true;
                                        });
                            }
                            leave(pool);
                            return elements;
                        });
        while ("channel"
                .equals(
                        waiting(
                                pool,
                                () ->
                                        Select.from("task", pusher)
                                                .from("channel", channel)
                                                .await()
                                                .key()))) {
            // until the pusher has ended
        }
    }

    private int await(
            PogoScopeImpl scope, List<TaskImpl<Integer>> tasks, SplittableRandom random, int pool)
            throws Exception {
        switch (random.nextInt(3)) {
            case 0 ->
                    waiting(
                            pool,
                            () -> {
                                scope.awaitAll(LONG);
                                return true;
                            });
            case 1 -> waiting(pool, () -> scope.settle(LONG));
            default -> {
                for (TaskImpl<Integer> task : tasks) {
                    waiting(pool, () -> task.await(LONG));
                }
            }
        }
        int sum = 1;
        for (TaskImpl<Integer> task : tasks) {
            sum += task.result();
        }
        return sum;
    }
}
