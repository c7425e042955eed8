package dev.pogo;

import org.jspecify.annotations.Nullable;

/**
 * Function that {@link PogoScope#map} applies to each item. Unlike a {@link
 * java.util.function.Function} it may throw any exception.
 *
 * @param <A> the type of the items
 * @param <R> the type of the results
 */
@FunctionalInterface
public interface Mapper<A extends @Nullable Object, R extends @Nullable Object> {
    /**
     * Returns the result for an item. Called by the threads of several tasks at once.
     *
     * @param item the item
     * @return the result
     * @throws Exception if there is none
     */
    R apply(A item) throws Exception;
}
