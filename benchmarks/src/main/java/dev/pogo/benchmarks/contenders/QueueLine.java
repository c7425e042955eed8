package dev.pogo.benchmarks.contenders;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

final class QueueLine implements Line {
    private final CountDownLatch hold = new CountDownLatch(1);
    private final ExecutorService executor = Executors.newFixedThreadPool(1);
    private final List<Future<Integer>> tasks = new ArrayList<>();

    QueueLine() {
        executor.execute(this::takePermit);
    }

    private void takePermit() {
        try {
            hold.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void spawn() {
        tasks.add(executor.submit(() -> 1));
    }

    @Override
    public void awaitLinedUp(int tasks) {
        // They are when submit returns.
    }

    /** They stay in the queue, each with its heap, until their turn comes. */
    @Override
    public int cancelUntil(long limit) {
        for (Future<Integer> task : tasks) {
            task.cancel(true);
        }
        return tasks.size();
    }

    @Override
    public int awaitExpired(int tasks, long limit) {
        throw new UnsupportedOperationException("a task in a thread pool's queue never gives up");
    }

    @Override
    public void close() {
        hold.countDown();
        executor.close();
    }
}
