package dev.pogo.spi;

import dev.pogo.InvalidConfigException;
import dev.pogo.PoolConfig;
import dev.pogo.Worker;

import java.util.Set;

/**
 * Creates workers from the configuration, where the directive {@code worker} is an object and not
 * the name of a class. Found by {@link java.util.ServiceLoader}.
 */
public interface WorkerReader {
    /**
     * Returns the directives by which an object is recognized: if it has one of them, this reads
     * it. If no reader recognizes an object, or several do, the configuration is refused.
     *
     * @return the names of the directives, at least one; always the same
     */
    Set<String> kinds();

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
