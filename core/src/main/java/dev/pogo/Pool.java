package dev.pogo;

import dev.pogo.Lending.Await;
import dev.pogo.Phase.Failed;
import dev.pogo.Phase.Saturated;
import dev.pogo.sync.BriefLock;
import dev.pogo.sync.Timeout;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A named bound on how many tasks run at once, over all scopes of a runtime. All methods may be
 * called by any thread.
 *
 * <p>A permit goes from hand to hand: a thread that ends its task's work gives its permit to the
 * next waiting task and starts that task's thread. While no task waits, taking and returning a
 * permit is one compare-and-set; from the first waiting task on, everything goes through the lock,
 * so that no permit is returned past a task that is just lining up.
 */
public final class Pool {
    /** Value of {@link #free}: no permit is free, and tasks wait. */
    private static final int TASKS_WAIT = -1;

    /** How many tasks are expired in one go under the lock. */
    private static final int EXPIRY_BATCH = 256;

    private final PoolConfig config;
    private final long maxWaitNanos;
    private final Timer timer;
    private final TaskThreads threads;

    /**
     * The free permits, or {@link #TASKS_WAIT}. Goes to and from {@code TASKS_WAIT} only under the
     * lock; with the lock held, it is {@code TASKS_WAIT} if and only if {@link #waiting} has tasks.
     */
    private final AtomicInteger free;

    /**
     * Guards {@link #waiting} and the links in its places and lanes, and the {@link Lending}s. The
     * timer's lock may be taken under it.
     */
    private final BriefLock lock = BriefLock.outer();

    private final WaitingTasks waiting = new WaitingTasks();

    /** Those of the pool's running tasks whose threads await something; guarded by the lock. */
    private final Set<Lending> awaiting = new LinkedHashSet<>();

    /** Kept where doomed tasks are to be refused; guarded by the lock. */
    private final AdmissionRate rate = new AdmissionRate();

    private final PoolHistory history = new PoolHistory();

    /** How many permits are lent; guarded by the lock. */
    private int lent;

    /**
     * How many tasks are cancelled and have not ended. Who cancels one counts it before the
     * interrupt, and the task's thread, which waits for that, takes it out. Where the thread could
     * not be started nobody waits, so this may be less than zero for a moment.
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
        this(config, timer, TaskThreads.of(config));
    }

    Pool(PoolConfig config, Timer timer, ThreadFactory threads) {
        this(config, timer, new TaskThreads(threads, name -> threads));
    }

    private Pool(PoolConfig config, Timer timer, TaskThreads threads) {
        this.config = config;
        this.maxWaitNanos = Timeout.nanos(config.maxWait(), "maxWait");
        this.timer = timer;
        this.threads = threads;
        this.free = new AtomicInteger(config.numThreads());
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
                size(),
                size() - Math.max(0, free.get()),
                waiting.size(),
                lent,
                Math.max(0, stuck.get()));
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

    /**
     * Admits the task if a permit is free, else lines it up. For want of a thread or of memory the
     * task fails; this throws for neither.
     */
    void submit(Task<?> task) {
        if (tryAcquire()) {
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
    }

    private void submitToLine(Place place, boolean mayBeDoomed) {
        Task<?> task = place.task;
        Lending loan;
        Saturated refused;
        lock.lock();
        try {
            // Who cancels a waiting task changes its phase first and calls forget() then. So
            // either this fails, or forget() comes after it and finds the place in the line.
            if (!task.lineUp(place)) {
                return;
            }
            loan = borrow(task);
            refused = loan == null && mayBeDoomed ? refuseIfDoomed(task) : null;
            if (loan == null && refused == null && !acquireOrKeepWaiting()) {
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

    private void startOrRelease(Task<?> task, @Nullable Lending loan) {
        if (!start(task, loan)) {
            release(loan);
        }
    }

    /**
     * Returns a permit: to whom it was borrowed from, or to the next waiting task that is still
     * wanted, else to the pool.
     *
     * @param used what the thread that used the permit has to do with other tasks' permits, or null
     *     if nothing
     */
    void release(@Nullable Lending used) {
        Lending ended = used;
        while (ended != null) {
            Lending loan;
            lock.lock();
            try {
                Lending lender = ended.lender();
                boolean kept = ended.hasLent();
                if (!kept && lender == null) {
                    break;
                }
                lent--;
                ended.leave();
                loan = kept || lender == null ? null : lendNext(lender);
            } finally {
                lock.unlock();
            }
            if (loan == null || start(loan.task, loan)) {
                return;
            }
            ended = loan;
        }
        Task<?> next;
        do {
            next = releaseOrTakeNext();
        } while (next != null && !start(next, null));
    }

    /**
     * The thread of one of this pool's tasks is about to wait. Meanwhile it lends its permit to
     * those of the awaited tasks that wait in its own pool, one after the other.
     */
    void beginAwait(Lending lender, Await await) {
        Lending loan;
        lock.lock();
        try {
            lender.await = await;
            awaiting.add(lender);
            Lending holder = lender.holder();
            loan = holder == null ? null : lendNext(holder);
        } finally {
            lock.unlock();
        }
        if (loan != null && !start(loan.task, loan)) {
            release(loan);
        }
    }

    /** It waits no longer, so nothing more is lent. */
    void endAwait(Lending lender) {
        lock.lock();
        try {
            Await await = lender.await;
            if (await != null && await.lane() != null) {
                await.lane().removeIdle(lender);
            }
            awaiting.remove(lender);
            lender.await = null;
        } finally {
            lock.unlock();
        }
    }

    /** A task was cancelled while it was running. */
    void countStuck() {
        stuck.incrementAndGet();
    }

    /** It has ended. */
    void uncountStuck() {
        stuck.decrementAndGet();
    }

    /**
     * One of the pool's running tasks if all of them await other tasks, so that none gives its
     * permit back by itself; else null.
     *
     * @param alsoAwaiting a task that counts as awaiting, if it is of this pool
     */
    @Nullable Task<?> stalled(@Nullable Task<?> alsoAwaiting) {
        lock.lock();
        try {
            Task<?> other =
                    alsoAwaiting != null && alsoAwaiting.owningPool() == this ? alsoAwaiting : null;
            int awaitingNow = awaiting.size() + (other == null ? 0 : 1);
            if (free.get() > 0 || awaitingNow < size() + lent) {
                return null;
            }
            return awaiting.isEmpty() ? other : awaiting.iterator().next().task;
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

    private boolean tryAcquire() {
        int permits;
        while ((permits = free.get()) > 0) {
            if (free.compareAndSet(permits, permits - 1)) {
                history.running(size() - permits + 1);
                return true;
            }
        }
        return false;
    }

    private boolean tryRelease() {
        int permits;
        while ((permits = free.get()) != TASKS_WAIT) {
            if (free.compareAndSet(permits, permits + 1)) {
                return true;
            }
        }
        return false;
    }

    /** Takes a permit, or else makes this a pool where tasks wait; with the lock held. */
    private boolean acquireOrKeepWaiting() {
        while (free.get() != TASKS_WAIT && !free.compareAndSet(0, TASKS_WAIT)) {
            if (tryAcquire()) {
                return true;
            }
        }
        return false;
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

    /** With the lock held, and no permit to be had. */
    private void lineUp(Place place) {
        waiting.add(place);
        if (waiting.size() == 1) {
            timer.arm(expiry, place.task.spawnedAt() + maxWaitNanos);
        }
    }

    /** Lends the permit of a task that awaits all of the scope; with the lock held. */
    private @Nullable Lending borrow(Task<?> task) {
        Lending lender = task.lane().idle();
        if (lender == null) {
            return null;
        }
        Lending loan = new Lending(task);
        lend(lender, loan);
        return loan;
    }

    /**
     * Lends the permit that the holder has no use for, if it awaits something, to a waiting task;
     * with the lock held.
     */
    private @Nullable Lending lendNext(Lending holder) {
        Await await = holder.await;
        if (await == null) {
            return null;
        }
        Place place = await.reached().getAsBoolean() ? null : holder.nextWaiting(waiting);
        if (place == null) {
            if (await.lane() != null && await.awaited().mayGrow()) {
                await.lane().addIdle(holder);
            }
            return null;
        }
        // Before anything is changed, for it is what may fail.
        Lending loan = new Lending(place.task);
        waiting.remove(place);
        wasTakenOut();
        lend(holder, loan);
        return loan;
    }

    private void lend(Lending lender, Lending loan) {
        Await await = lender.await;
        if (await != null && await.lane() != null) {
            await.lane().removeIdle(lender);
        }
        lender.lendTo(loan);
        lent++;
    }

    /** A task has left the line to be admitted; with the lock held. */
    private void wasTakenOut() {
        if (config.shedDoomed()) {
            rate.admitted(System.nanoTime());
        }
        leaveWaitingModeIfEmpty();
    }

    private @Nullable Task<?> releaseOrTakeNext() {
        if (tryRelease()) {
            return null;
        }
        lock.lock();
        try {
            if (tryRelease()) {
                return null;
            }
            Place next = waiting.poll();
            wasTakenOut();
            return next == null ? null : next.task;
        } finally {
            lock.unlock();
        }
    }

    private void leaveWaitingModeIfEmpty() {
        if (waiting.isEmpty()) {
            free.set(0);
            timer.disarm(expiry);
            rate.forget();
        }
    }

    /**
     * Starts the task's thread. The caller holds a permit for it, and keeps it if this returns
     * false: the task was cancelled or expired, or there was no thread to be had.
     *
     * @param loan the permit if it is a borrowed one, else null
     */
    private boolean start(Task<?> task, @Nullable Lending loan) {
        Execution execution;
        try {
            execution = new Execution(task, threads.forTask(task.givenName()), loan);
        } catch (Throwable e) {
            task.giveUp(Failed.of(e, System.nanoTime()));
            return false;
        }
        return task.admit(execution) && execution.start();
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
            Saturated outcome = new Saturated(load, cycle(), null, System.nanoTime());
            for (Task<?> task : overdue) {
                task.giveUp(outcome);
            }
        } while (overdue.size() == EXPIRY_BATCH);
    }

    /** Never throws: the tasks have left the line, and are to have their outcome. */
    private List<String> cycle() {
        try {
            return WaitCycle.through(this);
        } catch (Throwable e) {
            return List.of();
        }
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
                    timer.arm(expiry, due);
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
