package dev.pogo;

import dev.pogo.util.Throwables;

import java.io.Serial;
import java.util.Objects;

/**
 * Thrown when a task's work threw an exception or an error, or no thread could be started for it.
 * The cause is what was thrown. The pool's numbers are from the creation of this exception.
 *
 * @serial exclude
 */
public final class TaskFailedException extends TaskException {
    @Serial private static final long serialVersionUID = 1;

    /**
     * Creates an exception. Public for tests of code that handles it.
     *
     * @param facts the facts about the task
     * @param cause what its work threw
     */
    public TaskFailedException(Facts facts, Throwable cause) {
        super(facts, "failed: " + describe(Objects.requireNonNull(cause, "cause")), cause);
    }

    /** Describes what the work threw; the message of a worker's exception is complete. */
    static String describe(Throwable cause) {
        return cause instanceof WorkerException
                ? Throwables.message(cause)
                : Throwables.describe(cause);
    }
}
