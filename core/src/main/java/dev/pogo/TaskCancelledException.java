package dev.pogo;

import java.io.Serial;

/**
 * A task was cancelled before it had an outcome. If it was running, it may be still. The pool's
 * numbers are those of when this exception was made.
 *
 * @serial exclude
 */
public final class TaskCancelledException extends TaskException {
    @Serial private static final long serialVersionUID = 1;

    private final CancelReason reason;

    TaskCancelledException(Task<?> task, CancelReason reason) {
        super(task, task.owningPool().stats(), "cancelled because " + reason.words(), null);
        this.reason = reason;
    }

    /**
     * Why the task was cancelled.
     *
     * @return the reason
     */
    public CancelReason reason() {
        return reason;
    }
}
