package dev.pogo;

import dev.pogo.json.Durations;

import java.io.Serial;
import java.time.Duration;
import java.util.Objects;

/**
 * Thrown when a task was cancelled before it had an outcome, for another reason than a time limit,
 * for which there is {@link TaskTimeoutException}. If it was running, it may still be running. The
 * pool's numbers are those at the time when this exception was created.
 *
 * @serial exclude
 */
public final class TaskCancelledException extends TaskException {
    @Serial private static final long serialVersionUID = 1;

    private final CancelReason reason;
    private final Duration tookToStop;
    private final boolean stopped;

    /**
     * Creates an exception. Public for tests of code that handles it.
     *
     * @param facts the facts about the task
     * @param reason the reason why it was cancelled
     * @param stopped whether its work has ended
     * @param tookToStop how long the work continued after the cancellation, zero if it never ran
     */
    public TaskCancelledException(
            Facts facts, CancelReason reason, boolean stopped, Duration tookToStop) {
        super(
                facts,
                "cancelled because " + reason.description() + how(facts, stopped, tookToStop),
                null);
        this.reason = reason;
        this.stopped = stopped;
        this.tookToStop = Objects.requireNonNull(tookToStop, "tookToStop");
    }

    private static String how(Facts facts, boolean stopped, Duration tookToStop) {
        if (!stopped) {
            return ", and has not stopped for " + Durations.describe(tookToStop);
        }
        return facts.ran().isZero()
                ? ", before it started"
                : ", and stopped after " + Durations.describe(tookToStop);
    }

    /**
     * Returns the reason why the task was cancelled.
     *
     * @return the reason
     */
    public CancelReason reason() {
        return reason;
    }

    /**
     * Returns how long the work continued after the cancellation: until it stopped, or until this
     * exception was created.
     *
     * @return the time; zero if the work never ran
     */
    public Duration tookToStop() {
        return tookToStop;
    }

    /**
     * Returns whether the work had ended when this exception was created.
     *
     * @return false if it may still run and hold its permit
     */
    public boolean stopped() {
        return stopped;
    }
}
