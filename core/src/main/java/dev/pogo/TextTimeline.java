package dev.pogo;

import dev.pogo.json.Durations;

import java.time.Duration;
import java.util.List;

/** Draws tasks as text, one line each, all on the same scale. */
final class TextTimeline {
    private static final int WIDTH = 60;
    private static final int MAX_ROWS = 40;
    private static final int MAX_LABEL = 32;

    private final Duration length;

    TextTimeline(Duration length) {
        this.length = length;
    }

    String of(List<TaskReport> tasks) {
        List<TaskReport> shown = tasks.subList(0, Math.min(tasks.size(), MAX_ROWS));
        int label = shown.stream().mapToInt(task -> label(task).length()).max().orElse(0);
        StringBuilder text = new StringBuilder();
        text.repeat(' ', label + 1);
        text.append(("0%" + (WIDTH - 1) + "s").formatted(Durations.describe(length)));
        text.append("   . waiting  # running  x not succeeded");
        for (TaskReport task : shown) {
            text.append('\n').append(("%-" + label + "s|").formatted(label(task)));
            text.append(("%-" + (WIDTH + 2) + "s|").formatted(bar(task)));
        }
        if (shown.size() < tasks.size()) {
            text.append("\n... and ").append(tasks.size() - shown.size()).append(" more tasks");
        }
        return text.toString();
    }

    private static String label(TaskReport task) {
        String label = task.label();
        return label.length() <= MAX_LABEL ? label : label.substring(0, MAX_LABEL - 3) + "...";
    }

    /** Returns the task's bar: blank until it was spawned, then its waiting and running time. */
    private String bar(TaskReport task) {
        int spawned = column(task.spawned());
        int started = column(task.started());
        int ended = column(task.ended());
        StringBuilder bar = new StringBuilder();
        bar.repeat(' ', spawned).repeat('.', started - spawned).repeat('#', ended - started);
        if (task.ran().isPositive() && ended == started) {
            bar.append('#');
        }
        if (task.state() != Task.State.SUCCEEDED) {
            bar.append('x');
        }
        return bar.toString();
    }

    private int column(Duration time) {
        double part = (double) time.toNanos() / Math.max(1, length.toNanos());
        return (int) Math.round(Math.min(1, part) * WIDTH);
    }
}
