package dev.pogo.engine;

import dev.pogo.PoolConfig;
import dev.pogo.PoolLoad;
import dev.pogo.engine.TaskState.Saturated;
import dev.pogo.util.SpinLock;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;

/**
 * The permits of a pool and the tasks that wait for them, with the steps that are done under the
 * pool's lock.
 */
abstract sealed class PoolState permits LendingPool {
    final PoolConfig config;

    /**
     * The free permits. While no thread holds the lock, {@link Permits#tasksWait()} is true if and
     * only if {@link #waiting} has tasks or {@link #loans} has tasks that wait to go on. A permit
     * is then free only if the thread that has given it back is about to hand it on.
     */
    final Permits permits;

    /**
     * Guards {@link #waiting} and the links in its nodes and queues, and {@link #loans}. The
     * timer's lock may be taken under it.
     */
    final SpinLock lock = SpinLock.outer();

    final WaitingTasks waiting = new WaitingTasks();

    /** Guarded by the lock. */
    final Loans loans = new Loans(waiting);

    /** Maintained only if doomed tasks are refused. Guarded by the lock. */
    private final AdmissionRate rate = new AdmissionRate();

    final PoolHistory history;

    /** Guarded by the lock. */
    private final StuckTasks stuck = new StuckTasks(System.nanoTime());

    /** Armed while tasks wait. */
    private final Expiry expiry;

    PoolState(PoolConfig config, Timer timer, Permits permits) {
        this.config = config;
        this.permits = permits;
        this.history = new PoolHistory(permits, this::succeeded);
        this.expiry = new Expiry(this, timer);
    }

    /** Returns the load at this moment. */
    final PoolLoad load() {
        lock.lock();
        try {
            return loadLocked();
        } finally {
            lock.unlock();
        }
    }

    final PoolLoad loadLocked() {
        return new PoolLoad(
                config.numThreads(),
                runningLocked(),
                waiting.size(),
                loans.lent(),
                stuck.count(System.nanoTime()));
    }

    final int runningLocked() {
        return permits.taken() + loans.beside();
    }

    /** Counts a task that goes on after its cancellation at the given time. */
    final void countStopping(long cancelledAt) {
        lock.lock();
        try {
            stuck.add(cancelledAt);
        } finally {
            lock.unlock();
        }
    }

    /** Removes a task that has ended after its cancellation from the count. */
    final void uncountStopping(long cancelledAt) {
        lock.lock();
        try {
            stuck.remove(cancelledAt);
        } finally {
            lock.unlock();
        }
    }

    /** Returns the number of tasks that have succeeded. */
    final long succeeded() {
        lock.lock();
        try {
            return permits.succeeded();
        } finally {
            lock.unlock();
        }
    }

    /** Returns the largest number of tasks that have waited at once. */
    final int peakWaiting() {
        lock.lock();
        try {
            return waiting.peakSize();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns one of the pool's running tasks if all of them await other tasks, so that none gives
     * its permit back by itself; otherwise null.
     */
    final @Nullable TaskImpl<?> stalled() {
        lock.lock();
        try {
            boolean anyRuns =
                    permits.anyFree()
                            || loans.awaiting()
                                    < config.numThreads() + loans.lent() + loans.beside();
            return anyRuns ? null : loans.anyAwaiting();
        } finally {
            lock.unlock();
        }
    }

    final boolean take(ScopeQueue queue) {
        int taken = permits.take(queue.stripe);
        if (taken == 0) {
            return false;
        }
        history.running(taken + loans.beside());
        return true;
    }

    /** Takes a permit, or else records that tasks wait. Must be called with the lock held. */
    final boolean acquireOrKeepWaiting(ScopeQueue queue) {
        if (permits.tasksWait()) {
            return false;
        }
        permits.setTasksWait(true);
        if (take(queue)) {
            permits.setTasksWait(false);
            return true;
        }
        history.running(config.numThreads());
        return false;
    }

    /** See {@link Permits#moveSuccesses}. Must be called without the lock held. */
    final void makeRoomIf(boolean tooMany, ScopeQueue queue) {
        if (tooMany) {
            lock.lock();
            try {
                permits.moveSuccesses(queue.stripe);
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Returns the task's outcome if its scope's deadline comes before its turn, otherwise null.
     * Must be called with the lock held. Ahead of the task are the waiting tasks of its scope, and
     * at least one of each other scope, unless that scope is nested in a task of this pool. So the
     * estimate is the least time that the task would have to wait, as long as the pool is no faster
     * than lately and no task gives up.
     */
    final @Nullable Saturated refuseIfDoomed(TaskImpl<?> task) {
        if (waiting.isEmpty()) {
            return null;
        }
        ScopeQueue queue = task.queue();
        long now = System.nanoTime();
        int others = waiting.queues() - (queue.waiting > 0 && !queue.lentTo() ? 1 : 0);
        long ahead = (long) queue.waiting + others;
        long estimate = rate.nanosFor(ahead, now);
        Duration left = task.remaining();
        return estimate <= left.toNanos()
                ? null
                : new Saturated(loadLocked(), List.of(), Duration.ofNanos(estimate), now);
    }

    /**
     * Queues a task when no permit is free. Must be called with the lock held; the timer must be
     * attended to afterwards.
     */
    final void lineUp(QueueNode node) {
        try {
            expiry.ensureArmed(node);
        } catch (OutOfMemoryError e) {
            leaveWaitingModeIfNobodyWaits(); // or the next permit would be kept for a waiting task
            throw e;
        }
        waiting.add(node);
    }

    /** Records that a task has left the queue to be admitted. Called with the lock held. */
    final void wasTakenOut() {
        if (config.shedDoomed()) {
            rate.admitted(System.nanoTime());
        }
        leaveWaitingModeIfEmpty();
    }

    final void leaveWaitingModeIfEmpty() {
        if (waiting.isEmpty()) {
            expiry.disarm();
            rate.forget();
            leaveWaitingModeIfNobodyWaits();
        }
    }

    final void leaveWaitingModeIfNobodyWaits() {
        if (waiting.isEmpty() && !loans.anyReturns() && permits.tasksWait()) {
            permits.setTasksWait(false);
        }
    }
}
