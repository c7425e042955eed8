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
     * Returns the key of the chosen case.
     *
     * @return the key that was given for it
     */
    public K key() {
        return key;
    }

    /**
     * Returns the value of the chosen case: the element that was popped, the element that was
     * pushed, the task's value, or the next task of completions.
     *
     * @return the value; null only if it is that of a task
     * @throws ChannelClosedException if the case is a closed channel that had no element left to
     *     pop
     * @throws java.util.NoSuchElementException if the case is completions whose tasks have all been
     *     returned
     * @throws RuntimeException if the case is a task that failed or was cancelled; the exception is
     *     the one that {@code Task.result()} throws
     */
    public @Nullable Object value() {
        return value.get();
    }

    @Override
    public String toString() {
        return "Selected[" + key + "]";
    }
}
