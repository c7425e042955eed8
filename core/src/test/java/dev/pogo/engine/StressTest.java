package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.util.concurrent.TimeUnit.MICROSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;

import dev.pogo.Eventually;
import dev.pogo.PogoConfig;
import dev.pogo.PogoException;
import dev.pogo.PoolConfig;
import dev.pogo.PoolLoad;
import dev.pogo.PoolSaturatedException;
import dev.pogo.Task;
import dev.pogo.TaskSpec;
import dev.pogo.ThreadKind;
import dev.pogo.channel.Select;
import dev.pogo.channel.SelectCases;
import dev.pogo.engine.CancelHooks.Hook;

import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Random scopes, tasks, awaits, selects, maps, executors, cancels, hooks, time limits, interrupts,
 * expiries and stack overflows, from several threads at once. Run it again with the seed that it
 * prints: {@code -Dpogo.stress.seed=…}, and longer with {@code -Dpogo.stress.tasks=…}. The seed
 * fixes what each thread does, not how the threads interleave.
 */
class StressTest {
    private static final long SEED = Long.getLong("pogo.stress.seed", System.nanoTime());
    private static final long TASKS = Long.getLong("pogo.stress.tasks", 500_000);
    private static final int THREADS = 8;
    private static final Logger POGO_LOG = (Logger) LoggerFactory.getLogger("dev.pogo");
    private static final String[] POOLS = {"default", "narrow", "hasty", "cpu"};

    private static final PogoConfig CONFIG =
            PogoConfig.defaults()
                    .withPool(PoolConfig.named("default").withNumThreads(16))
                    .withPool(PoolConfig.named("narrow").withNumThreads(1))
                    .withPool(
                            PoolConfig.named("hasty")
                                    .withNumThreads(2)
                                    .withMaxWait(Duration.ofMillis(1))
                                    .withShedDoomed(true))
                    .withPool(
                            PoolConfig.named("cpu")
                                    .withNumThreads(2)
                                    .withThreads(ThreadKind.PLATFORM));

    private PogoRuntimeImpl runtime = Runtimes.start(CONFIG);

    /** Whether work may go on after its scope is closed. */
    private boolean graceful;

    private final AtomicLong spawned = new AtomicLong();

    /** How many tasks ended in which state. */
    private final ConcurrentHashMap<Task.State, Long> outcomes = new ConcurrentHashMap<>();

    /** How many works are running in each of {@link #POOLS}. */
    private final AtomicIntegerArray running = new AtomicIntegerArray(POOLS.length);

    private final ConcurrentLinkedQueue<Throwable> findings = new ConcurrentLinkedQueue<>();

    /** One task with what its work has noticed. */
    private static final class Checked {
        private final AtomicInteger starts = new AtomicInteger();
        private final AtomicBoolean ended = new AtomicBoolean();

        @SuppressWarnings("NullAway") // set as soon as there is one
        private TaskImpl<Integer> task;
    }

    @Test
    void engine_randomUse_eachTaskHasOneOutcomeAndEachPermitIsBack() throws InterruptedException {
        stress(TASKS);
    }

    /** Scopes are left before all their work has stopped. */
    @Test
    void engine_randomUseWithGrace_eachPermitComesBackInTheEnd() throws InterruptedException {
        runtime = Runtimes.start(CONFIG.withCloseGrace(Duration.ofNanos(50_000)));
        graceful = true;
        stress(TASKS / 4);
    }

    private void stress(long tasks) throws InterruptedException {
        Level before = POGO_LOG.getLevel();
        POGO_LOG.setLevel(Level.ERROR); // stragglers and unseen failures are reported
        try {
            drive(tasks);
        } finally {
            POGO_LOG.setLevel(before);
        }
    }

    private void drive(long tasks) throws InterruptedException {
        System.out.printf("stress: -Dpogo.stress.seed=%d -Dpogo.stress.tasks=%d%n", SEED, TASKS);
        long began = System.nanoTime();
        SplittableRandom seeds = new SplittableRandom(SEED);
        List<Thread> drivers = new ArrayList<>();
        CountDownLatch driving = new CountDownLatch(THREADS);
        for (int i = 0; i < THREADS; i++) {
            SplittableRandom random = seeds.split();
            Thread.Builder builder = i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
            drivers.add(
                    builder.start(() -> {
                        try {
                            while (spawned.get() < tasks && findings.isEmpty()) {
                                request(random, 0, 0);
                            }
                        } catch (Throwable e) {
                            findings.add(e);
                        } finally {
                            driving.countDown();
                        }
                    }));
        }
        SplittableRandom random = seeds.split();
        while (!driving.await(1, TimeUnit.MILLISECONDS)) {
            drivers.get(random.nextInt(THREADS)).interrupt();
        }
        for (Thread driver : drivers) {
            driver.join();
        }
        for (Throwable finding : findings) {
            throw new AssertionError("seed " + SEED + ": " + finding, finding);
        }
        for (PoolImpl pool : runtime.allPools()) {
            PoolLoad unused = new PoolLoad(pool.size(), 0, 0, 0, 0);
            if (graceful) {
                // Work that was left behind may still check tasks of its own.
                Eventually.isTrue(() -> pool.load().equals(unused), pool::toString);
            }
            assertEquals(unused, pool.load());
        }
        System.out.printf(
                "stress: %d tasks in %.1f s: %s%n",
                spawned.get(), (System.nanoTime() - began) / 1e9, outcomes);
        long ended = 0;
        for (Task.State state :
                List.of(Task.State.SUCCEEDED, Task.State.FAILED, Task.State.CANCELLED)) {
            long count = outcomes.getOrDefault(state, 0L);
            assertTrue(count > spawned.get() / 100, () -> "too few " + state);
            ended += count;
        }
        assertEquals(spawned.get(), ended);
    }

    /** One scope with its tasks, in a task of the pool if nested; afterwards they have ended. */
    private void request(SplittableRandom random, int depth, int pool) {
        List<Checked> tasks = new ArrayList<>();
        try (PogoScopeImpl scope = open(random)) {
            int count = 1 << random.nextInt(depth == 0 ? 8 : 3);
            for (int i = 0; i < count; i++) {
                tasks.add(spawn(scope, random, depth, pool));
                if (random.nextInt(8) == 0) {
                    touch(scope, tasks.get(random.nextInt(tasks.size())), random);
                }
            }
            finish(scope, tasks, random);
        }
        for (Checked checked : tasks) {
            check(checked);
        }
    }

    private PogoScopeImpl open(SplittableRandom random) {
        PogoScopeImpl scope =
                random.nextInt(3) == 0
                        ? runtime.open(Duration.ofNanos(random.nextInt(2_000_000)))
                        : runtime.open();
        return random.nextInt(16) == 0 ? scope.failFast() : scope;
    }

    private Checked spawn(PogoScopeImpl scope, SplittableRandom random, int depth, int parents) {
        boolean nestedInItsPool = depth > 0 && random.nextBoolean();
        int number =
                nestedInItsPool ? parents : Integer.numberOfTrailingZeros(random.nextInt(8) | 8);
        String pool = POOLS[number];
        SplittableRandom own = random.split();
        Checked checked = new Checked();
        Callable<Integer> work =
                () -> {
                    checked.starts.incrementAndGet();
                    int atOnce = running.incrementAndGet(number);
                    try {
                        if (atOnce > runtime.pool(pool).size()) {
                            findings.add(new AssertionError(atOnce + " run in " + pool));
                        }
                        return work(own, depth, scope, number);
                    } finally {
                        running.decrementAndGet(number);
                        checked.ended.set(true);
                    }
                };
        TaskSpec spec = TaskSpec.in(pool);
        checked.task =
                random.nextInt(8) == 0
                        ? scope.spawn(
                                spec.within(Duration.ofNanos(1 + random.nextInt(500_000))), work)
                        : scope.spawn(pool, work);
        spawned.incrementAndGet();
        return checked;
    }

    private int work(SplittableRandom random, int depth, PogoScopeImpl scope, int pool)
            throws Exception {
        switch (random.nextInt(depth == 0 ? 64 : 32)) {
            case 0, 1 -> throw new IllegalStateException("test");
            case 2 -> throw new AssertionError("test");
            case 3 -> throw new InterruptedException("test");
            case 4 -> Thread.currentThread().interrupt();
            case 5 -> new CountDownLatch(1).await(); // hangs until it is cancelled
            case 6, 7 -> LockSupport.parkNanos(random.nextInt(200_000));
            case 8 -> { // ignores its interrupt for a while
                long until = System.nanoTime() + random.nextInt(200_000);
                while (System.nanoTime() < until) {
                    Thread.interrupted();
                    Thread.yield();
                }
            }
            case 9 -> scope.spawn(() -> 1).cancel();
            case 40, 42 -> {
                // While it awaits tasks of its own pool, they run on its permit.
                running.decrementAndGet(pool);
                try {
                    request(random, depth + 1, pool);
                } catch (Throwable e) {
                    findings.add(e);
                } finally {
                    running.incrementAndGet(pool);
                }
            }
            case 41 -> {
                if (random.nextInt(500) == 0) { // seldom, because it is logged
                    runtime.open().spawn(() -> 1); // forgets to close it
                }
            }
            case 43 -> {
                if (random.nextInt(100) == 0) { // seldom, because it takes some milliseconds
                    overflow(random, scope);
                }
            }
            case 44, 45 -> {
                int nanos = random.nextInt(100_000);
                Hook hook = TaskImpl.current().onCancel(() -> LockSupport.parkNanos(nanos));
                LockSupport.parkNanos(random.nextInt(200_000));
                hook.close();
            }
            default -> {}
        }
        return 1;
    }

    private void touch(PogoScopeImpl scope, Checked checked, SplittableRandom random) {
        try {
            switch (random.nextInt(64)) {
                case 0 -> scope.cancel();
                case 1, 2, 3, 4 -> scope.awaitAll(List.of(checked.task), shortly(random));
                case 5, 6, 7, 8 ->
                        new TaskFuture<>(checked.task).get(random.nextInt(100), MICROSECONDS);
                case 9, 10, 11, 12 -> new TaskFuture<>(checked.task).cancel(false);
                default -> touchAlone(scope, checked, random);
            }
        } catch (PogoException
                | InterruptedException
                | CancellationException
                | ExecutionException
                | TimeoutException expected) {
            // any outcome will do; there is to be one
        }
    }

    private static void touchAlone(PogoScopeImpl scope, Checked checked, SplittableRandom random)
            throws InterruptedException {
        switch (random.nextInt(6)) {
            case 0 -> checked.task.cancel();
            case 1 -> checked.task.await(Duration.ofNanos(random.nextInt(100_000)));
            case 2 -> checked.task.await(Duration.ZERO);
            case 3 -> Select.from("task", checked.task).timeout(shortly(random));
            case 4 -> scope.completions(List.of(checked.task)).next(shortly(random));
            default -> scope.await(checked.task.id(), Duration.ofMillis(1));
        }
    }

    private void finish(PogoScopeImpl scope, List<Checked> checked, SplittableRandom random) {
        List<TaskImpl<Integer>> tasks = new ArrayList<>();
        checked.forEach(one -> tasks.add(one.task));
        Duration timeout = Duration.ofNanos(random.nextInt(3_000_000));
        try {
            switch (random.nextInt(64)) {
                case 0 -> map(scope, random);
                case 1 -> execute(scope, random);
                case 2, 3, 4, 5, 6, 7, 8, 9 ->
                        scope.awaitAll(tasks.subList(0, 1 + random.nextInt(tasks.size())), timeout);
                default -> finishAll(scope, tasks, timeout, random);
            }
        } catch (PogoException | InterruptedException expected) {
            // any outcome will do; there is to be one
        }
    }

    private static void finishAll(
            PogoScopeImpl scope,
            List<TaskImpl<Integer>> tasks,
            Duration timeout,
            SplittableRandom random)
            throws InterruptedException {
        switch (random.nextInt(7)) {
            case 0 -> scope.awaitAll(timeout);
            case 1 -> scope.awaitAny(tasks, timeout);
            case 2 -> scope.settle(timeout);
            case 3 -> {
                for (TaskImpl<Integer> task : tasks) {
                    task.await(timeout);
                }
            }
            case 4 -> takeAll(scope.completions(tasks), random);
            case 5 -> selectAll(scope, tasks, random);
            default -> {} // just closes
        }
    }

    private static void map(PogoScopeImpl scope, SplittableRandom random)
            throws InterruptedException {
        List<Integer> items = random.ints(random.nextInt(60), 0, 300).boxed().toList();
        List<Integer> results =
                scope.map(
                        POOLS[random.nextInt(POOLS.length)],
                        items,
                        item -> {
                            if (item == 0) {
                                throw new IllegalStateException("test");
                            }
                            LockSupport.parkNanos(item);
                            return item;
                        });
        assertEquals(items, results);
    }

    private static void execute(PogoScopeImpl scope, SplittableRandom random)
            throws InterruptedException {
        ExecutorService executor = scope.executor(POOLS[random.nextInt(POOLS.length)]);
        List<Callable<Integer>> works = new ArrayList<>();
        for (int i = random.nextInt(20); i >= 0; i--) {
            int number = i;
            works.add(() -> number);
        }
        List<Future<Integer>> futures =
                executor.invokeAll(works, random.nextInt(300), MICROSECONDS);
        if (futures.size() != works.size() || !futures.stream().allMatch(Future::isDone)) {
            throw new AssertionError(futures);
        }
        executor.shutdown();
        if (executor.awaitTermination(5, SECONDS) != executor.isTerminated()) {
            throw new AssertionError("not terminated: " + executor);
        }
    }

    private static Duration shortly(SplittableRandom random) {
        return Duration.ofNanos(random.nextInt(100_000));
    }

    /** Takes tasks as they end, as long as one does so soon. */
    private static void takeAll(CompletionsImpl<Integer> completions, SplittableRandom random)
            throws InterruptedException {
        while (completions.remaining() > 0) {
            if (completions.next(shortly(random)).isEmpty()) {
                return;
            }
        }
    }

    /** The same by selects, beside a channel into which nobody pushes. */
    private static void selectAll(
            PogoScopeImpl scope, List<TaskImpl<Integer>> tasks, SplittableRandom random)
            throws InterruptedException {
        CompletionsImpl<Integer> completions = scope.completions(tasks);
        SelectCases<String> cases =
                Select.from("tasks", completions).from("channel", scope.channel(0));
        while (completions.remaining() > 0) {
            if (cases.timeout(shortly(random)).isEmpty()) {
                return;
            }
        }
    }

    /**
     * Tries something at the end of the stack, and again further up each time that it overflows:
     * then it has not happened.
     */
    @SuppressWarnings("InfiniteRecursion") // the end of the stack is what it is for
    private static boolean atTheEndOfTheStack(Runnable attempt) {
        boolean done = false;
        try {
            done = atTheEndOfTheStack(attempt);
        } catch (StackOverflowError e) {
            // this is about as deep as it gets
        }
        if (!done) {
            try {
                attempt.run();
                done = true;
            } catch (StackOverflowError e) {
                // the caller has more room
            }
        }
        return done;
    }

    private void overflow(SplittableRandom random, PogoScopeImpl scope) {
        TaskImpl<?> own = TaskImpl.current();
        switch (random.nextInt(4)) {
            case 0 -> atTheEndOfTheStack(() -> scope.spawn(() -> 1));
            case 1 -> {
                TaskImpl<Integer> other = scope.spawn(() -> 1);
                atTheEndOfTheStack(other::cancel);
            }
            case 2 -> atTheEndOfTheStack(() -> own.onCancel(() -> {}).close());
            default ->
                    atTheEndOfTheStack(() -> {
                        try (PogoScopeImpl inner = runtime.open()) {
                            inner.spawn(() -> 1);
                        }
                    });
        }
    }

    /** After its scope has closed, a task has one outcome for good, and its work does not run. */
    private void check(Checked checked) {
        Task.State state = checked.task.state();
        outcomes.merge(state, 1L, Long::sum);
        int starts = checked.starts.get();
        boolean fits =
                switch (state) {
                    case SUCCEEDED -> starts == 1 && checked.task.result() == 1;
                    case FAILED ->
                            starts
                                    == (checked.task.exception() instanceof PoolSaturatedException
                                            ? 0
                                            : 1);
                    case CANCELLED -> starts <= 1;
                    case WAITING, RUNNING -> false;
                };
        boolean ended = starts == 0 || checked.ended.get();
        boolean over = graceful || (ended && checked.task.liveThread() == null);
        if (!fits || !over || checked.task.cancel()) {
            findings.add(
                    new AssertionError(
                            "%s: started %d times, ended %s, live thread %s"
                                    .formatted(
                                            checked.task,
                                            starts,
                                            checked.ended,
                                            checked.task.liveThread())));
        }
    }

    /**
     * However much the others have put in front, a small request waits for its turns only. The
     * median is looked at, since a thread may be held up between its look at the count and its
     * spawn.
     */
    @Test
    void turns_smallRequestsBesideLargeOnes_comeSoon() throws InterruptedException {
        AtomicInteger started = new AtomicInteger();
        CountDownLatch driving = new CountDownLatch(THREADS);
        ConcurrentLinkedQueue<Integer> cameBefore = new ConcurrentLinkedQueue<>();
        SplittableRandom seeds = new SplittableRandom(SEED);
        for (int i = 0; i < THREADS; i++) {
            SplittableRandom random = seeds.split();
            boolean large = i % 2 == 0;
            Thread.startVirtualThread(() -> {
                try {
                    for (int round = 0; round < 50; round++) {
                        int others = turns(started, large ? 2_000 + random.nextInt(1_000) : 3);
                        if (!large) {
                            cameBefore.add(others);
                        }
                    }
                } catch (Throwable e) {
                    findings.add(e);
                } finally {
                    driving.countDown();
                }
            });
        }
        assertTrue(driving.await(120, TimeUnit.SECONDS));
        assertEquals(List.of(), List.copyOf(findings));
        int median = cameBefore.stream().sorted().toList().get(cameBefore.size() / 2);
        int most = 3 * THREADS + 2 * runtime.defaultPool().size();
        assertTrue(median <= most, () -> median + " of at most " + most + " came before");
    }

    /** How many others have started before the last task of the request. */
    private int turns(AtomicInteger started, int count) throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open()) {
            List<TaskImpl<Integer>> tasks = new ArrayList<>();
            int before = started.get();
            for (int i = 0; i < count; i++) {
                tasks.add(scope.spawn(started::incrementAndGet));
            }
            int others = 0;
            for (TaskImpl<Integer> task : tasks) {
                others = Math.max(others, task.await(Duration.ofSeconds(60)) - before);
            }
            return others;
        }
    }
}
