package dev.pogo.engine;

import dev.pogo.json.Durations;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;

/** Logs the failures of a scope's tasks that nobody has seen when the scope is closed. */
final class UnseenFailures {
    private static final Logger LOG = LoggerFactory.getLogger(UnseenFailures.class);

    private UnseenFailures() {}

    /**
     * Logs the failures, if there are any. Never throws: a log that fails must not fail a close.
     */
    static void report(ScopeTasks tasks) {
        try {
            List<TaskImpl<?>> unseen = tasks.unseenFailures();
            if (!unseen.isEmpty()) {
                log(unseen, tasks.size());
            }
        } catch (Throwable e) {
            // There is nowhere else to report it.
        }
    }

    private static void log(List<TaskImpl<?>> unseen, int all) {
        TaskImpl<?> first = unseen.getFirst();
        for (TaskImpl<?> task : unseen) {
            task.markSeen();
            if (task.decidedAt() - first.decidedAt() < 0) {
                first = task;
            }
        }
        LOG.warn(
                "{} of {} tasks of a scope failed and nobody asked for the outcome before the scope"
                        + " was closed; the first was task {} (pool {}, id {}), which waited {} and"
                        + " ran {}",
                unseen.size(),
                all,
                first.name(),
                first.pool(),
                first.id(),
                Durations.describe(first.waited()),
                Durations.describe(first.ran()),
                first.failure().orElse(null));
    }
}
