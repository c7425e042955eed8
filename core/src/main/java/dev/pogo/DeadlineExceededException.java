package dev.pogo;

import dev.pogo.json.Durations;

import java.io.Serial;
import java.time.Duration;

/**
 * Thrown when a task was cancelled because the deadline of its scope, or its own time limit, passed
 * before it had an outcome. If it was running, it may still be running. The pool's numbers are
 * those at the time when this exception was created.
 *
 * @serial exclude
 */
public final class DeadlineExceededException extends TaskTimeoutException {
    @Serial private static final long serialVersionUID = 1;

    private final CancelReason reason;

    /**
     * Creates an exception. Public for tests of code that handles it.
     *
     * @param facts the facts about the task
     * @param reason {@link CancelReason#SCOPE_DEADLINE} or {@link CancelReason#TASK_TIMEOUT}
     * @param timeout the length of the limit
     * @throws IllegalArgumentException if it is another reason
     */
    public DeadlineExceededException(Facts facts, CancelReason reason, Duration timeout) {
        super(facts, what(reason, timeout), timeout, null);
        this.reason = reason;
    }

    private static String what(CancelReason reason, Duration timeout) {
        String limit = Durations.describe(timeout);
        if (reason == CancelReason.SCOPE_DEADLINE) {
            return "no outcome by the deadline of its scope, which was set to "
                    + limit
                    + "; the task is cancelled";
        }
        if (reason == CancelReason.TASK_TIMEOUT) {
            return "no outcome within "
                    + limit
                    + " of its spawn, which is its time limit; the task is cancelled";
        }
        throw new IllegalArgumentException(reason + " is no time limit of a scope or task");
    }

    /**
     * Returns whose time limit has passed.
     *
     * @return {@link CancelReason#SCOPE_DEADLINE} or {@link CancelReason#TASK_TIMEOUT}
     */
    public CancelReason reason() {
        return reason;
    }
}
