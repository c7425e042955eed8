package dev.pogo;

import java.io.Serial;
import java.util.List;

/**
 * A pool was asked for that the runtime does not have.
 *
 * @serial exclude
 */
public final class UnknownPoolException extends PogoException {
    @Serial private static final long serialVersionUID = 1;

    private final String pool;
    private final String[] known;

    UnknownPoolException(String pool, List<String> known) {
        super(
                "unknown Pogo pool \"%s\"; known pools: %s"
                        .formatted(pool, String.join(", ", known)),
                null);
        this.pool = pool;
        this.known = known.toArray(new String[0]);
    }

    /**
     * The name that was asked for.
     *
     * @return the name
     */
    public String pool() {
        return pool;
    }

    /**
     * The names of the pools that the runtime has, {@code default} first.
     *
     * @return an unmodifiable list
     */
    public List<String> known() {
        return List.of(known);
    }
}
