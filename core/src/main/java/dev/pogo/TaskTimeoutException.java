package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.io.Serial;
import java.time.Duration;
import java.util.Objects;

/**
 * Thrown when a task was cancelled because a time limit had passed: that of an await, of the task
 * itself or of its scope. One handler of this type is enough for a caller that only wants to know
 * that it is too late. How long the task had waited and run by then is in {@link #waited()} and
 * {@link #ran()}.
 *
 * @serial exclude
 */
public abstract sealed class TaskTimeoutException extends TaskException
        permits AwaitTimeoutException, DeadlineExceededException {
    @Serial private static final long serialVersionUID = 1;

    private final Duration timeout;

    TaskTimeoutException(Facts facts, String what, Duration timeout, @Nullable Throwable cause) {
        super(facts, what, cause);
        this.timeout = Objects.requireNonNull(timeout, "timeout");
    }

    /**
     * Returns the length of the time limit: the timeout of the await, the {@link TaskSpec#within}
     * of the task, or the time between the opening of the scope, or of the one around it whose
     * deadline holds, and that deadline.
     *
     * @return the time
     */
    public final Duration timeout() {
        return timeout;
    }
}
