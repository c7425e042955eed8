package dev.pogo.benchmarks.contenders;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.Task;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

final class PogoWay implements Way {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final PogoRuntime runtime;
    private final boolean together;
    private final @Nullable Duration deadline;

    private PogoWay(int permits, boolean together, @Nullable Duration deadline) {
        PoolConfig pool = PoolConfig.named("default").withNumThreads(permits).withMaxWait(LONG);
        this.runtime = PogoRuntime.start(PogoConfig.defaults().withPool(pool));
        this.together = together;
        this.deadline = deadline;
    }

    static PogoWay oneByOne(int permits) {
        return new PogoWay(permits, false, null);
    }

    static PogoWay together(int permits) {
        return new PogoWay(permits, true, null);
    }

    /** Likewise, in a scope that has a deadline of its own. */
    static PogoWay oneByOne(int permits, Duration deadline) {
        return new PogoWay(permits, false, deadline);
    }

    /** Likewise, in a scope that has a deadline of its own. */
    static PogoWay together(int permits, Duration deadline) {
        return new PogoWay(permits, true, deadline);
    }

    @Override
    public int fanOut(int tasks, Callable<Integer> work) throws InterruptedException {
        int sum = 0;
        try (PogoScope scope = open()) {
            List<Task<Integer>> spawned = new ArrayList<>(tasks);
            for (int i = 0; i < tasks; i++) {
                spawned.add(scope.spawn(work));
            }
            if (together) {
                scope.awaitAll(LONG);
            }
            for (Task<Integer> task : spawned) {
                sum += task.await(LONG);
            }
        }
        return sum;
    }

    private PogoScope open() {
        return deadline == null ? runtime.open() : runtime.open(deadline);
    }

    @Override
    public void close() {
        runtime.close();
    }
}
