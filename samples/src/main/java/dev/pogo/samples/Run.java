package dev.pogo.samples;

import dev.pogo.PogoException;
import dev.pogo.Task;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The tasks of one fan-out, and when each was spawned: what a timeline is drawn from. */
final class Run {
    private static final int MAX_ROWS = 40;

    private final long began = System.nanoTime();
    private final List<Task<?>> tasks = new ArrayList<>();
    private final List<Duration> spawned = new ArrayList<>();
    private Duration elapsed = Duration.ZERO;

    void add(Task<?> task) {
        tasks.add(task);
        spawned.add(Duration.ofNanos(System.nanoTime() - began));
    }

    /** Says that the scope has closed. */
    void end() {
        elapsed = Duration.ofNanos(System.nanoTime() - began);
    }

    /** The task's name with its place in the run, since several have the same name. */
    private String label(int index) {
        return tasks.get(index).name() + "-" + (index + 1);
    }

    List<Task<?>> tasks() {
        return tasks;
    }

    Duration elapsed() {
        return elapsed;
    }

    /** What the tasks would have taken one after the other. */
    Duration sum() {
        return tasks.stream().map(Task::ran).reduce(Duration.ZERO, Duration::plus);
    }

    double speedUp() {
        return Math.round(100.0 * sum().toNanos() / Math.max(1, elapsed.toNanos())) / 100.0;
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
                    label(i),
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
        Timeline timeline = new Timeline(elapsed);
        timeline.printScale(out);
        for (int i = 0; i < rows; i++) {
            timeline.print(out, label(i), tasks.get(i), spawned.get(i));
        }
        out.println();
        out.printf(
                Locale.ROOT,
                "elapsed %.0f ms, sum of the parts %.0f ms, speed-up %.2f%n",
                millis(elapsed),
                millis(sum()),
                speedUp());
    }

    static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }
}
