package dev.pogo;

import dev.pogo.Phase.Failed;
import dev.pogo.Phase.Saturated;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    private final ThreadFactory threads;

    /**
     * The free permits, or {@link #TASKS_WAIT}. Goes to and from {@code TASKS_WAIT} only under the
     * lock; with the lock held, it is {@code TASKS_WAIT} if and only if {@link #waiting} has tasks.
     */
    private final AtomicInteger free;

    /**
     * Guards {@link #waiting} and the links in its tasks. The timer's lock may be taken under it.
     */
    private final BriefLock lock = BriefLock.outer();

    private final WaitingTasks waiting = new WaitingTasks();

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
        this(config, timer, config.threads().factory("pogo/" + config.name()));
    }

    Pool(PoolConfig config, Timer timer, ThreadFactory threads) {
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

    /** What runs the pool's jobs, or null if they run in this process. */
    @Nullable Worker worker() {
        return config.worker();
    }

    /**
     * The pool's numbers at this moment.
     *
     * @return a snapshot
     */
    public PoolStats stats() {
        lock.lock();
        try {
            return statsLocked();
        } finally {
            lock.unlock();
        }
    }

    private PoolStats statsLocked() {
        return new PoolStats(size(), size() - Math.max(0, free.get()), waiting.size());
    }

    /** Admits the task if a permit is free, else lines it up. Never throws for want of a thread. */
    void submit(Task<?> task) {
        if ((tryAcquire() || acquireOrWait(task)) && !start(task)) {
            release();
        }
    }

    /** Returns a permit: to the next waiting task that is still wanted, else to the pool. */
    void release() {
        Task<?> next;
        do {
            next = releaseOrTakeNext();
        } while (next != null && !start(next));
    }

    /** A task that was waiting has been cancelled. */
    void forget(Task<?> task) {
        lock.lock();
        try {
            if (waiting.contains(task)) {
                waiting.remove(task);
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

    /** True with a permit; false if the task waits now, or was cancelled before it could. */
    private boolean acquireOrWait(Task<?> task) {
        lock.lock();
        try {
            // Who cancels a waiting task changes its phase first and calls forget() then. So either
            // this sees the phase, or forget() finds the task enqueued.
            if (!task.isWaiting()) {
                return false;
            }
            while (free.get() != TASKS_WAIT && !free.compareAndSet(0, TASKS_WAIT)) {
                if (tryAcquire()) {
                    return true;
                }
            }
            waiting.add(task);
            if (waiting.size() == 1) {
                timer.arm(expiry, task.spawnedAt() + maxWaitNanos);
            }
            return false;
        } finally {
            lock.unlock();
        }
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
            Task<?> next = waiting.poll();
            leaveWaitingModeIfEmpty();
            return next;
        } finally {
            lock.unlock();
        }
    }

    private void leaveWaitingModeIfEmpty() {
        if (waiting.isEmpty()) {
            free.set(0);
            timer.disarm(expiry);
        }
    }

    /**
     * Starts the task's thread. The caller holds a permit for it, and keeps it if this returns
     * false: the task was cancelled or expired, or there was no thread to be had.
     */
    private boolean start(Task<?> task) {
        Execution execution;
        try {
            execution = new Execution(task, threads);
        } catch (Throwable e) {
            task.giveUp(new Failed(e, System.nanoTime(), null));
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
            Saturated outcome = takeOverdue(overdue);
            for (Task<?> task : overdue) {
                task.giveUp(outcome);
            }
        } while (!overdue.isEmpty());
    }

    private Saturated takeOverdue(List<Task<?>> overdue) {
        lock.lock();
        try {
            long now = System.nanoTime();
            Saturated outcome = new Saturated(statsLocked(), now);
            Task<?> oldest;
            while ((oldest = waiting.oldest()) != null && overdue.size() < EXPIRY_BATCH) {
                long due = oldest.spawnedAt() + maxWaitNanos;
                if (due - now > 0) {
                    timer.arm(expiry, due);
                    break;
                }
                waiting.remove(oldest);
                overdue.add(oldest);
            }
            if (!overdue.isEmpty()) {
                leaveWaitingModeIfEmpty();
            }
            return outcome;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "Pool[" + name() + ": " + stats().words() + "]";
    }
}
