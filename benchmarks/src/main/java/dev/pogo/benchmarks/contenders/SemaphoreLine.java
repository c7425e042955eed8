package dev.pogo.benchmarks.contenders;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

final class SemaphoreLine implements Line {
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore permits = new Semaphore(0, true);
    private final AtomicInteger expired = new AtomicInteger();
    private final List<Future<Integer>> tasks = new ArrayList<>();
    private final long maxWaitNanos;

    SemaphoreLine(Duration maxWait) {
        this.maxWaitNanos = maxWait.toNanos();
    }

    @Override
    public void spawn() {
        tasks.add(executor.submit(this::work));
    }

    private Integer work() throws InterruptedException, TimeoutException {
        if (!permits.tryAcquire(maxWaitNanos, TimeUnit.NANOSECONDS)) {
            expired.incrementAndGet();
            throw new TimeoutException();
        }
        permits.release();
        return 1;
    }

    @Override
    public void awaitLinedUp(int tasks) throws InterruptedException {
        while (permits.getQueueLength() < tasks) {
            Thread.sleep(100); // the length takes long to tell
        }
    }

    @Override
    public int cancelUntil(long limit) throws InterruptedException {
        int cancelled = 0;
        for (Future<Integer> task : tasks) {
            task.cancel(true);
            cancelled++;
            if (System.nanoTime() - limit >= 0) {
                break;
            }
        }
        // An interrupted thread leaves the line by itself, which is what takes long.
        int left;
        while ((left = permits.getQueueLength() - (tasks.size() - cancelled)) > 0
                && System.nanoTime() - limit < 0) {
            Thread.sleep(1);
        }
        return cancelled - left;
    }

    @Override
    public int awaitExpired(int tasks, long limit) throws InterruptedException {
        while (expired.get() < tasks && System.nanoTime() - limit < 0) {
            Thread.sleep(1);
        }
        return expired.get();
    }

    @Override
    public void close() {
        permits.release(tasks.size() + 1);
        executor.close();
    }
}
