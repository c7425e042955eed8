package dev.pogo.benchmarks.contenders;

import java.time.Duration;

/** Tasks that wait, for all permits are taken and are not given back. */
public interface Line extends AutoCloseable {
    /** Where they wait. */
    enum Of {
        /** In a pool of Pogo's. */
        POGO,
        /** Each on a virtual thread, at a semaphore. */
        EXECUTOR_SEMAPHORE,
        /** In the queue of a JDK pool of platform threads; there they do not expire. */
        THREAD_POOL;

        /**
         * Makes one.
         *
         * @param maxWait how long a task waits before it gives up
         * @return a new one, to be closed
         */
        public Line make(Duration maxWait) {
            return switch (this) {
                case POGO -> new PogoLine(maxWait);
                case EXECUTOR_SEMAPHORE -> new SemaphoreLine(maxWait);
                case THREAD_POOL -> new QueueLine();
            };
        }
    }

    /** Lines one more task up. */
    void spawn();

    /**
     * Waits until that many really wait.
     *
     * @param tasks how many
     * @throws InterruptedException never
     */
    void awaitLinedUp(int tasks) throws InterruptedException;

    /**
     * Cancels one after the other, the first one first.
     *
     * @param limit {@link System#nanoTime()} at which it may stop
     * @return how many were cancelled and wait no longer
     * @throws InterruptedException never
     */
    int cancelUntil(long limit) throws InterruptedException;

    /**
     * Waits until that many have given up.
     *
     * @param tasks how many
     * @param limit {@link System#nanoTime()} at which it may stop
     * @return how many have
     * @throws InterruptedException never
     */
    int awaitExpired(int tasks, long limit) throws InterruptedException;

    @Override
    void close();
}
