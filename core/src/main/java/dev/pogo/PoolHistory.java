package dev.pogo;

import dev.pogo.Phase.Ending;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What has become of a pool's tasks. Each is written here as it begins and as it ends, by the
 * thread that makes it so, without a lock. Where that fails, for want of memory say, it is left
 * out: no task is to fail by being counted, and no permit to be lost.
 *
 * <p>What each task writes costs as much as all else in a short one, if all cores write to the same
 * cache line. So what is counted for each is in the words of {@link Permits}; times are recorded as
 * {@link Sampling} has it; and the rest is written seldom.
 */
final class PoolHistory {
    private final Permits permits;
    final AtomicLong failed = new AtomicLong();
    final AtomicLong cancelled = new AtomicLong();
    final AtomicLong saturated = new AtomicLong();

    /** How many tasks have ended that had begun and have not succeeded. */
    private final AtomicLong ranInVain = new AtomicLong();

    /** How many tasks have ended that never began. */
    private final AtomicLong neverBegun = new AtomicLong();

    private final RecentTimes waits;
    private final RecentTimes runs;

    /** One number, which only ever grows. Read for each task, and seldom written. */
    private final PaddedLongs peakRunning = new PaddedLongs(1);

    /**
     * The history of a pool.
     *
     * @param succeeded how many tasks have, which may take the pool's lock
     */
    PoolHistory(Permits permits, LongSupplier succeeded) {
        this.permits = permits;
        this.waits = new RecentTimes(() -> permits.begun() + neverBegun.get());
        this.runs = new RecentTimes(() -> succeeded.getAsLong() + ranInVain.get());
    }

    /** So many tasks run. */
    void running(int tasks) {
        peakRunning.raise(0, 0, tasks);
    }

    /** The task's thread has begun; for that thread. */
    void begun(Task<?> task, long startedAt) {
        try {
            permits.countBegun(task.lane().stripe);
            waits.record(task, startedAt - task.spawnedAt(), startedAt);
        } catch (Throwable e) {
            // see above
        }
    }

    /** The task is in its last phase, and no thread works for it. */
    void ended(Task<?> task) {
        try {
            Ending ending = task.ending();
            if (ending != null) {
                ending.counter(this).incrementAndGet();
            }
            recordTime(task, ending);
        } catch (Throwable e) {
            // see above
        }
    }

    private void recordTime(Task<?> task, @Nullable Ending ending) {
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
