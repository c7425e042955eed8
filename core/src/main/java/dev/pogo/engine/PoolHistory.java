package dev.pogo.engine;

import dev.pogo.PoolStats;
import dev.pogo.engine.TaskState.Outcome;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Statistics of a pool's tasks. The start and the end of each task are recorded without a lock, by
 * the thread that causes them. If recording fails, for example because memory runs out, it is
 * skipped: counting must neither fail a task nor lose a permit.
 *
 * <p>If all cores write to the same cache line, what a short task writes here costs as much as the
 * rest of it. The counts that change with each task are therefore kept in the words of {@link
 * Permits}; times are recorded as {@link Sampling} decides; the rest is rarely written.
 */
final class PoolHistory {
    private final Permits permits;
    final AtomicLong failed = new AtomicLong();
    final AtomicLong cancelled = new AtomicLong();
    final AtomicLong saturated = new AtomicLong();

    /** Number of tasks that began, and ended without success. */
    private final AtomicLong ranInVain = new AtomicLong();

    /** Number of tasks that ended without having begun. */
    private final AtomicLong neverBegun = new AtomicLong();

    private final RecentTimes waits;
    private final RecentTimes runs;

    /** A single value, which never decreases. Read for each task, and rarely written. */
    private final PaddedLongs peakRunning = new PaddedLongs(1);

    /**
     * Creates the history of a pool.
     *
     * @param succeeded supplies the number of tasks that have succeeded; may take the pool's lock
     */
    PoolHistory(Permits permits, LongSupplier succeeded) {
        this.permits = permits;
        this.waits = new RecentTimes(() -> permits.begun() + neverBegun.get());
        this.runs = new RecentTimes(() -> succeeded.getAsLong() + ranInVain.get());
    }

    /** Records that this many tasks are running. */
    void running(int tasks) {
        peakRunning.raise(0, 0, tasks);
    }

    /** Records that the task's thread has begun; called by that thread. */
    void begun(TaskImpl<?> task, long startedAt) {
        try {
            permits.countBegun(task.queue().stripe);
            waits.record(task, startedAt - task.spawnedAt(), startedAt);
        } catch (Throwable e) {
            // see above
        }
    }

    /** Records the end of a task that is in its last state, and for which no thread works. */
    void ended(TaskImpl<?> task) {
        try {
            Outcome ending = task.ending();
            if (ending != null) {
                ending.counter(this).incrementAndGet();
            }
            recordTime(task, ending);
        } catch (Throwable e) {
            // see above
        }
    }

    private void recordTime(TaskImpl<?> task, @Nullable Outcome ending) {
        if (task.hasStarted()) {
            if (ending != null) {
                ranInVain.incrementAndGet();
            }
            long endedAt = task.endedAtOrNow();
            runs.record(task, endedAt - task.startedAt(), endedAt);
        } else if (ending != null) {
            neverBegun.incrementAndGet();
            waits.record(task, ending.at() - task.spawnedAt(), ending.at());
        }
    }

    int peakRunning() {
        return Math.toIntExact(peakRunning.get(0, 0));
    }

    long admitted() {
        return permits.begun();
    }

    long failed() {
        return failed.get();
    }

    long cancelled() {
        return cancelled.get();
    }

    long saturated() {
        return saturated.get();
    }

    PoolStats.Times waits(long now) {
        return waits.until(now);
    }

    PoolStats.Times runs(long now) {
        return runs.until(now);
    }
}
