package dev.pogo.engine;

import dev.pogo.Task;
import dev.pogo.TaskReport;
import dev.pogo.json.Durations;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One-sentence description of where a scope's time went. */
final class Verdict {
    /** A part is mentioned if it is at least the whole divided by this. */
    private static final int WORTH_A_WORD = 10;

    private final Duration elapsed;
    private final List<TaskReport> tasks;
    private final List<TaskReport> path;
    private final Collection<PoolImpl> pools;

    Verdict(
            Duration elapsed,
            List<TaskReport> tasks,
            List<TaskReport> path,
            Collection<PoolImpl> pools) {
        this.elapsed = elapsed;
        this.tasks = tasks;
        this.path = path;
        this.pools = pools;
    }

    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        addWaits(parts);
        Duration own = elapsed.minus(onPath());
        if (isWorthAWord(own)) {
            parts.add(Durations.describe(own) + " of it between tasks");
        }
        TaskReport slowest =
                tasks.stream().max(Comparator.comparing(TaskReport::ran)).orElseThrow();
        parts.add("slowest task " + slowest.label() + " " + Durations.describe(slowest.ran()));
        addCount(parts, Task.State.FAILED, "failed");
        addCount(parts, Task.State.CANCELLED, "cancelled");
        addCount(parts, Task.State.WAITING, "still waiting");
        addCount(parts, Task.State.RUNNING, "still running");
        return Durations.describe(elapsed) + ": " + String.join("; ", parts);
    }

    /** Adds the wait for each pool for which the critical path has waited. */
    private void addWaits(List<String> parts) {
        Map<String, Duration> waits = new LinkedHashMap<>();
        for (TaskReport task : path) {
            waits.merge(task.pool(), task.waited(), Duration::plus);
        }
        for (PoolImpl pool : pools) {
            Duration waited = waits.getOrDefault(pool.name(), Duration.ZERO);
            if (isWorthAWord(waited)) {
                parts.add(
                        "%s of it waiting for pool %s (%d threads, %d waiting now)"
                                .formatted(
                                        Durations.describe(waited),
                                        pool.name(),
                                        pool.size(),
                                        pool.load().waiting()));
            }
        }
    }

    private Duration onPath() {
        return path.stream()
                .map(task -> task.waited().plus(task.ran()))
                .reduce(Duration.ZERO, Duration::plus);
    }

    private boolean isWorthAWord(Duration part) {
        return part.isPositive() && part.multipliedBy(WORTH_A_WORD).compareTo(elapsed) >= 0;
    }

    private void addCount(List<String> parts, Task.State state, String word) {
        long count = tasks.stream().filter(task -> task.state() == state).count();
        if (count > 0) {
            parts.add(count + " " + word);
        }
    }
}
