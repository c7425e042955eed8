package dev.pogo.benchmarks.remote;

import java.util.Set;

/** A way to have a small job done. */
interface Contender extends AutoCloseable {
    /** What one caller does again and again. */
    interface Caller extends AutoCloseable {
        /** Returns when it is done. */
        void call() throws Exception;

        @Override
        default void close() {}
    }

    /** For one thread. */
    Caller caller();

    /** On which the callers run. */
    default Thread.Builder threads() {
        return Thread.ofVirtual();
    }

    /** The processes that do the jobs, apart from this one. */
    default Set<Long> hosts() {
        return Set.of();
    }

    @Override
    default void close() {}
}
