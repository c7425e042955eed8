package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.io.Serial;
import java.util.Objects;

/**
 * Thrown when a {@link Worker} could not run a job. The message is complete: the message of the
 * task's failure contains it unchanged. Workers may throw and extend this class.
 *
 * @serial exclude
 */
public non-sealed class WorkerException extends PogoException {
    @Serial private static final long serialVersionUID = 1;

    /**
     * Creates an exception.
     *
     * @param message what has happened, for a human reader
     * @param cause the cause, or null
     */
    public WorkerException(String message, @Nullable Throwable cause) {
        super(Objects.requireNonNull(message, "message"), cause);
    }
}
