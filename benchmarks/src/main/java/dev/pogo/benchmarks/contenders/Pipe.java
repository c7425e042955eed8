package dev.pogo.benchmarks.contenders;

import java.util.concurrent.CountDownLatch;

/**
 * What elements go through, from threads that push them to threads that pop them.
 *
 * @param push puts one in, and waits for room
 * @param pop takes one out, and waits for it
 */
public record Pipe(Push push, Pop pop) {
    /** Puts elements in. */
    public interface Push {
        /**
         * Puts one in.
         *
         * @param element the element
         * @throws InterruptedException never
         */
        void accept(Integer element) throws InterruptedException;
    }

    /** Takes elements out. */
    public interface Pop {
        /**
         * Takes one out.
         *
         * @return the element
         * @throws InterruptedException never
         */
        Integer get() throws InterruptedException;
    }

    /**
     * Sends elements through it, by virtual threads.
     *
     * @param elements how many in all
     * @param pairs how many threads push, and how many pop
     * @return the sum of the elements
     * @throws InterruptedException never
     */
    public long send(int elements, int pairs) throws InterruptedException {
        long[] sums = new long[pairs];
        CountDownLatch running = new CountDownLatch(2 * pairs);
        for (int i = 0; i < pairs; i++) {
            int number = i;
            start(
                    running,
                    () -> {
                        for (int j = 0; j < elements / pairs; j++) {
                            push.accept(j & 127);
                        }
                    });
            start(
                    running,
                    () -> {
                        long sum = 0;
                        for (int j = 0; j < elements / pairs; j++) {
                            sum += pop.get();
                        }
                        sums[number] = sum;
                    });
        }
        running.await();
        long sum = 0;
        for (long one : sums) {
            sum += one;
        }
        return sum;
    }

    private interface Loop {
        void run() throws InterruptedException;
    }

    private static void start(CountDownLatch running, Loop loop) {
        Thread.startVirtualThread(() -> {
            try {
                loop.run();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            } finally {
                running.countDown();
            }
        });
    }
}
