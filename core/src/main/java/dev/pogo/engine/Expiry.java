package dev.pogo.engine;

import dev.pogo.PoolLoad;
import dev.pogo.engine.TaskState.Failed;
import dev.pogo.engine.TaskState.Outcome;
import dev.pogo.engine.TaskState.Saturated;
import dev.pogo.util.Nanos;
import dev.pogo.util.SafeLog;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Expires the tasks of a pool that have waited for {@code max_wait}. It is the pool's only alarm.
 * While tasks wait, it is armed for the time at which the oldest expires, or earlier.
 */
final class Expiry extends Alarm {
    /** Largest number of tasks that are expired at a time under the lock. */
    private static final int BATCH = 256;

    /** Time until the next attempt when memory runs out. */
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final Logger LOG = LoggerFactory.getLogger(Expiry.class);

    private final PoolState pool;
    private final Timer timer;
    private final long maxWaitNanos;

    /** The batch that is being expired. Confined to the timer's thread. */
    private final List<TaskImpl<?>> overdue = new ArrayList<>(BATCH);

    /** Whether this is armed as long as tasks wait. Guarded by the pool's lock. */
    private boolean armed;

    Expiry(PoolState pool, Timer timer) {
        this.pool = pool;
        this.timer = timer;
        this.maxWaitNanos = Nanos.of(pool.config.maxWait(), "maxWait");
    }

    /**
     * Arms this, unless it is armed, for the oldest task that waits. Must be called with the pool's
     * lock held, before a task is queued; the timer must be attended to afterwards.
     *
     * @param added the task that is about to be queued
     * @throws OutOfMemoryError if that needs memory and there is none; the task must then not be
     *     queued
     */
    void ensureArmed(QueueNode added) {
        if (!armed) {
            QueueNode oldest = pool.waiting.oldest();
            arm(due(oldest == null ? added : oldest));
        }
    }

    private void arm(long time) {
        timer.note(this, time);
        armed = true;
    }

    /** Called with the pool's lock held, when no task waits. */
    void disarm() {
        timer.disarm(this);
        armed = false;
    }

    /**
     * Fails every task that is overdue. They are removed in batches, so that a long queue does not
     * hold up threads that admit or queue tasks meanwhile. A task that has been removed is failed
     * even if memory runs out.
     */
    @Override
    void fire() {
        boolean full;
        do {
            PoolLoad load = takeOverdue();
            full = overdue.size() == BATCH;
            if (!overdue.isEmpty()) {
                Outcome outcome = outcome(load);
                for (TaskImpl<?> task : overdue) {
                    giveUp(task, outcome);
                }
                overdue.clear();
            }
        } while (full);
    }

    /**
     * Moves a batch of overdue tasks to the list, and arms this for the next one. Returns the load
     * before that; null if memory has run out.
     */
    private @Nullable PoolLoad takeOverdue() {
        PoolLoad load = null;
        OutOfMemoryError notArmed = null;
        pool.lock.lock();
        try {
            armed = false;
            load = pool.loadLocked();
            removeOverdue();
        } catch (OutOfMemoryError e) {
            notArmed = retryLater();
        } finally {
            if (!overdue.isEmpty()) {
                pool.leaveWaitingModeIfEmpty();
            }
            pool.lock.unlock();
        }
        if (notArmed != null) {
            SafeLog.warn(
                    LOG,
                    "No memory to watch over max_wait of pool {} until a task is queued",
                    pool.config.name(),
                    notArmed);
        }
        return load;
    }

    private void removeOverdue() {
        long now = System.nanoTime();
        QueueNode oldest;
        while ((oldest = pool.waiting.oldest()) != null && overdue.size() < BATCH) {
            if (due(oldest) - now > 0) {
                arm(due(oldest)); // on the timer's thread, which looks at it next
                break;
            }
            pool.waiting.remove(oldest);
            overdue.add(oldest.task);
        }
    }

    /**
     * Arms this for the next attempt. If that fails as well, the next task that is queued arms it.
     *
     * @return the failure, or null
     */
    private @Nullable OutOfMemoryError retryLater() {
        try {
            arm(System.nanoTime() + RETRY_NANOS);
            return null;
        } catch (OutOfMemoryError e) {
            return e;
        }
    }

    private Outcome outcome(@Nullable PoolLoad load) {
        long now = System.nanoTime();
        try {
            return new Saturated(
                    load != null ? load : pool.load(), WaitCycle.through(pool), null, now);
        } catch (Throwable e) {
            return Failed.of(e, now); // the tasks that were removed must have an outcome
        }
    }

    /** Never throws, because the other tasks of the batch must have their outcomes. */
    private static void giveUp(TaskImpl<?> task, Outcome outcome) {
        try {
            task.giveUp(outcome);
        } catch (Throwable e) {
            SafeLog.warn(LOG, "{} has expired, but not everything that follows was done", task, e);
        }
    }

    private long due(QueueNode node) {
        return node.task.spawnedAt() + maxWaitNanos;
    }
}
