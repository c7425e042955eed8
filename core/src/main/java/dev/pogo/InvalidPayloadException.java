package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.io.Serial;
import java.util.Objects;

/**
 * Thrown when the args of a job, its result or a message of a worker is not JSON-compatible, or not
 * of the requested type.
 *
 * @serial exclude
 */
public final class InvalidPayloadException extends PogoException {
    @Serial private static final long serialVersionUID = 1;

    private final String path;

    /**
     * Creates an exception. Public for workers that check payloads of their own.
     *
     * @param what the payload, such as {@code args of job FetchStock}
     * @param path the location of the problem in the payload, {@code $} for the whole
     * @param problem what is wrong, as a sentence without a subject
     * @param cause the cause, or null
     */
    public InvalidPayloadException(
            String what, String path, String problem, @Nullable Throwable cause) {
        super(
                Objects.requireNonNull(what, "what")
                        + ": "
                        + Objects.requireNonNull(path, "path")
                        + ": "
                        + Objects.requireNonNull(problem, "problem"),
                cause);
        this.path = path;
    }

    /**
     * Returns the location of the problem in the payload.
     *
     * @return the path, such as {@code $.items[2].price}; {@code $} for the whole payload
     */
    public String path() {
        return path;
    }
}
