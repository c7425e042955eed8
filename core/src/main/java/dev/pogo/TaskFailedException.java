package dev.pogo;

import java.io.Serial;

/**
 * A task's work threw, be it an exception or an error, or no thread could be started for it. The
 * cause is what was thrown. The pool's numbers are those of when this exception was made.
 *
 * @serial exclude
 */
public final class TaskFailedException extends TaskException {
    @Serial private static final long serialVersionUID = 1;

    TaskFailedException(Task<?> task, Throwable cause) {
        super(task, task.owningPool().stats(), "failed: " + cause, cause);
    }
}
