package dev.pogo.benchmarks.measure;

import java.util.Set;

/** One of the ways to do something that are compared. */
public interface Contender extends AutoCloseable {
    /** What one caller does again and again. */
    interface Caller extends AutoCloseable {
        /**
         * Returns when it is done.
         *
         * @throws Exception if it cannot be done
         */
        void call() throws Exception;

        /**
         * Waits before the next call; that is not counted as latency.
         *
         * @throws InterruptedException if the calling thread is interrupted
         */
        default void pause() throws InterruptedException {}

        @Override
        default void close() {}
    }

    /**
     * Returns a caller for one thread.
     *
     * @return the caller
     */
    Caller caller();

    /**
     * Returns the kind of threads on which the callers run.
     *
     * @return their builder
     */
    default Thread.Builder threads() {
        return Thread.ofVirtual();
    }

    /**
     * Returns the processes that work for it, apart from this one and the server.
     *
     * @return their ids
     */
    default Set<Long> hosts() {
        return Set.of();
    }

    /**
     * Called before each slice: leaves nothing behind of the one before.
     *
     * @throws InterruptedException if the calling thread is interrupted
     */
    default void settle() throws InterruptedException {}

    @Override
    default void close() {}
}
