package dev.pogo.channel;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/**
 * The part of a {@link Selectable} that {@link Select} uses. It connects Pogo's packages, and has
 * nothing to call from elsewhere.
 *
 * @param <T> the type of the value
 */
public abstract class Source<T extends @Nullable Object> {
    /** For Pogo's own subclasses. */
    protected Source() {}

    /**
     * Takes what is available now, which then belongs to the caller; does not block.
     *
     * @return an object to pass to {@link #value}, or null if nothing is available
     */
    protected abstract @Nullable Object take();

    /**
     * Returns the value of what has been taken.
     *
     * @param taken what {@link #take()} returned
     * @return the value
     * @throws RuntimeException if it is a failure
     */
    protected abstract T value(Object taken);

    /**
     * Ensures that the calling thread may wait for this.
     *
     * @throws IllegalStateException if the wait could never end
     */
    protected abstract void ensureMayWait();

    /**
     * Waits for several sources, this one among them, until told to stop. Other threads also unpark
     * the thread when there is reason to check whether the wait is over.
     *
     * @param all the sources
     * @param ready called by the calling thread with the index of each source from which there may
     *     be something to take
     * @param over returns whether there is nothing left to wait for
     * @param deadline when to stop at the latest, as a {@link System#nanoTime()} value
     * @throws InterruptedException if the thread is interrupted before that
     */
    protected abstract void awaitAny(
            List<? extends Source<?>> all, IntConsumer ready, BooleanSupplier over, long deadline)
            throws InterruptedException;
}
