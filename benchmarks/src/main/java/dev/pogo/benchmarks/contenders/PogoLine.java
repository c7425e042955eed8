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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

final class PogoLine implements Line {
    private static final Callable<Integer> WORK = () -> 1;

    private final PogoRuntime runtime;
    private final PogoScope scope;
    private final List<Task<?>> tasks = new ArrayList<>();

    PogoLine(Duration maxWait) {
        PoolConfig pool = PoolConfig.named("default").withNumThreads(1).withMaxWait(maxWait);
        this.runtime = PogoRuntime.start(PogoConfig.defaults().withPool(pool));
        this.scope = runtime.open();
        scope.spawn(() -> new CountDownLatch(1).await(1, TimeUnit.HOURS));
    }

    @Override
    public void spawn() {
        tasks.add(scope.spawn(WORK));
    }

    @Override
    public void awaitLinedUp(int tasks) {
        // They are when spawn returns.
    }

    @Override
    public int cancelUntil(long limit) {
        for (Task<?> task : tasks) {
            task.cancel();
        }
        return tasks.size();
    }

    @Override
    public int awaitExpired(int tasks, long limit) throws InterruptedException {
        int expired;
        while ((expired = tasks - runtime.pool("default").stats().waiting()) < tasks
                && System.nanoTime() - limit < 0) {
            Thread.sleep(1);
        }
        return expired;
    }

    @Override
    public void close() {
        scope.close();
        runtime.close();
    }
}
