package dev.pogo.spi;

import dev.pogo.InvalidConfigException;
import dev.pogo.PogoConfig;

/**
 * Reads a section of the configuration file that belongs to another module: an object at the top of
 * the file. Found by {@link java.util.ServiceLoader}. A section that no reader owns is refused.
 */
public interface SectionReader {
    /**
     * Returns the name of the section. It must not be a directive of Pogo's own, and no other
     * reader may have the same one.
     *
     * @return the name; always the same
     */
    String name();

    /**
     * Reads the section. This method only reads: it opens no connection and starts no thread.
     *
     * @param directives the section
     * @return what {@link PogoConfig#section} returns for it, preferably an immutable object
     * @throws InvalidConfigException if the section is invalid in any way; {@link Directives}
     *     throws it with the location
     */
    Object read(Directives directives);
}
