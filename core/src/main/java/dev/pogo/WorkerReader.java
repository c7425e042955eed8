package dev.pogo;

/**
 * Creates workers from the configuration, where the directive {@code worker} is an object and not
 * the name of a class. Found by {@link java.util.ServiceLoader}; the first one is used.
 */
public interface WorkerReader {
    /**
     * Reads an object. This method only reads: the worker acquires what it needs in {@link
     * Worker#start}.
     *
     * @param directives the object
     * @param pool the pool that contains it, as far as the other directives define it
     * @return the worker
     * @throws InvalidConfigException if the object is invalid in any way; {@link Directives} throws
     *     it with the location
     */
    Worker read(Directives directives, PoolConfig pool);
}
