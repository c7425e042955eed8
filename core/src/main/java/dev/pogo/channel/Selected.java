package dev.pogo.channel;

import org.jspecify.annotations.Nullable;

import java.util.function.Supplier;

/**
 * The case that a {@link Select} has chosen.
 *
 * @param <K> the type of the keys
 */
public final class Selected<K> {
    private final K key;
    private final Supplier<? extends @Nullable Object> value;

    Selected(K key, Supplier<? extends @Nullable Object> value) {
        this.key = key;
        this.value = value;
    }

    /**
     * Which case it is.
     *
     * @return the key that was given for it
     */
    public K key() {
        return key;
    }

    /**
     * What came of it: the element that was popped, the element that was pushed, the task's value,
     * or the next task of completions.
     *
     * @return the value; null only if it is that of a task
     * @throws ChannelClosedException if the case is a channel that is closed, and from which
     *     nothing was left to be popped
     * @throws java.util.NoSuchElementException if the case is completions, of which all tasks have
     *     been given
     * @throws RuntimeException if the case is a task that has failed or was cancelled: what {@code
     *     Task.result()} throws
     */
    public @Nullable Object value() {
        return value.get();
    }

    @Override
    public String toString() {
        return "Selected[" + key + "]";
    }
}
