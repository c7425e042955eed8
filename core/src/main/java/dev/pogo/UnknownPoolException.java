package dev.pogo;

import java.io.Serial;
import java.util.List;
import java.util.Objects;

/**
 * Thrown when a pool is requested that the runtime does not have.
 *
 * @serial exclude
 */
public final class UnknownPoolException extends PogoException {
    @Serial private static final long serialVersionUID = 1;

    private final String pool;
    private final String[] known;
    private final String source;

    /**
     * Creates an exception. Public for tests of code that handles it.
     *
     * @param pool the name that was requested
     * @param known the names of the pools that the runtime has
     * @param source where the runtime's configuration was read, see {@link PogoConfig#source}
     */
    public UnknownPoolException(String pool, List<String> known, String source) {
        super(
                "unknown Pogo pool \"%s\"; known pools: %s (from %s)"
                        .formatted(
                                Objects.requireNonNull(pool, "pool"),
                                String.join(", ", List.copyOf(known)),
                                Objects.requireNonNull(source, "source")),
                null);
        this.pool = pool;
        this.known = known.toArray(new String[0]);
        this.source = source;
    }

    /**
     * Returns the name that was requested.
     *
     * @return the name
     */
    public String pool() {
        return pool;
    }

    /**
     * Returns the names of the pools that the runtime has, {@code default} first.
     *
     * @return an unmodifiable list
     */
    public List<String> known() {
        return List.of(known);
    }

    /**
     * Returns where the runtime's configuration was read, such as {@code ./pogo.json}.
     *
     * @return the source
     */
    public String source() {
        return source;
    }
}
