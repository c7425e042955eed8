package dev.pogo;

import dev.pogo.json.Durations;

import java.io.Serial;
import java.time.Duration;

/**
 * A task was cancelled before it had an outcome. If it was running, it may be still. The pool's
 * numbers are those of when this exception was made.
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
     * Why the task was cancelled.
     *
     * @return the reason
     */
    public CancelReason reason() {
        return reason;
    }

    /**
     * How long the work went on after the cancellation: until it stopped, or until this exception
     * was made.
     *
     * @return the time; zero if the work never ran
     */
    public Duration tookToStop() {
        return tookToStop;
    }

    /**
     * Whether the work had ended when this exception was made.
     *
     * @return false if it may still run, and hold its permit
     */
    public boolean stopped() {
        return stopped;
    }
}
