package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.io.Serial;
import java.util.Objects;

/**
 * Thrown when a configuration is rejected; no part of it takes effect.
 *
 * @serial exclude
 */
public final class InvalidConfigException extends PogoException {
    @Serial private static final long serialVersionUID = 1;

    private final String source;
    private final String path;
    private final @Nullable String value;

    /**
     * Creates an exception. Public for code outside Pogo that has a configuration of its own.
     *
     * @param source where the configuration came from
     * @param path the path inside it, empty for the whole
     * @param value the offending value as it was written, including quotes; null if there is none
     *     to show
     * @param problem what is wrong, as the rest of a sentence that begins with the value
     * @param cause the cause, or null
     */
    public InvalidConfigException(
            String source,
            String path,
            @Nullable String value,
            String problem,
            @Nullable Throwable cause) {
        super(
                source
                        + ": "
                        + (path.isEmpty() ? "" : path + ": ")
                        + (value == null ? "" : value + " ")
                        + Objects.requireNonNull(problem, "problem"),
                cause);
        this.source = Objects.requireNonNull(source, "source");
        this.path = path;
        this.value = value;
    }

    /**
     * Returns where the configuration came from: a file, a URL, or the name of the record that
     * rejected it.
     *
     * @return the source
     */
    public String source() {
        return source;
    }

    /**
     * Returns the path inside the configuration, such as {@code pools.cpu.max_wait}.
     *
     * @return the path, empty for the whole
     */
    public String path() {
        return path;
    }

    /**
     * Returns the offending value as it was written.
     *
     * @return the value, or null if the problem is not about one
     */
    public @Nullable String value() {
        return value;
    }
}
