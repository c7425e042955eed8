package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.io.Serial;

/**
 * The args of a job, its result, or what a worker said is not JSON-compatible or not of the type
 * that is asked for.
 *
 * @serial exclude
 */
public final class InvalidPayloadException extends PogoException {
    @Serial private static final long serialVersionUID = 1;

    private final String path;

    InvalidPayloadException(String what, String path, String problem, @Nullable Throwable cause) {
        super(what + ": " + path + ": " + problem, cause);
        this.path = path;
    }

    /**
     * Where in the payload it is.
     *
     * @return the path, such as {@code $.items[2].price}; {@code $} for the whole
     */
    public String path() {
        return path;
    }
}
