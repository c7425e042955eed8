package dev.pogo.engine;

import dev.pogo.PoolLoad;
import dev.pogo.engine.TaskState.Saturated;
import dev.pogo.util.Timeout;

import java.util.ArrayList;
import java.util.List;

/**
 * Expires the tasks of a pool that have waited for {@code max_wait}. It is the pool's only alarm.
 * While tasks wait, it is armed for the time at which the oldest expires, or earlier.
 */
final class Expiry extends Alarm {
    /** Largest number of tasks that are expired at a time under the lock. */
    private static final int BATCH = 256;

    private final PoolState pool;
    private final Timer timer;
    private final long maxWaitNanos;

    Expiry(PoolState pool, Timer timer) {
        this.pool = pool;
        this.timer = timer;
        this.maxWaitNanos = Timeout.nanos(pool.config.maxWait(), "maxWait");
    }

    /**
     * Arms this for the time at which the task expires. Must be called with the pool's lock held;
     * the timer must be attended to afterwards.
     */
    void note(QueueNode oldest) {
        timer.note(this, due(oldest));
    }

    /** Called with the pool's lock held, when no task waits. */
    void disarm() {
        timer.disarm(this);
    }

    /**
     * Fails every task that is overdue. They are removed in batches, so that a long queue does not
     * hold up threads that admit or queue tasks meanwhile.
     */
    @Override
    void fire() {
        List<TaskImpl<?>> overdue = new ArrayList<>(BATCH);
        do {
            overdue.clear();
            PoolLoad load = takeOverdue(overdue);
            if (overdue.isEmpty()) {
                return;
            }
            Saturated outcome =
                    new Saturated(load, WaitCycle.through(pool), null, System.nanoTime());
            for (TaskImpl<?> task : overdue) {
                task.giveUp(outcome);
            }
        } while (overdue.size() == BATCH);
    }

    /** Moves a batch of overdue tasks to the list. Returns the load before that. */
    private PoolLoad takeOverdue(List<TaskImpl<?>> overdue) {
        pool.lock.lock();
        try {
            long now = System.nanoTime();
            PoolLoad load = pool.loadLocked();
            QueueNode oldest;
            while ((oldest = pool.waiting.oldest()) != null && overdue.size() < BATCH) {
                if (due(oldest) - now > 0) {
                    note(oldest); // on the timer's thread, which looks at it next
                    break;
                }
                pool.waiting.remove(oldest);
                overdue.add(oldest.task);
            }
            if (!overdue.isEmpty()) {
                pool.leaveWaitingModeIfEmpty();
            }
            return load;
        } finally {
            pool.lock.unlock();
        }
    }

    private long due(QueueNode node) {
        return node.task.spawnedAt() + maxWaitNanos;
    }
}
