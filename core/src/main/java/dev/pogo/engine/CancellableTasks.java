package dev.pogo.engine;

import dev.pogo.CancelReason;
import dev.pogo.engine.TaskState.Cancelled;
import dev.pogo.util.Nanos;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Cancels the tasks of a scope, all or those that are overdue, and waits for their end. */
abstract sealed class CancellableTasks extends TaskFailures permits ScopeTasks {
    /**
     * Interval at which a close that cannot allocate memory checks whether all tasks have ended.
     */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** Returns a task without an outcome whose own time limit has passed, once; or null. */
    final @Nullable TaskImpl<?> pollOverdue(long now) {
        lock.lock();
        try {
            LimitedTasks limited = limited();
            return limited == null ? null : limited.pollOverdue(now);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns when the next time limit of a task passes, in terms of {@link System#nanoTime()}, or
     * {@link ScopeAlarm#NEVER}.
     */
    final long nextTimeLimit() {
        lock.lock();
        try {
            LimitedTasks limited = limited();
            TaskImpl<?> next = limited == null ? null : limited.next();
            return next == null ? ScopeAlarm.NEVER : next.limitedTo();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable LimitedTasks limited() {
        ScopeExtras any = extras();
        return any == null ? null : any.limited;
    }

    /**
     * Waits until every task has ended, after they were cancelled. Without a grace period the wait
     * is unbounded by contract: nothing outlives its scope.
     *
     * @param reason why they were cancelled; the cancellation is repeated from time to time, in
     *     case it failed
     * @param grace the maximum time to wait since the close began, or null
     * @return false if the grace period is over and tasks still run
     */
    final boolean awaitAllEnded(CancelReason reason, @Nullable Duration grace, long began) {
        boolean interrupted = false;
        long nextReport = began + Stragglers.REPORT_NANOS;
        long leaveAt = began + (grace == null ? Nanos.FOREVER : Nanos.of(grace, "grace"));
        TaskImpl<?> alive;
        while ((alive = newestAlive()) != null) {
            long until = nextReport - leaveAt < 0 ? nextReport : leaveAt;
            try {
                if (waitUntilEnded(alive, until)) {
                    continue;
                }
                boolean leaving = grace != null && until == leaveAt;
                Stragglers.report(this, System.nanoTime() - began, leaving);
                if (leaving) {
                    break;
                }
                cancelAll(reason);
                nextReport += Stragglers.REPORT_NANOS;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return alive == null;
    }

    /** Waits for the end of the task. Polls if memory for a waiter cannot be allocated. */
    private static boolean waitUntilEnded(TaskImpl<?> task, long until)
            throws InterruptedException {
        try {
            return task.awaitEnd(until);
        } catch (OutOfMemoryError e) {
            while (!task.hasEnded() && until - System.nanoTime() > 0) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                LockSupport.parkNanos(task, LOOK_NANOS);
            }
            return task.hasEnded();
        }
    }

    /**
     * Cancels the tasks that have no outcome, when no more can be added or later ones do not
     * matter, and stops those that have been cancelled but not stopped.
     */
    final void cancelAll(CancelReason reason) {
        int count = size();
        if (passOver(array(), count) < count) {
            cancelAll(Cancelled.now(reason));
        }
    }

    /**
     * Cancels the tasks like {@link #cancelAll(CancelReason)}, with an outcome by which the caller
     * recognizes them afterwards.
     */
    final void cancelAll(Cancelled cancelled) {
        int count = size();
        TaskImpl<?>[] all = array();
        Cancellation.cancel(all, passOver(all, count), count, cancelled);
    }

    /** Cancels the tasks that have not been admitted. */
    final void cancelWaiting(Cancelled cancelled) {
        int count = size();
        TaskImpl<?>[] all = array();
        Cancellation.decideWaiting(all, passOver(all, count), count, cancelled);
    }

    /**
     * Decides that all tasks that were spawned before this call and have no outcome are cancelled.
     *
     * @return whether {@link #stopCancelled()} must be called next
     */
    final boolean decideCancelled(Cancelled cancelled) {
        int count = sizeInOrder();
        TaskImpl<?>[] all = array();
        Cancellation.decide(all, passOver(all, count), count, cancelled);
        return passOver(all, count) < count;
    }

    /** Stops the cancelled tasks that no thread has stopped yet. */
    final void stopCancelled() {
        int count = size();
        TaskImpl<?>[] all = array();
        Cancellation.stop(all, passOver(all, count), count);
    }
}
