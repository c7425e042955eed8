package dev.pogo.benchmarks.contenders;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.Task;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

final class PogoWay implements Way {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final PogoRuntime runtime;
    private final boolean together;

    private PogoWay(int permits, boolean together) {
        PoolConfig pool = PoolConfig.named("default").withNumThreads(permits).withMaxWait(LONG);
        this.runtime = PogoRuntime.start(PogoConfig.defaults().withPool(pool));
        this.together = together;
    }

    static PogoWay oneByOne(int permits) {
        return new PogoWay(permits, false);
    }

    static PogoWay together(int permits) {
        return new PogoWay(permits, true);
    }

    @Override
    public int fanOut(int tasks, Callable<Integer> work) throws InterruptedException {
        int sum = 0;
        try (PogoScope scope = runtime.open()) {
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

    @Override
    public void close() {
        runtime.close();
    }
}
