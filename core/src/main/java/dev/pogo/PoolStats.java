package dev.pogo;

import java.time.Duration;

/**
 * A pool's numbers: what it has to do at this moment, read together; what its tasks have done since
 * the start of the runtime, read just before; and peaks and times, read just after. A task that has
 * ended counts with its outcome; that may be a moment after its {@code await} has returned, but is
 * so when its scope is closed. The five counts from {@code admitted} to {@code saturated} are
 * exact: none is less than in an earlier snapshot, and none has an outcome without the task that it
 * comes from.
 *
 * @param size how many tasks may run at once
 * @param running how many tasks run, cancelled ones that have not ended yet among them. One that
 *     awaits others counts unless it has lent its permit. More than {@code size} is possible: a
 *     task that has lent its permit goes on beside the task that has it, if that was cancelled and
 *     has not ended, or if it was interrupted or cancelled itself. While tasks begin and end at
 *     that very moment, a pool of 64 permits or more may be a few off
 * @param waiting how many tasks wait for a permit
 * @param lent how many tasks have lent their permit and wait, for others of their pool or for the
 *     permit to come back
 * @param stuck how many tasks have been cancelled and go on; a task that stays here ignores its
 *     interrupt, and keeps its permit
 * @param peakRunning the most tasks that ever ran at once, counted like {@code running}. A pool of
 *     64 permits or more has its permits in several parts, and does not look at all of them for
 *     each task: it does when fewer permits are left in one part than ever before, and when anybody
 *     asks for its numbers; as soon as a task has had to wait, this is {@code size}. Before, it may
 *     be less than the most
 * @param peakWaiting the most tasks that ever waited at once
 * @param admitted how many tasks have got their permit and begun
 * @param succeeded how many tasks have given their value
 * @param failed how many tasks threw, or could not get a thread
 * @param cancelled how many tasks were cancelled, whether they had begun or not
 * @param saturated how many tasks failed because they had waited for {@code max_wait}, or were
 *     refused because they would have had to
 * @param waits how long tasks have waited lately: until they began, or until they were given up
 * @param runs how long the work of tasks has run lately, that of cancelled ones until its real end
 */
public record PoolStats(
        int size,
        int running,
        int waiting,
        int lent,
        int stuck,
        int peakRunning,
        int peakWaiting,
        long admitted,
        long succeeded,
        long failed,
        long cancelled,
        long saturated,
        Times waits,
        Times runs) {

    /**
     * How the times of the last minute are distributed. The window moves in steps of ten seconds,
     * and so has the last 50 to 60 seconds. Times are exact to a hundredth or to a microsecond,
     * whichever is more; those above a day count as a day.
     *
     * <p>In a pool with up to about 4,000 tasks a second, each time is recorded. With more, those
     * of an evenly chosen share of the tasks are, some 4,000 to 8,000 a second, and each stands for
     * as many as it was chosen from: so the percentiles are those of some 200,000 times of the last
     * minute or more. The count and the longest are those of all tasks. As a task counts a moment
     * before it is recorded, {@code count} may differ from what the percentiles are of by those
     * that are in between.
     *
     * @param count how many times there were; without any, the others are zero
     * @param p50 the median
     * @param p95 what 95 of 100 did not exceed
     * @param p99 what 99 of 100 did not exceed
     * @param max the longest
     */
    public record Times(long count, Duration p50, Duration p95, Duration p99, Duration max) {}

    static PoolStats of(Pool pool) {
        PoolHistory history = pool.history();
        // Outcomes before what they come from, so that no snapshot has more of them.
        long succeeded = pool.succeeded();
        long failed = history.failed();
        long cancelled = history.cancelled();
        long saturated = history.saturated();
        long admitted = history.admitted();
        PoolLoad load = pool.load();
        history.running(load.running());
        long now = System.nanoTime();
        return new PoolStats(
                load.size(),
                load.running(),
                load.waiting(),
                load.lent(),
                load.stuck(),
                history.peakRunning(),
                pool.peakWaiting(),
                admitted,
                succeeded,
                failed,
                cancelled,
                saturated,
                history.waits(now),
                history.runs(now));
    }
}
