package dev.pogo;

import dev.pogo.PermitShare.Await;
import dev.pogo.Phase.Failed;
import dev.pogo.Phase.Saturated;
import dev.pogo.sync.BriefLock;
import dev.pogo.sync.Timeout;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A named bound on how many tasks run at once, over all scopes of a runtime. All methods may be
 * called by any thread.
 *
 * <p>A permit goes from hand to hand: a thread that ends its task's work gives its permit to the
 * next waiting task and starts that task's thread. While no task waits, taking and returning a
 * permit is one step each, without the lock, see {@link Permits}; from the first waiting task on,
 * everything goes through the lock, so that no permit is returned past a task that is just lining
 * up.
 */
public final class Pool {
    /** How many tasks are expired in one go under the lock. */
    private static final int EXPIRY_BATCH = 256;

    private final PoolConfig config;
    private final long maxWaitNanos;
    private final Timer timer;
    private final TaskThreads threads;

    /**
     * The free permits. While nobody holds the lock, {@link Permits#tasksWait()} is true if and
     * only if {@link #waiting} has tasks or {@link #loans} has some that wait to go on; then a
     * permit is free only if who has given it back is about to hand it on.
     */
    private final Permits permits;

    /**
     * Guards {@link #waiting} and the links in its places and lanes, and {@link #loans}. The
     * timer's lock may be taken under it.
     */
    private final BriefLock lock = BriefLock.outer();

    private final WaitingTasks waiting = new WaitingTasks();

    /** Guarded by the lock. */
    private final Loans loans = new Loans(waiting);

    /** Kept where doomed tasks are to be refused; guarded by the lock. */
    private final AdmissionRate rate = new AdmissionRate();

    private final PoolHistory history;

    private final Yields yields = new Yields();

    /**
     * How many tasks are cancelled and have not ended. Who cancels one counts it after that, and
     * the task's end takes it out. Another thread may bring that about in between, so this may be
     * less than zero for a moment.
     */
    private final AtomicInteger stuck = new AtomicInteger();

    /**
     * The pool's one timer. While tasks wait it is armed, for when the oldest expires or earlier.
     */
    private final Timer.Alarm expiry =
            new Timer.Alarm() {
                @Override
                void ring() {
                    expireOverdue();
                }
            };

    Pool(PoolConfig config, Timer timer) {
        this(config, timer, TaskThreads.of(config), new Permits(config.numThreads()));
    }

    Pool(PoolConfig config, Timer timer, ThreadFactory threads) {
        this(
                config,
                timer,
                new TaskThreads(threads, name -> threads),
                new Permits(config.numThreads()));
    }

    Pool(PoolConfig config, Timer timer, TaskThreads threads, Permits permits) {
        this.config = config;
        this.maxWaitNanos = Timeout.nanos(config.maxWait(), "maxWait");
        this.timer = timer;
        this.threads = threads;
        this.permits = permits;
        this.history = new PoolHistory(permits, this::succeeded);
    }

    /**
     * The pool's name.
     *
     * @return the name, not blank
     */
    public String name() {
        return config.name();
    }

    /**
     * How many tasks may run at once.
     *
     * @return the number of permits, at least 1
     */
    public int size() {
        return config.numThreads();
    }

    /**
     * How long a task may wait for a permit.
     *
     * @return the time, more than zero
     */
    public Duration maxWait() {
        return config.maxWait();
    }

    /**
     * What the pool's tasks run on.
     *
     * @return the kind of thread
     */
    public ThreadKind threads() {
        return config.threads();
    }

    /**
     * What runs the pool's jobs, as {@link Worker#start} gave it.
     *
     * @return the worker, null if the jobs run in this process
     */
    public @Nullable Worker worker() {
        return config.worker();
    }

    /**
     * The pool's numbers at this moment, and what its tasks have done so far. To put the times
     * together takes less than a millisecond, in which no task is held up.
     *
     * @return a snapshot
     */
    public PoolStats stats() {
        return PoolStats.of(this);
    }

    /** What there is to do at this moment. */
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

    /** How many tasks have given their value. */
    long succeeded() {
        lock.lock();
        try {
            return permits.succeeded();
        } finally {
            lock.unlock();
        }
    }

    /** The most tasks that have waited at once. */
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

    /** Where a scope takes its permits from. */
    int stripe(PogoScope scope) {
        return permits.stripe(scope.ownerId());
    }

    /**
     * Admits the task if a permit is free, else lines it up. For want of a thread or of memory the
     * task fails; this throws for neither.
     */
    void submit(Task<?> task) {
        if (tryAcquire(task.lane())) {
            startOrRelease(task, null);
            return;
        }
        try {
            submitToLine(new Place(task), mayBeDoomed(task));
        } catch (OutOfMemoryError e) {
            Place place = task.place();
            if (task.giveUp(Failed.of(e, System.nanoTime())) && place != null) {
                forget(place);
            }
        }
        timer.attend();
    }

    private void submitToLine(Place place, boolean mayBeDoomed) {
        Task<?> task = place.task;
        PermitShare loan;
        Saturated refused;
        lock.lock();
        try {
            // Who cancels a waiting task changes its phase first and calls forget() then. So
            // either this fails, or forget() comes after it and finds the place in the line.
            if (!task.lineUp(place)) {
                return;
            }
            loan = loans.borrow(task);
            refused = loan == null && mayBeDoomed ? refuseIfDoomed(task) : null;
            if (loan == null && refused == null && !acquireOrKeepWaiting(task.lane())) {
                lineUp(place);
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

    private void startOrRelease(Task<?> task, @Nullable PermitShare loan) {
        if (!task.start(threads, loan)) {
            release(task.lane(), loan, false);
        }
    }

    /**
     * Returns a permit: to those who share it, or to a task of the pool that waits to go on, or to
     * the next waiting task that is still wanted, else to the pool.
     *
     * @param lane that of the task whose work has ended
     * @param used its share, or null if it had a permit to itself
     * @param succeeded whether it has given its value, and so is to be counted
     */
    void release(Lane lane, @Nullable PermitShare used, boolean succeeded) {
        PermitShare ended = used;
        if (ended != null && succeeded) {
            makeRoomIf(permits.countSuccess(lane.stripe), lane);
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
        startOrPassOn(releaseOrTakeNext(lane, used == null && succeeded));
    }

    /** Starts a task that has got a permit, or passes that on. */
    private void startOrPassOn(@Nullable Task<?> task) {
        Task<?> next = task;
        while (next != null && !next.start(threads, null)) {
            next = releaseOrTakeNext(next.lane(), false);
        }
    }

    /** The thread of one of this pool's tasks is about to wait, and lends its permit meanwhile. */
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
            release(next.task.lane(), next, false);
        }
    }

    /**
     * It waits no longer, so nothing more is lent.
     *
     * @param interrupted whether an interrupt has ended the await
     * @return whether the thread may go on; else the share {@linkplain PermitShare#returns returns}
     */
    boolean endAwait(PermitShare share, boolean interrupted) {
        lock.lock();
        try {
            loans.endAwait(share);
            if (loans.takeIdle(share)) {
                return true;
            }
            Lane lane = share.task.lane();
            if (!permits.tasksWait() && take(lane)) {
                loans.goOnAlone(share);
                return true;
            }
            if (interrupted || loans.isExcused(share)) {
                goBesideLocked(share);
                return true;
            }
            if (acquireOrKeepWaiting(lane)) {
                loans.goOnAlone(share);
                return true;
            }
            loans.waitToGoOn(share);
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** A task that waits to go on was interrupted, and so goes on without a permit. */
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
     * Lets tasks go on that wait for a permit which a cancelled task has, directly or through its
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

    /** Passes an idle permit on among those who share it; with the lock held. */
    private @Nullable PermitShare passOn(SharedPermit permit) {
        PermitShare next = loans.passOn(permit);
        wasPassedOn(next);
        return next;
    }

    /** With the lock held. */
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

    /** Lets a task use the permit that it has got; false if it is a loan that nobody can use. */
    private boolean proceed(PermitShare next) {
        Thread waiting = next.thread();
        if (waiting == null) {
            return next.task.start(threads, next);
        }
        LockSupport.unpark(waiting);
        return true;
    }

    /**
     * A task was cancelled while it was running.
     *
     * @param share its part in a shared permit, or null
     */
    void wasCancelled(@Nullable PermitShare share) {
        stuck.incrementAndGet();
        SharedPermit permit = share == null ? null : share.permit();
        if (permit != null) {
            wakeExcused(permit);
        }
    }

    /** It has ended. */
    void uncountStuck() {
        stuck.decrementAndGet();
    }

    /**
     * One of the pool's running tasks if all of them await other tasks, so that none gives its
     * permit back by itself; else null.
     */
    @Nullable Task<?> stalled() {
        lock.lock();
        try {
            boolean anyRuns =
                    permits.anyFree() || loans.awaiting() < size() + loans.lent() + loans.beside();
            return anyRuns ? null : loans.anyAwaiting();
        } finally {
            lock.unlock();
        }
    }

    /** A task that was waiting has been cancelled. */
    void forget(Place place) {
        lock.lock();
        try {
            if (waiting.remove(place)) {
                leaveWaitingModeIfEmpty();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes a permit, unless tasks wait for one; without the lock. */
    private boolean tryAcquire(Lane lane) {
        if (permits.tasksWait()) {
            return false;
        }
        if (take(lane)) {
            return true;
        }
        if (permits.tasksWait()) {
            startOrPassOn(next(lane, false)); // one that the try has hidden from who waits
        }
        return false;
    }

    private boolean take(Lane lane) {
        int taken = permits.take(lane.stripe);
        if (taken == 0) {
            return false;
        }
        history.running(taken + loans.beside());
        return true;
    }

    /** Takes a permit, or else makes this a pool where tasks wait; with the lock held. */
    private boolean acquireOrKeepWaiting(Lane lane) {
        if (permits.tasksWait()) {
            return false;
        }
        permits.setTasksWait(true);
        if (take(lane)) {
            permits.setTasksWait(false);
            return true;
        }
        history.running(size());
        return false;
    }

    /** See {@link Permits#moveSuccesses}; without the lock. */
    private void makeRoomIf(boolean tooMany, Lane lane) {
        if (tooMany) {
            lock.lock();
            try {
                permits.moveSuccesses(lane.stripe);
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Whether a look at the task's deadline is wanted at all. It is not if one of this pool's tasks
     * spawns it: that can lend it its own permit.
     */
    private boolean mayBeDoomed(Task<?> task) {
        if (!config.shedDoomed() || !task.scope().hasDeadline()) {
            return false;
        }
        Execution spawner = Execution.current();
        return spawner == null || spawner.task().owningPool() != this;
    }

    /**
     * How the task ends if its scope's deadline comes before its turn, else null; with the lock
     * held. Before its turn come the tasks of its scope that wait, and at least one of each other
     * scope, unless that is nested in a task of this pool: so this is the least that it would have
     * to wait, as long as the pool is no faster than lately and nobody gives up.
     */
    private @Nullable Saturated refuseIfDoomed(Task<?> task) {
        if (waiting.isEmpty()) {
            return null;
        }
        Lane lane = task.lane();
        long now = System.nanoTime();
        int others = waiting.lanes() - (lane.waiting > 0 && !lane.lentTo() ? 1 : 0);
        long ahead = (long) lane.waiting + others;
        long estimate = rate.nanosFor(ahead, now);
        Duration left = task.remaining();
        return estimate <= left.toNanos()
                ? null
                : new Saturated(loadLocked(), List.of(), Duration.ofNanos(estimate), now);
    }

    /** With the lock held, and no permit to be had; the timer is to be attended to afterwards. */
    private void lineUp(Place place) {
        waiting.add(place);
        if (waiting.size() == 1) {
            timer.note(expiry, place.task.spawnedAt() + maxWaitNanos);
        }
    }

    /** A task has left the line to be admitted; with the lock held. */
    private void wasTakenOut() {
        if (config.shedDoomed()) {
            rate.admitted(System.nanoTime());
        }
        leaveWaitingModeIfEmpty();
    }

    /**
     * Returns a permit to the pool, or gives the task whose thread is to be started with it.
     *
     * @param succeeded whether a task has that is to be counted
     */
    private @Nullable Task<?> releaseOrTakeNext(Lane lane, boolean succeeded) {
        if (permits.tasksWait()) {
            makeRoomIf(succeeded && permits.countSuccess(lane.stripe), lane);
            return next(lane, true);
        }
        makeRoomIf(permits.give(lane.stripe, succeeded), lane);
        return permits.tasksWait() ? next(lane, false) : null;
    }

    /**
     * Has a permit go on to who is first in the line, if anybody waits.
     *
     * @param inHand whether the caller has the permit, else it is taken if there is one
     * @return the task whose thread is to be started with it, or null
     */
    private @Nullable Task<?> next(Lane lane, boolean inHand) {
        PermitShare returning;
        lock.lock();
        try {
            if (!permits.tasksWait()) {
                if (inHand) {
                    permits.give(lane.stripe, false);
                }
                return null;
            }
            if (!inHand && permits.take(lane.stripe) == 0) {
                return null;
            }
            returning = loans.takeReturning();
            if (returning == null) {
                Place next = waiting.poll();
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
     * Fails every task that has waited for {@code max_wait}. They are taken out in batches, so that
     * a long queue does not hold up those who admit or line up meanwhile.
     */
    private void expireOverdue() {
        List<Task<?>> overdue = new ArrayList<>(EXPIRY_BATCH);
        do {
            overdue.clear();
            PoolLoad load = takeOverdue(overdue);
            if (overdue.isEmpty()) {
                return;
            }
            Saturated outcome =
                    new Saturated(load, WaitCycle.through(this), null, System.nanoTime());
            for (Task<?> task : overdue) {
                task.giveUp(outcome);
            }
        } while (overdue.size() == EXPIRY_BATCH);
    }

    /** With the pool's numbers as of before. */
    private PoolLoad takeOverdue(List<Task<?>> overdue) {
        lock.lock();
        try {
            long now = System.nanoTime();
            PoolLoad load = loadLocked();
            Place oldest;
            while ((oldest = waiting.oldest()) != null && overdue.size() < EXPIRY_BATCH) {
                long due = oldest.task.spawnedAt() + maxWaitNanos;
                if (due - now > 0) {
                    timer.note(expiry, due); // on its own thread, which looks at it next
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
        return "Pool[" + name() + ": " + load().words() + "]";
    }
}
