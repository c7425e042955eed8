package dev.pogo.samples;

import dev.pogo.PogoException;
import dev.pogo.ScopeReport;
import dev.pogo.Task;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * One fan-out, as the samples print it.
 *
 * @param tasks its tasks
 * @param report what they have done
 */
record Run(List<Task<?>> tasks, ScopeReport report) {
    private static final int MAX_ROWS = 40;

    Duration elapsed() {
        return report.elapsed();
    }

    /** What the tasks would have taken one after the other. */
    Duration sum() {
        return tasks.stream().map(Task::ran).reduce(Duration.ZERO, Duration::plus);
    }

    double speedUp() {
        return Math.round(100.0 * sum().toNanos() / Math.max(1, elapsed().toNanos())) / 100.0;
    }

    boolean allSucceeded() {
        return tasks.stream().allMatch(task -> task.state() == Task.State.SUCCEEDED);
    }

    static String failure(Task<?> task) {
        try {
            return String.valueOf(task.result());
        } catch (PogoException e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            // The outermost says what happened to the task; the innermost often says why.
            return e.getMessage()
                    + (root == e || root == e.getCause() ? "" : ", root cause " + root);
        }
    }

    void print(PrintWriter out) {
        int rows = Math.min(tasks.size(), MAX_ROWS);
        for (int i = 0; i < rows; i++) {
            Task<?> task = tasks.get(i);
            boolean succeeded = task.state() == Task.State.SUCCEEDED;
            out.printf(
                    Locale.ROOT,
                    "%-12s %-12s waited %7.1f ms  ran %7.1f ms  %s%s%n",
                    report.tasks().get(i).label(),
                    task.pool(),
                    millis(task.waited()),
                    millis(task.ran()),
                    task.state(),
                    succeeded ? "" : ": " + failure(task));
        }
        if (rows < tasks.size()) {
            out.printf("... and %d more tasks%n", tasks.size() - rows);
        }
        out.println();
        out.println(report);
        out.println();
        out.printf(
                Locale.ROOT,
                "elapsed %.0f ms, sum of the parts %.0f ms, speed-up %.2f%n",
                millis(elapsed()),
                millis(sum()),
                speedUp());
    }

    static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }
}
