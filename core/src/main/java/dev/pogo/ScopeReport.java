package dev.pogo;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Report of what a scope's tasks have done and where the time went. Created by {@link
 * PogoScope#report()} from what the tasks record anyway, so it costs nothing unless requested.
 *
 * @param elapsed time from the scope's first {@code spawn} to the end of its last task, or to now
 *     if some have not ended; zero without tasks
 * @param deadline time from the scope's first {@code spawn} to its deadline, or to that of a scope
 *     around it if that is earlier; negative if it had passed by then; empty without a deadline or
 *     without tasks
 * @param tasks all tasks in the order in which they were spawned, except for those of {@link
 *     PogoScope#map} that have succeeded; unmodifiable
 * @param criticalPath the tasks that make up {@code elapsed}, in chronological order: the task that
 *     ended last, before it the task whose end most closely preceded its {@code spawn}, and so on;
 *     unmodifiable. Time that none of them covers is the caller's own
 * @param verdict the same in one sentence
 */
public record ScopeReport(
        Duration elapsed,
        Optional<Duration> deadline,
        List<TaskReport> tasks,
        List<TaskReport> criticalPath,
        String verdict) {
    /**
     * Returns the verdict and a timeline of the first 40 tasks.
     *
     * @return several lines of text, without a line break at the end
     */
    @Override
    public String toString() {
        return tasks.isEmpty() ? verdict : verdict + "\n" + new TextTimeline(elapsed).of(tasks);
    }
}
