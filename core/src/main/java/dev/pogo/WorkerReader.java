package dev.pogo;

/**
 * Makes workers of the configuration, where the directive {@code worker} is an object and not the
 * name of a class. It is found by {@link java.util.ServiceLoader}; the first one is asked.
 */
public interface WorkerReader {
    /**
     * Reads an object. This only reads: what the worker needs is had by {@link Worker#start}.
     *
     * @param directives the object
     * @param pool the pool that it stands in, as far as the rest of its directives say
     * @return the worker
     * @throws InvalidConfigException if the object is wrong in any way; {@link Directives} throws
     *     it with the place
     */
    Worker read(Directives directives, PoolConfig pool);
}
