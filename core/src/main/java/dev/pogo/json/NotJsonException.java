package dev.pogo.json;

import org.jspecify.annotations.Nullable;

import java.io.Serial;

/** Thrown when a value is not JSON-compatible, or a type cannot hold the JSON. */
public final class NotJsonException extends Exception {
    @Serial private static final long serialVersionUID = 1;

    private final String path;
    private final String problem;

    NotJsonException(String path, String problem, @Nullable Throwable cause) {
        super(path + ": " + problem, cause);
        this.path = path;
        this.problem = problem;
    }

    /**
     * Returns where in the value the problem is.
     *
     * @return the path, {@link JsonPath#ROOT} for the value itself
     */
    public String path() {
        return path;
    }

    /**
     * Returns what is wrong there.
     *
     * @return a phrase without the path
     */
    public String problem() {
        return problem;
    }
}
