package dev.pogo.benchmarks.contenders;

import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;

/** Starts a thread for each piece of work at once, which then waits for its turn. */
final class BoundedWay implements Way {
    private final Way unbounded;
    private final Semaphore permits;

    BoundedWay(Way unbounded, int permits) {
        this.unbounded = unbounded;
        this.permits = new Semaphore(permits);
    }

    @Override
    public int fanOut(int tasks, Callable<Integer> work) throws Exception {
        return unbounded.fanOut(
                tasks,
                () -> {
                    permits.acquire();
                    try {
                        return work.call();
                    } finally {
                        permits.release();
                    }
                });
    }

    @Override
    public void close() {
        unbounded.close();
    }
}
