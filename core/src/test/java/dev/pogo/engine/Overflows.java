package dev.pogo.engine;

import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.PoolLoad;
import dev.pogo.TaskFailedException;
import dev.pogo.ThreadKind;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A program that uses up its stack again and again, on each kind of thread, and tries Pogo's
 * operations where nearly nothing of it is left. Each attempt has happened or not, and the runtime
 * is as sound afterwards as before. It prints {@code sound}, or what it has found, with a seed to
 * repeat that.
 *
 * <p>Arguments: the seed, how many rounds of all operations there are, and part of the name of
 * those that are tried, if not all.
 */
final class Overflows {
    /** The kinds of threads on which a runaway may be. */
    enum QueueNode {
        PLATFORM_THREAD,
        VIRTUAL_TASK,
        PLATFORM_TASK
    }

    /** What is tried where the stack ends. */
    abstract static class Attempt {
        /** Before the descent, with much stack. */
        void prepare() throws Exception {}

        /** Where the stack may overflow. */
        abstract void run() throws Exception;

        /** After the descent, with much stack: so many attempts have ended without an overflow. */
        abstract void check(int happened) throws Exception;

        @Override
        public String toString() {
            return getClass().getSimpleName();
        }
    }

    static final class Finding extends Error {
        private static final long serialVersionUID = 1;

        Finding(String what) {
            super(what);
        }
    }

    private static final long BOUND_NANOS = TimeUnit.SECONDS.toNanos(20);

    /** Wide enough for every runaway, and for its edge beside it. */
    private final PogoRuntimeImpl runtime =
            PogoRuntimeImpl.start(
                    PogoConfig.defaults()
                            .withPool(PoolConfig.named("default").withNumThreads(100_000))
                            .withPool(PoolConfig.named("narrow").withNumThreads(2))
                            .withPool(cpu("cpu", 8))
                            .withPool(PoolConfig.named("virtual edge").withNumThreads(1))
                            .withPool(cpu("platform edge", 1)));

    private static PoolConfig cpu(String name, int size) {
        return PoolConfig.named(name).withNumThreads(size).withThreads(ThreadKind.PLATFORM);
    }

    private final SplittableRandom random;

    /** How large the frames of the descent are, from its edge downwards. */
    private long frames;

    /** At each how manieth level it is tried; compiled frames are small, and there are many. */
    private int stride = 1;

    private int happened;
    private int wanted;

    private Overflows(long seed) {
        this.random = new SplittableRandom(seed);
    }

    public static void main(String[] args) throws Exception {
        long seed = Long.parseLong(args[0]);
        try {
            String only = args.length > 2 ? args[2] : "";
            new Overflows(seed).run(Integer.parseInt(args[1]), only);
            System.out.println("sound");
        } catch (Throwable e) {
            System.out.println("seed " + seed + ": ");
            e.printStackTrace(System.out);
        }
        System.out.flush();
        Runtime.getRuntime().halt(0); // also where something hangs
    }

    private void run(int rounds, String only) throws Exception {
        List<Attempt> attempts = new ArrayList<>(OverflowAttempts.all(runtime));
        attempts.removeIf(attempt -> !attempt.toString().contains(only));
        for (QueueNode node : QueueNode.values()) {
            for (Attempt attempt : attempts) {
                warmUp(node, attempt);
            }
        }
        for (int i = 0; i < rounds; i++) {
            for (QueueNode node : QueueNode.values()) {
                for (Attempt attempt : attempts) {
                    frames = random.nextLong();
                    wanted = random.nextInt(1, 4);
                    stride = random.nextInt(1, 20);
                    at(node, attempt + " near the end", () -> nearTheEnd(attempt));
                    ensureSound(attempt);
                }
            }
            for (QueueNode node : QueueNode.values()) {
                frames = random.nextLong();
                String pool = random.nextBoolean() ? "default" : "narrow";
                boolean deep = random.nextBoolean();
                at(node, "a runaway into " + pool, () -> runAway(pool, deep));
                ensureSound("a runaway");
            }
        }
    }

    /** So that no class of the JDK is loaded or initialised where the stack ends. */
    private void warmUp(QueueNode node, Attempt attempt) throws Exception {
        at(
                node,
                attempt + " with stack",
                () -> {
                    for (int i = 0; i < 3; i++) {
                        attempt.prepare();
                        attempt.run();
                        attempt.check(1);
                    }
                });
        ensureSound(attempt);
    }

    /** Tries it at the end of the stack and from there upwards, until it overflows no longer. */
    private void nearTheEnd(Attempt attempt) throws Exception {
        attempt.prepare();
        happened = 0;
        try {
            descend(attempt, 0);
        } catch (StackOverflowError e) {
            throw new Finding(attempt + " never happens");
        }
        attempt.check(happened);
    }

    private void descend(Attempt attempt, int level) throws Exception {
        try {
            if ((frames >>> level & 1) == 0) {
                descend(attempt, level + 1);
            } else {
                descendByLargeFrame(attempt, level + 1, 1, 2, 3, 4, 5, 6, 7, 8);
            }
        } catch (StackOverflowError e) {
            if (level % stride != 0) {
                throw e;
            }
            attempt.run();
            happened++;
        }
        if (happened < wanted) {
            attempt.run();
            happened++;
        }
    }

    private long descendByLargeFrame(
            Attempt attempt,
            int level,
            long a,
            long b,
            long c,
            long d,
            long e,
            long f,
            long g,
            long h)
            throws Exception {
        descend(attempt, level + 1);
        return a + b + c + d + e + f + g + h;
    }

    /** A recursion that spawns at each level, from some level on. */
    private void runAway(String pool, boolean deep) throws Exception {
        int[] spawned = {0};
        PogoScopeImpl scope = runtime.open();
        try (scope) {
            int from = deep ? depth(0) - random.nextInt(1_000) : 0;
            runAway(scope, pool, 0, from, spawned);
        } catch (StackOverflowError e) {
            // as a server does at its edge
        }
        int known = scope.tasks().snapshot().size();
        if (known != spawned[0]) {
            throw new Finding(spawned[0] + " were spawned, the scope has " + known);
        }
    }

    @SuppressWarnings("InfiniteRecursion") // that is what it is for
    private void runAway(PogoScopeImpl scope, String pool, int level, int from, int[] spawned) {
        if (level >= from && spawned[0] < 20_000) {
            Callable<Integer> work = () -> level;
            scope.spawn(pool, work);
            spawned[0]++;
        }
        runAway(scope, pool, level + 1, from, spawned);
    }

    @SuppressWarnings("InfiniteRecursion") // to where the stack ends
    private int depth(int level) {
        try {
            return depth(level + 1);
        } catch (StackOverflowError e) {
            return level;
        }
    }

    /** Does it there and waits for it, with a bound. */
    private void at(QueueNode node, String what, OverflowAttempts.Step step) throws Exception {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicReference<Thread> thread = new AtomicReference<>();
        Callable<Void> work =
                () -> {
                    thread.set(Thread.currentThread());
                    try {
                        step.run();
                    } catch (Throwable e) {
                        failure.set(e);
                    }
                    return null;
                };
        boolean ended;
        if (node == QueueNode.PLATFORM_THREAD) {
            Thread started =
                    new Thread(() -> {
                        try {
                            work.call();
                        } catch (Exception e) {
                            failure.set(e);
                        }
                    });
            started.start();
            ended = started.join(Duration.ofNanos(BOUND_NANOS));
        } else {
            PogoScopeImpl scope = runtime.open();
            String pool = node == QueueNode.VIRTUAL_TASK ? "virtual edge" : "platform edge";
            TaskImpl<Void> task = scope.spawn(pool, work);
            ended = scope.tasks().waitUntil(task::done, System.nanoTime() + BOUND_NANOS);
            if (ended) {
                scope.close();
            }
        }
        String where = what + " on a " + node;
        if (!ended) {
            throw new Finding(
                    where
                            + " hangs at "
                            + Arrays.toString(thread.get().getStackTrace())
                            + ", "
                            + runtime);
        }
        if (failure.get() != null) {
            throw new AssertionError(where + ", " + runtime, failure.get());
        }
    }

    /** Permits are back, and tasks have their outcomes. */
    private void ensureSound(Object after) throws Exception {
        List<String> left = new ArrayList<>();
        long until = System.nanoTime() + BOUND_NANOS;
        do {
            left.clear();
            for (PoolImpl pool : runtime.allPools()) {
                PoolLoad load = pool.load();
                if (load.running() + load.waiting() + load.stuck() + load.lent() > 0) {
                    left.add(pool.toString());
                }
            }
        } while (!left.isEmpty() && System.nanoTime() - until < 0);
        if (!left.isEmpty() || !runtime.toString().contains("0 busy scopes, 0 armed")) {
            throw new Finding("after " + after + " is left: " + runtime);
        }
        Exception thrown = new Exception("on purpose");
        try (PogoScopeImpl scope = runtime.open()) {
            TaskImpl<Object> failing =
                    scope.spawn(() -> {
                        throw thrown;
                    });
            try {
                failing.await();
            } catch (TaskFailedException e) {
                if (e.getCause() != thrown || scope.spawn("cpu", () -> 1).await() != 1) {
                    throw new Finding("after " + after + " a task has failed with " + e.getCause());
                }
                return;
            }
        }
        throw new Finding("after " + after + " a task does not fail");
    }
}
