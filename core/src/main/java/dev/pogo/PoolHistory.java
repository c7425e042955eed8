package dev.pogo;

import dev.pogo.Phase.Ending;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What has become of a pool's tasks. Each is written here as it begins and as it ends, by the
 * thread that makes it so, without a lock. Where that fails, for want of memory say, it is left
 * out: no task is to fail by being counted, and no permit to be lost.
 */
final class PoolHistory {
    private final Permits permits;
    final LongAdder failed = new LongAdder();
    final LongAdder cancelled = new LongAdder();
    final LongAdder saturated = new LongAdder();
    private final RecentTimes waits = new RecentTimes();
    private final RecentTimes runs = new RecentTimes();

    /** Only ever grows, and so is seldom written. */
    private final AtomicInteger peakRunning = new AtomicInteger();

    PoolHistory(Permits permits) {
        this.permits = permits;
    }

    /** So many permits are taken. */
    void running(int permits) {
        int peak;
        // Not by a method that takes a function: to make one may fail, with the permit taken.
        while (permits > (peak = peakRunning.get())) {
            peakRunning.compareAndSet(peak, permits);
        }
    }

    /** The task's thread has begun; for that thread. */
    void begun(Task<?> task, long startedAt) {
        try {
            permits.countBegun(task.lane().stripe);
            waits.record(startedAt - task.spawnedAt(), startedAt);
        } catch (Throwable e) {
            // see above
        }
    }

    /** The task is in its last phase, and no thread works for it. */
    void ended(Task<?> task, Phase phase) {
        try {
            Ending ending = phase.ending();
            if (ending != null) {
                ending.counter(this).increment();
            }
            recordTime(task, phase.execution(), ending);
        } catch (Throwable e) {
            // see above
        }
    }

    private void recordTime(Task<?> task, @Nullable Execution execution, @Nullable Ending ending) {
        if (execution != null && execution.hasStarted()) {
            long endedAt = execution.endedAtOrNow();
            runs.record(endedAt - execution.startedAt(), endedAt);
        } else if (ending != null) {
            waits.record(ending.at() - task.spawnedAt(), ending.at());
        }
    }

    int peakRunning() {
        return peakRunning.get();
    }

    long admitted() {
        return permits.begun();
    }

    long failed() {
        return failed.sum();
    }

    long cancelled() {
        return cancelled.sum();
    }

    long saturated() {
        return saturated.sum();
    }

    PoolStats.Times waits(long now) {
        return waits.until(now);
    }

    PoolStats.Times runs(long now) {
        return runs.until(now);
    }
}
