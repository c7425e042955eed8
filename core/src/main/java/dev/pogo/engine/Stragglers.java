package dev.pogo.engine;

import dev.pogo.engine.TaskState.Cancelled;
import dev.pogo.json.Durations;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Logs cancelled tasks that hold up a close because their work ignores its interrupt or has not
 * been interrupted yet.
 */
final class Stragglers {
    /** Interval between reports. */
    static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final int MAX_REPORTED = 10;
    private static final Logger LOG = LoggerFactory.getLogger(Stragglers.class);

    private Stragglers() {}

    /**
     * Logs the tasks. Never throws: a log that fails must not end the wait.
     *
     * @param leaving whether the close stops waiting
     */
    static void report(TaskList tasks, long waitedNanos, boolean leaving) {
        try {
            log(tasks.snapshot(), waitedNanos, leaving);
        } catch (Throwable e) {
            // There is nowhere else to report it.
        }
    }

    private static void log(List<TaskImpl<?>> tasks, long waitedNanos, boolean leaving) {
        int count = 0;
        for (TaskImpl<?> task : tasks) {
            Thread thread = task.liveThread();
            Cancelled cancelled = task.cancellation();
            if (thread != null && cancelled != null && count++ < MAX_REPORTED) {
                Thread hooks = task.hookThread();
                LOG.warn(
                        "close() has waited {} for task {} (pool {}), which {}: it was cancelled {}"
                                + " ago because {}, and has run for {}. {}Its stack:{}",
                        describe(waitedNanos),
                        task.name(),
                        task.pool(),
                        progress(task, hooks),
                        describe(System.nanoTime() - cancelled.at()),
                        cancelled.reason().description(),
                        Durations.describe(task.ran()),
                        leaving ? "It is left behind, and keeps its permit until it ends. " : "",
                        stack(hooks == null ? thread : hooks));
            }
        }
        if (count > MAX_REPORTED) {
            LOG.warn("and for {} more such tasks", count - MAX_REPORTED);
        }
    }

    private static String progress(TaskImpl<?> task, @Nullable Thread hooks) {
        if (hooks != null) {
            return "has not been interrupted yet, for its onCancel still runs";
        }
        return task.isStopDelivered()
                ? "ignores its interrupt"
                : "has not been interrupted yet, for others are before it";
    }

    private static String describe(long nanos) {
        return Durations.describe(Duration.ofNanos(nanos));
    }

    private static String stack(Thread thread) {
        StringBuilder text = new StringBuilder();
        for (StackTraceElement frame : thread.getStackTrace()) {
            text.append(System.lineSeparator()).append("\tat ").append(frame);
        }
        return text.toString();
    }
}
