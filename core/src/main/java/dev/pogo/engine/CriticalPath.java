package dev.pogo.engine;

import dev.pogo.TaskReport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * Finds the tasks that take up a scope's time. A scope's tasks do not depend on each other, except
 * through what its caller does: it spawns some when it has the values of others. So the task that
 * another one had to wait for, if any, is the one that ended last before the other was spawned.
 */
final class CriticalPath {
    private CriticalPath() {}

    /** Returns the path in chronological order, in O(n log n). */
    static List<TaskReport> of(List<TaskReport> tasks) {
        List<TaskReport> byEnd = new ArrayList<>(tasks);
        byEnd.sort(Comparator.comparing(TaskReport::ended));
        List<TaskReport> path = new ArrayList<>();
        int at = byEnd.size() - 1;
        while (at >= 0) {
            TaskReport task = byEnd.get(at);
            path.add(task);
            at = lastEndedBy(task.spawned(), byEnd, at);
        }
        Collections.reverse(path);
        return Collections.unmodifiableList(path);
    }

    /**
     * Returns the index of the last one, among those before the given index, that had ended by the
     * time.
     */
    private static int lastEndedBy(Duration time, List<TaskReport> byEnd, int before) {
        int low = 0;
        int high = before;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (byEnd.get(middle).ended().compareTo(time) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }
}
