package dev.pogo;

import dev.pogo.json.Durations;

import java.io.Serial;
import java.time.Duration;

/**
 * Thrown when a task was cancelled before it had an outcome. If it was running, it may still be
 * running. The pool's numbers are those at the time when this exception was created.
 *
 * @serial exclude
 */
public final class TaskCancelledException extends TaskException {
    @Serial private static final long serialVersionUID = 1;

    private final CancelReason reason;
    private final Duration tookToStop;
    private final boolean stopped;

    TaskCancelledException(Task<?> task, CancelReason reason) {
        this(task, reason, task.liveThread() == null, task.tookToStop());
    }

    private TaskCancelledException(
            Task<?> task, CancelReason reason, boolean stopped, Duration tookToStop) {
        super(
                task,
                task.owningPool().load(),
                "cancelled because " + reason.words() + how(task, stopped, tookToStop),
                null);
        this.reason = reason;
        this.stopped = stopped;
        this.tookToStop = tookToStop;
    }

    private static String how(Task<?> task, boolean stopped, Duration tookToStop) {
        if (!stopped) {
            return ", and has not stopped for " + Durations.describe(tookToStop);
        }
        return task.ran().isZero()
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
