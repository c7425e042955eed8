package dev.pogo.engine;

import dev.pogo.Pool;
import dev.pogo.PoolConfig;
import dev.pogo.PoolLoad;
import dev.pogo.PoolStats;
import dev.pogo.ThreadKind;
import dev.pogo.Worker;
import dev.pogo.engine.PermitShare.Await;
import dev.pogo.engine.TaskState.Failed;
import dev.pogo.engine.TaskState.Saturated;
import dev.pogo.util.SpinLock;
import dev.pogo.util.Timeout;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A {@link Pool} with its permits and its waiting tasks.
 *
 * <p>Permits are handed off directly: a thread that finishes its task's work gives its permit to
 * the next waiting task and starts that task's thread. While no task waits, taking and returning a
 * permit are one atomic step each, without the lock (see {@link Permits}). As soon as a task waits,
 * everything goes through the lock, so that no permit is returned past a task that is just being
 * queued.
 */
final class PoolImpl implements Pool {
    /** Largest number of tasks that are expired at a time under the lock. */
    private static final int EXPIRY_BATCH = 256;

    private final PoolConfig config;
    private final long maxWaitNanos;
    private final Timer timer;
    private final TaskThreads threads;

    /**
     * The free permits. While no thread holds the lock, {@link Permits#tasksWait()} is true if and
     * only if {@link #waiting} has tasks or {@link #loans} has tasks that wait to go on. A permit
     * is then free only if the thread that has given it back is about to hand it on.
     */
    private final Permits permits;

    /**
     * Guards {@link #waiting} and the links in its nodes and queues, and {@link #loans}. The
     * timer's lock may be taken under it.
     */
    private final SpinLock lock = SpinLock.outer();

    private final WaitingTasks waiting = new WaitingTasks();

    /** Guarded by the lock. */
    private final Loans loans = new Loans(waiting);

    /** Maintained only if doomed tasks are refused. Guarded by the lock. */
    private final AdmissionRate rate = new AdmissionRate();

    private final PoolHistory history;

    private final Yields yields = new Yields();

    /**
     * Number of tasks that are cancelled and have not ended. A thread that cancels a task counts it
     * afterwards, and the task's end removes it from the count. The task may end on another thread
     * in between, so this may be less than zero for a moment.
     */
    private final AtomicInteger stuck = new AtomicInteger();

    /**
     * The pool's only alarm. While tasks wait, it is armed for the time at which the oldest
     * expires, or earlier.
     */
    private final Timer.Alarm expiry =
            new Timer.Alarm() {
                @Override
                void ring() {
                    expireOverdue();
                }
            };

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
        this.config = config;
        this.maxWaitNanos = Timeout.nanos(config.maxWait(), "maxWait");
        this.timer = timer;
        this.threads = threads;
        this.permits = permits;
        this.history = new PoolHistory(permits, this::succeeded);
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

    /** Returns the load at this moment. */
    PoolLoad load() {
        lock.lock();
        try {
            return loadLocked();
        } finally {
            lock.unlock();
        }
    }

    private PoolLoad loadLocked() {
        return new PoolLoad(
                size(), runningLocked(), waiting.size(), loans.lent(), Math.max(0, stuck.get()));
    }

    private int runningLocked() {
        return permits.taken() + loans.beside();
    }

    /** Returns the number of tasks that have succeeded. */
    long succeeded() {
        lock.lock();
        try {
            return permits.succeeded();
        } finally {
            lock.unlock();
        }
    }

    /** Returns the largest number of tasks that have waited at once. */
    int peakWaiting() {
        lock.lock();
        try {
            return waiting.peakSize();
        } finally {
            lock.unlock();
        }
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
    void release(ScopeQueue queue, @Nullable PermitShare used, boolean succeeded) {
        PermitShare ended = used;
        if (ended != null && succeeded) {
            makeRoomIf(permits.countSuccess(queue.stripe), queue);
        }
        while (ended != null) {
            SharedPermit permit;
            PermitShare next = null;
            boolean mayExcuse = false;
            lock.lock();
            try {
                permit = loans.leave(ended);
                if (permit != null) {
                    next = permit.isIdle() ? passOn(permit) : null;
                    mayExcuse = permit.anyReturns();
                }
            } finally {
                lock.unlock();
            }
            if (permit == null) {
                break;
            }
            if (mayExcuse) {
                wakeExcused(permit);
            }
            if (next == null || proceed(next)) {
                return;
            }
            ended = next;
        }
        startOrPassOn(releaseOrTakeNext(queue, used == null && succeeded));
    }

    /** Starts a task that has been given a permit, or passes the permit on. */
    private void startOrPassOn(@Nullable TaskImpl<?> task) {
        TaskImpl<?> next = task;
        while (next != null && !next.start(threads, null)) {
            next = releaseOrTakeNext(next.queue(), false);
        }
    }

    /** Begins an await of one of this pool's tasks, whose thread lends its permit meanwhile. */
    void beginAwait(PermitShare share, Await await) {
        SharedPermit permit = share.permit();
        PermitShare next;
        boolean mayExcuse;
        lock.lock();
        try {
            next = loans.beginAwait(share, await);
            wasPassedOn(next);
            mayExcuse = permit != null && permit.anyReturns();
        } finally {
            lock.unlock();
        }
        if (permit != null && mayExcuse) {
            wakeExcused(permit);
        }
        if (next != null && !proceed(next)) {
            release(next.task.queue(), next, false);
        }
    }

    /**
     * Ends an await, so that nothing more is lent.
     *
     * @param interrupted whether an interrupt has ended the await
     * @return true if the thread may go on; false if the share {@linkplain PermitShare#returns
     *     waits for a permit}
     */
    boolean endAwait(PermitShare share, boolean interrupted) {
        lock.lock();
        try {
            loans.endAwait(share);
            if (loans.takeIdle(share)) {
                return true;
            }
            ScopeQueue queue = share.task.queue();
            if (!permits.tasksWait() && take(queue)) {
                loans.goOnAlone(share);
                return true;
            }
            if (interrupted || loans.isExcused(share)) {
                goBesideLocked(share);
                return true;
            }
            if (acquireOrKeepWaiting(queue)) {
                loans.goOnAlone(share);
                return true;
            }
            loans.waitToGoOn(share);
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Lets a task that waits to go on continue without a permit, since it was interrupted. */
    void goBeside(PermitShare share) {
        lock.lock();
        try {
            if (share.returns()) {
                goBesideLocked(share);
            }
        } finally {
            lock.unlock();
        }
    }

    private void goBesideLocked(PermitShare share) {
        loans.goBeside(share);
        history.running(runningLocked());
        leaveWaitingModeIfNobodyWaits();
    }

    /**
     * Lets tasks go on that wait for a permit held by a cancelled task, directly or through its
     * loans.
     */
    private void wakeExcused(SharedPermit permit) {
        PermitShare excused;
        do {
            lock.lock();
            try {
                excused = permit.nextExcused();
                if (excused != null) {
                    goBesideLocked(excused);
                }
            } finally {
                lock.unlock();
            }
            if (excused != null) {
                LockSupport.unpark(excused.thread());
            }
        } while (excused != null);
    }

    /** Passes an idle permit on among the tasks that share it. Called with the lock held. */
    private @Nullable PermitShare passOn(SharedPermit permit) {
        PermitShare next = loans.passOn(permit);
        wasPassedOn(next);
        return next;
    }

    /** Must be called with the lock held. */
    private void wasPassedOn(@Nullable PermitShare next) {
        if (next == null) {
            return;
        }
        if (next.thread() == null) {
            wasTakenOut();
        } else {
            leaveWaitingModeIfNobodyWaits();
        }
    }

    /** Lets a task use its new permit; returns false for a loan that it cannot use. */
    private boolean proceed(PermitShare next) {
        Thread waiting = next.thread();
        if (waiting == null) {
            return next.task.start(threads, next);
        }
        LockSupport.unpark(waiting);
        return true;
    }

    /**
     * Counts a task that was cancelled while it was running.
     *
     * @param share the task's share of a permit, or null
     */
    void wasCancelled(@Nullable PermitShare share) {
        stuck.incrementAndGet();
        SharedPermit permit = share == null ? null : share.permit();
        if (permit != null) {
            wakeExcused(permit);
        }
    }

    /** Removes a cancelled task that has ended from the count. */
    void uncountStuck() {
        stuck.decrementAndGet();
    }

    /**
     * Returns one of the pool's running tasks if all of them await other tasks, so that none gives
     * its permit back by itself; otherwise null.
     */
    @Nullable TaskImpl<?> stalled() {
        lock.lock();
        try {
            boolean anyRuns =
                    permits.anyFree() || loans.awaiting() < size() + loans.lent() + loans.beside();
            return anyRuns ? null : loans.anyAwaiting();
        } finally {
            lock.unlock();
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

    private boolean take(ScopeQueue queue) {
        int taken = permits.take(queue.stripe);
        if (taken == 0) {
            return false;
        }
        history.running(taken + loans.beside());
        return true;
    }

    /** Takes a permit, or else records that tasks wait. Must be called with the lock held. */
    private boolean acquireOrKeepWaiting(ScopeQueue queue) {
        if (permits.tasksWait()) {
            return false;
        }
        permits.setTasksWait(true);
        if (take(queue)) {
            permits.setTasksWait(false);
            return true;
        }
        history.running(size());
        return false;
    }

    /** See {@link Permits#moveSuccesses}. Must be called without the lock held. */
    private void makeRoomIf(boolean tooMany, ScopeQueue queue) {
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
     * Returns whether the task's deadline must be checked at all. It need not be if one of this
     * pool's tasks spawns the task, since that one can lend it its own permit.
     */
    private boolean mayBeDoomed(TaskImpl<?> task) {
        if (!config.shedDoomed() || !task.scope().hasDeadline()) {
            return false;
        }
        Execution spawner = Execution.current();
        return spawner == null || spawner.task().owningPool() != this;
    }

    /**
     * Returns the task's outcome if its scope's deadline comes before its turn, otherwise null.
     * Must be called with the lock held. Ahead of the task are the waiting tasks of its scope, and
     * at least one of each other scope, unless that scope is nested in a task of this pool. So the
     * estimate is the least time that the task would have to wait, as long as the pool is no faster
     * than lately and no task gives up.
     */
    private @Nullable Saturated refuseIfDoomed(TaskImpl<?> task) {
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
    private void lineUp(QueueNode node) {
        waiting.add(node);
        if (waiting.size() == 1) {
            timer.note(expiry, node.task.spawnedAt() + maxWaitNanos);
        }
    }

    /** Records that a task has left the queue to be admitted. Called with the lock held. */
    private void wasTakenOut() {
        if (config.shedDoomed()) {
            rate.admitted(System.nanoTime());
        }
        leaveWaitingModeIfEmpty();
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
                wasTakenOut();
                return next == null ? null : next.task;
            }
            leaveWaitingModeIfNobodyWaits();
        } finally {
            lock.unlock();
        }
        LockSupport.unpark(returning.thread());
        return null;
    }

    private void leaveWaitingModeIfEmpty() {
        if (waiting.isEmpty()) {
            timer.disarm(expiry);
            rate.forget();
            leaveWaitingModeIfNobodyWaits();
        }
    }

    private void leaveWaitingModeIfNobodyWaits() {
        if (waiting.isEmpty() && !loans.anyReturns() && permits.tasksWait()) {
            permits.setTasksWait(false);
        }
    }

    /**
     * Fails every task that has waited for {@code max_wait}. They are removed in batches, so that a
     * long queue does not hold up threads that admit or queue tasks meanwhile.
     */
    private void expireOverdue() {
        List<TaskImpl<?>> overdue = new ArrayList<>(EXPIRY_BATCH);
        do {
            overdue.clear();
            PoolLoad load = takeOverdue(overdue);
            if (overdue.isEmpty()) {
                return;
            }
            Saturated outcome =
                    new Saturated(load, WaitCycle.through(this), null, System.nanoTime());
            for (TaskImpl<?> task : overdue) {
                task.giveUp(outcome);
            }
        } while (overdue.size() == EXPIRY_BATCH);
    }

    /** Moves a batch of overdue tasks to the list. Returns the load before that. */
    private PoolLoad takeOverdue(List<TaskImpl<?>> overdue) {
        lock.lock();
        try {
            long now = System.nanoTime();
            PoolLoad load = loadLocked();
            QueueNode oldest;
            while ((oldest = waiting.oldest()) != null && overdue.size() < EXPIRY_BATCH) {
                long due = oldest.task.spawnedAt() + maxWaitNanos;
                if (due - now > 0) {
                    timer.note(expiry, due); // on the timer's thread, which looks at it next
                    break;
                }
                waiting.remove(oldest);
                overdue.add(oldest.task);
            }
            if (!overdue.isEmpty()) {
                leaveWaitingModeIfEmpty();
            }
            return load;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "Pool[" + name() + ": " + load() + "]";
    }
}
