package dev.pogo;

import java.io.Serial;

/**
 * Thrown when a task's work threw an exception or an error, or no thread could be started for it.
 * The cause is what was thrown. The pool's numbers are from the creation of this exception.
 *
 * @serial exclude
 */
public final class TaskFailedException extends TaskException {
    @Serial private static final long serialVersionUID = 1;

    private static final int MAX_DESCRIPTION = 1_000;

    TaskFailedException(Task<?> task, Throwable cause) {
        super(task, task.owningPool().load(), "failed: " + describe(cause), cause);
    }

    /** Describes what the work threw; the text may be huge, and {@code toString} may throw. */
    static String describe(Throwable cause) {
        try {
            // A JobException is Pogo's own: its message is complete.
            String text =
                    cause instanceof JobException
                            ? String.valueOf(cause.getMessage())
                            : cause.toString();
            return text.length() <= MAX_DESCRIPTION
                    ? text
                    : text.substring(0, MAX_DESCRIPTION) + "...";
        } catch (Throwable e) {
            return cause.getClass().getName() + ", and its toString() threw " + e.getClass();
        }
    }
}
