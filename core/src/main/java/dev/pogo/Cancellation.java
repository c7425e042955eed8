package dev.pogo;

import dev.pogo.Phase.Cancelled;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cancels several tasks: first decides that they are cancelled, and only then stops their work. The
 * waiting ones are decided first, since they would otherwise be started with the permits of the
 * running ones; and all are before the first is stopped, because that may take its time.
 *
 * <p>This needs no memory, and one task that cannot be decided or stopped keeps no other from it.
 * What is decided and not stopped, whoever has decided it, is stopped by the next one who comes by:
 * at last by the close of its scope.
 *
 * <p>The tasks are those from one place of an array on to the one before another.
 */
final class Cancellation {
    private static final Logger LOG = LoggerFactory.getLogger(Cancellation.class);

    private Cancellation() {}

    /** Cancels those that have no outcome; this one is theirs then. */
    static void cancel(Task<?>[] tasks, int from, int to, Cancelled cancelled) {
        try {
            decide(tasks, from, to, cancelled);
        } finally {
            stop(tasks, from, to);
        }
    }

    /** Decides, and does not stop. */
    static void decide(Task<?>[] tasks, int from, int to, Cancelled cancelled) {
        decideWaiting(tasks, from, to, cancelled);
        for (int i = from; i < to; i++) {
            decide(tasks[i], cancelled);
        }
    }

    /** Decides about those that have not been admitted. */
    static void decideWaiting(Task<?>[] tasks, int from, int to, Cancelled cancelled) {
        for (int i = from; i < to; i++) {
            if (tasks[i].isWaiting()) {
                decide(tasks[i], cancelled);
            }
        }
    }

    private static void decide(Task<?> task, Cancelled cancelled) {
        try {
            task.decideCancelled(cancelled);
        } catch (Throwable e) {
            Report.warn(LOG, "Something failed as {} was cancelled", task, e);
        }
    }

    /** Stops the work of those that are cancelled, as far as nobody has done so. */
    static void stop(Task<?>[] tasks, int from, int to) {
        for (int i = from; i < to; i++) {
            try {
                tasks[i].stopCancelled();
            } catch (Throwable e) {
                Report.warn(LOG, "Something failed as the work of {} was stopped", tasks[i], e);
            }
        }
    }
}
