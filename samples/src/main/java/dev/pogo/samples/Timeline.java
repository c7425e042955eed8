package dev.pogo.samples;

import dev.pogo.Task;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/** Draws tasks in text, one line each, all on the same scale. */
final class Timeline {
    private static final int WIDTH = 60;

    private final Duration length;

    Timeline(Duration length) {
        this.length = length;
    }

    void printScale(PrintWriter out) {
        String end = String.format(Locale.ROOT, "%.0f ms", Run.millis(length));
        out.printf(
                "%-12s 0%" + (WIDTH - 1) + "s   . waiting  # running  x not succeeded%n", "", end);
    }

    /** One line: blank until the task was spawned, then how it waited and ran. */
    void print(PrintWriter out, String label, Task<?> task, Duration spawned) {
        int start = column(spawned);
        int run = column(spawned.plus(task.waited()));
        int end = column(spawned.plus(task.waited()).plus(task.ran()));
        StringBuilder bar = new StringBuilder();
        bar.repeat(" ", start).repeat(".", run - start).repeat("#", end - run);
        if (task.ran().isPositive() && end == run) {
            bar.append('#');
        }
        if (task.state() != Task.State.SUCCEEDED) {
            bar.append('x');
        }
        out.printf("%-12s|%-" + (WIDTH + 2) + "s|%n", label, bar);
    }

    private int column(Duration time) {
        double part = (double) time.toNanos() / Math.max(1, length.toNanos());
        return (int) Math.round(Math.min(1, part) * WIDTH);
    }
}
