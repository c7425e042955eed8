package dev.pogo.engine;

import dev.pogo.Pool;
import dev.pogo.PoolConfig;
import dev.pogo.PoolLoad;
import dev.pogo.PoolStats;
import dev.pogo.ThreadKind;
import dev.pogo.Worker;
import dev.pogo.engine.TaskState.Failed;
import dev.pogo.engine.TaskState.Saturated;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

/**
 * Admits the tasks of a {@link Pool}: takes a permit for each, or queues it until one is handed on.
 *
 * <p>Permits are handed off directly: a thread that finishes its task's work gives its permit to
 * the next waiting task and starts that task's thread. While no task waits, taking and returning a
 * permit are one atomic step each, without the lock (see {@link Permits}). As soon as a task waits,
 * everything goes through the lock, so that no permit is returned past a task that is just being
 * queued.
 */
final class PoolImpl extends LendingPool implements Pool {
    private final Timer timer;
    private final Yields yields = new Yields();

    PoolImpl(PoolConfig config, Timer timer) {
        this(config, timer, TaskThreads.of(config), new Permits(config.numThreads()));
    }

    PoolImpl(PoolConfig config, Timer timer, ThreadFactory threads) {
        this(
                config,
                timer,
                new TaskThreads(threads, name -> threads),
                new Permits(config.numThreads()));
    }

    PoolImpl(PoolConfig config, Timer timer, TaskThreads threads, Permits permits) {
        super(config, timer, threads, permits);
        this.timer = timer;
    }

    @Override
    public String name() {
        return config.name();
    }

    @Override
    public int size() {
        return config.numThreads();
    }

    @Override
    public Duration maxWait() {
        return config.maxWait();
    }

    @Override
    public ThreadKind threads() {
        return config.threads();
    }

    @Override
    public @Nullable Worker worker() {
        return config.worker();
    }

    @Override
    public PoolStats stats() {

        // Outcomes are read before what they come from, so that no snapshot has more of them.
        long succeeded = succeeded();
        long failed = history.failed();
        long cancelled = history.cancelled();
        long saturated = history.saturated();
        long admitted = history.admitted();
        PoolLoad load = load();
        history.running(load.running());
        long now = System.nanoTime();
        return new PoolStats(
                load.size(),
                load.running(),
                load.waiting(),
                load.lent(),
                load.stuck(),
                history.peakRunning(),
                peakWaiting(),
                admitted,
                succeeded,
                failed,
                cancelled,
                saturated,
                history.waits(now),
                history.runs(now));
    }

    PoolHistory history() {
        return history;
    }

    Yields yields() {
        return yields;
    }

    /** Returns the stripe that a scope takes its permits from. */
    int stripe(PogoScopeImpl scope) {
        return permits.stripe(scope.ownerId());
    }

    /**
     * Admits the task if a permit is free, otherwise queues it. If no thread can be started or
     * memory runs out, the task fails; this method throws in neither case.
     */
    void submit(TaskImpl<?> task) {
        if (tryAcquire(task.queue())) {
            startOrRelease(task, null);
            return;
        }
        try {
            submitToLine(new QueueNode(task), mayBeDoomed(task));
        } catch (OutOfMemoryError e) {
            QueueNode node = task.node();
            if (task.giveUp(Failed.of(e, System.nanoTime())) && node != null) {
                forget(node);
            }
        }
        timer.attend();
    }

    private void submitToLine(QueueNode node, boolean mayBeDoomed) {
        TaskImpl<?> task = node.task;
        PermitShare loan;
        Saturated refused;
        lock.lock();
        try {
            // A thread that cancels a waiting task first changes its state and then calls
            // forget(). So either this fails, or forget() comes later and finds the node queued.
            if (!task.lineUp(node)) {
                return;
            }
            loan = loans.borrow(task);
            refused = loan == null && mayBeDoomed ? refuseIfDoomed(task) : null;
            if (loan == null && refused == null && !acquireOrKeepWaiting(task.queue())) {
                lineUp(node);
                return;
            }
        } finally {
            lock.unlock();
        }
        if (refused == null) {
            startOrRelease(task, loan);
        } else {
            task.giveUp(refused);
        }
    }

    private void startOrRelease(TaskImpl<?> task, @Nullable PermitShare loan) {
        if (!task.start(threads, loan)) {
            release(task.queue(), loan, false);
        }
    }

    /**
     * Returns a permit: to the tasks that share it, or to a task of the pool that waits to go on,
     * or to the next waiting task that is still wanted, or else to the pool.
     *
     * @param queue the queue of the task whose work has ended
     * @param used the task's share, or null if it had a permit to itself
     * @param succeeded whether the task has succeeded and so must be counted
     */
    @Override
    void release(ScopeQueue queue, @Nullable PermitShare used, boolean succeeded) {
        if (used != null && succeeded) {
            makeRoomIf(permits.countSuccess(queue.stripe), queue);
        }
        if (used == null || !endShare(used)) {
            startOrPassOn(releaseOrTakeNext(queue, used == null && succeeded));
        }
    }

    /** Starts a task that has been given a permit, or passes the permit on. */
    private void startOrPassOn(@Nullable TaskImpl<?> task) {
        TaskImpl<?> next = task;
        while (next != null && !next.start(threads, null)) {
            next = releaseOrTakeNext(next.queue(), false);
        }
    }

    /**
     * Notes that a task was cancelled while it was running.
     *
     * @param share the task's share of a permit, or null
     */
    void wasCancelled(@Nullable PermitShare share, long cancelledAt) {
        countStopping(cancelledAt);
        SharedPermit permit = share == null ? null : share.permit();
        if (permit != null) {
            wakeExcused(permit);
        }
    }

    /** Removes a waiting task that has been cancelled. */
    void forget(QueueNode node) {
        lock.lock();
        try {
            if (waiting.remove(node)) {
                leaveWaitingModeIfEmpty();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes a permit without the lock, unless tasks wait for one. */
    private boolean tryAcquire(ScopeQueue queue) {
        if (permits.tasksWait()) {
            return false;
        }
        if (take(queue)) {
            return true;
        }
        if (permits.tasksWait()) {
            startOrPassOn(next(queue, false)); // a permit that the attempt hid from a waiter
        }
        return false;
    }

    /**
     * Returns whether the task's deadline must be checked at all. It need not be if one of this
     * pool's tasks spawns the task, since that one can lend it its own permit.
     */
    private boolean mayBeDoomed(TaskImpl<?> task) {
        if (!config.shedDoomed() || !task.isTimed()) {
            return false;
        }
        Execution spawner = Execution.current();
        return spawner == null || spawner.task().owningPool() != this;
    }

    /**
     * Gives a permit back to the pool, or returns the task whose thread is to be started with it.
     *
     * @param succeeded whether to count a task that has succeeded
     */
    private @Nullable TaskImpl<?> releaseOrTakeNext(ScopeQueue queue, boolean succeeded) {
        if (permits.tasksWait()) {
            makeRoomIf(succeeded && permits.countSuccess(queue.stripe), queue);
            return next(queue, true);
        }
        makeRoomIf(permits.give(queue.stripe, succeeded), queue);
        return permits.tasksWait() ? next(queue, false) : null;
    }

    /**
     * Passes a permit on to the task whose turn is next, if any task waits.
     *
     * @param inHand true if the caller has the permit; otherwise one is taken if it is free
     * @return the task whose thread is to be started with it, or null
     */
    private @Nullable TaskImpl<?> next(ScopeQueue queue, boolean inHand) {
        PermitShare returning;
        lock.lock();
        try {
            if (!permits.tasksWait()) {
                if (inHand) {
                    permits.give(queue.stripe, false);
                }
                return null;
            }
            if (!inHand && permits.take(queue.stripe) == 0) {
                return null;
            }
            returning = loans.takeReturning();
            if (returning == null) {
                QueueNode next = waiting.poll();
                if (next == null) {
                    leaveWaitingModeIfEmpty();
                    permits.give(queue.stripe, false);
                    return null;
                }
                wasTakenOut();
                return next.task;
            }
            leaveWaitingModeIfNobodyWaits();
        } finally {
            lock.unlock();
        }
        LockSupport.unpark(returning.thread());
        return null;
    }

    @Override
    public String toString() {
        return "Pool[" + name() + ": " + load() + "]";
    }
}
