package dev.pogo.engine;

import dev.pogo.engine.TaskState.Cancelled;
import dev.pogo.util.SafeLog;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;

/**
 * Cancels several tasks: first decides that they are cancelled, and only then stops their work. The
 * waiting tasks are decided first, since they would otherwise be started with the permits of the
 * running ones. All are decided before the first is stopped, because stopping may take time.
 *
 * <p>A task that cannot be decided or stopped does not prevent the others from being cancelled. A
 * task that has been decided but not stopped, by whichever thread, is stopped by the next thread
 * that stops its scope's tasks, at the latest when the scope is closed.
 *
 * <p>The methods that take an array need no memory. They use a range of it, from one index
 * inclusive to another exclusive.
 */
final class Cancellation {
    private static final Logger LOG = LoggerFactory.getLogger(Cancellation.class);

    private Cancellation() {}

    /** Cancels the tasks that have no outcome; {@code cancelled} becomes their outcome. */
    static void cancel(TaskImpl<?>[] tasks, int from, int to, Cancelled cancelled) {
        try {
            decide(tasks, from, to, cancelled);
        } finally {
            stop(tasks, from, to);
        }
    }

    /**
     * Cancels the tasks that have no outcome, as {@link #cancel(TaskImpl[], int, int, Cancelled)}.
     */
    static void cancel(List<? extends TaskImpl<?>> tasks, Cancelled cancelled) {
        cancel(tasks.toArray(new TaskImpl<?>[0]), 0, tasks.size(), cancelled);
    }

    /** Decides that the tasks are cancelled, but does not stop their work. */
    static void decide(TaskImpl<?>[] tasks, int from, int to, Cancelled cancelled) {
        decideWaiting(tasks, from, to, cancelled);
        for (int i = from; i < to; i++) {
            decide(tasks[i], cancelled);
        }
    }

    /** Decides that the tasks that have not been admitted are cancelled. */
    static void decideWaiting(TaskImpl<?>[] tasks, int from, int to, Cancelled cancelled) {
        for (int i = from; i < to; i++) {
            if (tasks[i].isWaiting()) {
                decide(tasks[i], cancelled);
            }
        }
    }

    /** Decides that the task is cancelled, but does not stop its work. Never throws. */
    static void decide(TaskImpl<?> task, Cancelled cancelled) {
        try {
            task.decideCancelled(cancelled);
        } catch (Throwable e) {
            SafeLog.warn(LOG, "Failed to cancel {}", task, e);
        }
    }

    /** Stops the work of the cancelled tasks that no thread has stopped yet. */
    static void stop(TaskImpl<?>[] tasks, int from, int to) {
        for (int i = from; i < to; i++) {
            stop(tasks[i]);
        }
    }

    /** Stops the work of a cancelled task, unless a thread has done so. Never throws. */
    static void stop(TaskImpl<?> task) {
        try {
            task.stopCancelled();
        } catch (Throwable e) {
            SafeLog.warn(LOG, "Failed to stop the work of {}", task, e);
        }
    }
}
