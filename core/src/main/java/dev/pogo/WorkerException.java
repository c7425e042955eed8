package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.io.Serial;
import java.util.Objects;

/**
 * A {@link Worker} could not run a job, and this message says all that there is to say: the message
 * of the task's failure has it as it is. For workers to throw and to extend.
 *
 * @serial exclude
 */
public non-sealed class WorkerException extends PogoException {
    @Serial private static final long serialVersionUID = 1;

    /**
     * Makes one.
     *
     * @param message what has happened, for a person to read
     * @param cause why, or null
     */
    public WorkerException(String message, @Nullable Throwable cause) {
        super(Objects.requireNonNull(message, "message"), cause);
    }
}
