package dev.pogo.channel;

import org.jspecify.annotations.Nullable;

/**
 * Something for which a {@link Select} can wait beside channels: a task, or the next of several to
 * end. Only Pogo implements it.
 *
 * @param <T> the type of its value
 */
public interface Selectable<T extends @Nullable Object> {
    /**
     * What a {@link Select} needs of it; there is nothing in it for anybody else.
     *
     * @return the same for others to look at
     */
    Source<T> source();
}
