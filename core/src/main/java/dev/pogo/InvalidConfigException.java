package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.io.Serial;
import java.util.Objects;

/**
 * A configuration was refused; nothing of it is in force.
 *
 * @serial exclude
 */
public final class InvalidConfigException extends PogoException {
    @Serial private static final long serialVersionUID = 1;

    private final String source;
    private final String path;
    private final @Nullable String value;

    /**
     * Makes one, where something beside Pogo's own classes has a configuration.
     *
     * @param source where the configuration came from
     * @param path the place inside it, empty for the whole
     * @param value the offending value as it was written, quotes included; null where there is none
     *     to show
     * @param problem what is wrong, as the rest of a sentence that begins with the value
     * @param cause why, or null
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
     * Where the configuration came from: a file, a URL, or the name of the record that refused it.
     *
     * @return the source
     */
    public String source() {
        return source;
    }

    /**
     * The place inside the configuration, such as {@code pools.cpu.max_wait}.
     *
     * @return the path, empty for the whole
     */
    public String path() {
        return path;
    }

    /**
     * The offending value as it was written.
     *
     * @return the value, or null where the complaint is not about one
     */
    public @Nullable String value() {
        return value;
    }
}
