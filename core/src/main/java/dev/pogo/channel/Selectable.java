package dev.pogo.channel;

import org.jspecify.annotations.Nullable;

/**
 * Something for which a {@link Select} can wait besides channels: a task, or the next of several to
 * end. Implemented only by Pogo.
 *
 * @param <T> the type of its value
 */
public interface Selectable<T extends @Nullable Object> {
    /**
     * Returns what a {@link Select} needs of this; of no use to other callers.
     *
     * @return the source
     */
    Source<T> source();
}
