package dev.pogo.spi;

import dev.pogo.InvalidConfigException;
import dev.pogo.PoolConfig;

/**
 * Reads a directive of pools that belongs to another module. Found by {@link
 * java.util.ServiceLoader}.
 */
public interface PoolDirectiveReader {
    /**
     * Returns the name of the directive. It must be neither the name of a directive of Pogo's own
     * nor that of a {@linkplain SectionReader section}, and no other reader may have the same one.
     *
     * @return the name; always the same
     */
    String name();

    /**
     * Reads the directive of a pool that has it. This method only reads: it opens no connection and
     * starts no thread.
     *
     * @param pool all directives of the pool
     * @return what {@link PoolConfig#directive} returns for it, preferably an immutable object
     * @throws InvalidConfigException if the value is invalid in any way; {@link Directives} throws
     *     it with the location
     */
    Object read(Directives pool);
}
