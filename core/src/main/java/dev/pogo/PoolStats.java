package dev.pogo;

import java.time.Duration;

/**
 * Numbers of a pool: its current load, read together; what its tasks have done since the start of
 * the runtime, read just before; and peaks and times, read just after. A task that has ended is
 * counted with its outcome. That may happen shortly after its {@code await} has returned, but has
 * happened when its scope is closed. The five counts from {@code admitted} to {@code saturated} are
 * exact: none is less than in an earlier snapshot, and no outcome is counted without the task that
 * it comes from.
 *
 * @param size the number of tasks that may run at once
 * @param running the number of running tasks, including cancelled ones that have not ended yet. A
 *     task that awaits others counts unless it has lent its permit. More than {@code size} is
 *     possible: a task that has lent its permit continues beside the task that has it, if that task
 *     was cancelled and has not ended, or if the lender itself was interrupted or cancelled. While
 *     tasks begin and end at that very moment, the number may be off by a few in a pool of 64
 *     permits or more
 * @param waiting the number of tasks that wait for a permit
 * @param lent the number of tasks that have lent their permit and wait, for others of their pool or
 *     for the permit to be returned
 * @param stuck the number of tasks that have gone on for more than a second since their
 *     cancellation: they ignore their interrupt, and keep their permits
 * @param peakRunning the largest number of tasks that ever ran at once, counted like {@code
 *     running}. A pool of 64 permits or more keeps its permits in several parts and does not look
 *     at all of them for each task, but when fewer permits are left in one part than ever before
 *     and when its numbers are requested. Once a task has had to wait, this is {@code size}; before
 *     that, it may be less than the true maximum
 * @param peakWaiting the largest number of tasks that ever waited at once
 * @param admitted the number of tasks that have got their permit and begun
 * @param succeeded the number of tasks that have returned their value
 * @param failed the number of tasks that threw or could not get a thread
 * @param cancelled the number of tasks that were cancelled, whether or not they had begun
 * @param saturated the number of tasks that failed because they had waited for {@code max_wait},
 *     were refused because they would have had to, or were jobs that their pool's {@link Worker}
 *     found nobody to run
 * @param waits the recent waiting times of tasks, until they began or were given up
 * @param runs the recent running times of tasks; for cancelled ones, until their work really ended
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
     * The distribution of the times of the last minute. The window moves in steps of ten seconds,
     * and so covers the last 50 to 60 seconds. Times are accurate to one percent or to one
     * microsecond, whichever is larger; those above a day count as a day.
     *
     * <p>In a pool with up to about 4,000 tasks a second, each time is recorded. Above that rate,
     * those of an evenly chosen sample of the tasks are recorded, some 4,000 to 8,000 a second, and
     * each stands for as many as it was chosen from; so the percentiles are based on some 200,000
     * times of the last minute or more. The count and the maximum cover all tasks. As a task is
     * counted shortly before its time is recorded, {@code count} may differ from the number that
     * the percentiles are based on by the tasks in between.
     *
     * @param count the number of times; if it is zero, the others are zero
     * @param p50 the median
     * @param p95 the time that 95 of 100 did not exceed
     * @param p99 the time that 99 of 100 did not exceed
     * @param max the longest time
     */
    public record Times(long count, Duration p50, Duration p95, Duration p99, Duration max) {}
}
