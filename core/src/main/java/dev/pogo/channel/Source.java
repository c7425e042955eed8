package dev.pogo.channel;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/**
 * What {@link Select} knows of a {@link Selectable}. It lies between Pogo's packages, and has
 * nothing to call from elsewhere.
 *
 * @param <T> the type of the value
 */
public abstract class Source<T extends @Nullable Object> {
    /** For Pogo's own. */
    protected Source() {}

    /**
     * Takes what there is now, which is the caller's then; does not block.
     *
     * @return something to give to {@link #value}, or null if there is nothing
     */
    protected abstract @Nullable Object take();

    /**
     * What has been taken.
     *
     * @param taken what {@link #take()} gave
     * @return the value
     * @throws RuntimeException if it is a failure
     */
    protected abstract T value(Object taken);

    /**
     * Says whether the calling thread may wait for it.
     *
     * @throws IllegalStateException if that could never end
     */
    protected abstract void ensureMayWait();

    /**
     * Waits for several, this one among them, until told to stop. The thread is also unparked by
     * others when there is reason to look whether it is over.
     *
     * @param all the sources
     * @param ready is told the place in the list of each from which there may be something to take,
     *     by the calling thread
     * @param over whether there is nothing to wait for any more
     * @param deadline when to stop at the latest, in terms of {@link System#nanoTime()}
     * @throws InterruptedException if the thread is interrupted before
     */
    protected abstract void awaitAny(
            List<? extends Source<?>> all, IntConsumer ready, BooleanSupplier over, long deadline)
            throws InterruptedException;
}
