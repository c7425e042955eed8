package dev.pogo.engine;

import dev.pogo.ScopeReport;
import dev.pogo.Task;
import dev.pogo.TaskReport;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Creates the report of a scope from what its tasks know. */
final class Reports {
    private Reports() {}

    static ScopeReport of(TimedScope scope) {
        ScopeTasks all = scope.tasks();
        List<TaskImpl<?>> tasks = all.kept(all.snapshot());
        if (tasks.isEmpty()) {
            return new ScopeReport(
                    Duration.ZERO, Optional.empty(), List.of(), List.of(), "no tasks");
        }
        long origin = tasks.getFirst().spawnedAt();
        List<TaskReport> reports = tasks.stream().map(task -> of(task, origin)).toList();
        List<TaskReport> path = CriticalPath.of(reports);
        Duration elapsed = path.getLast().ended();
        return new ScopeReport(
                elapsed,
                deadline(scope, origin),
                reports,
                path,
                new Verdict(elapsed, reports, path, scope.runtime().allPools()).toString());
    }

    private static Optional<Duration> deadline(TimedScope scope, long origin) {
        return scope.hasDeadline()
                ? Optional.of(Duration.ofNanos(scope.deadline() - origin))
                : Optional.empty();
    }

    private static TaskReport of(TaskImpl<?> task, long origin) {
        // Read first, so that the times of a task that has ended are final when they are read.
        Task.State state = task.state();
        return new TaskReport(
                task.id(),
                task.name(),
                task.pool(),
                Duration.ofNanos(task.spawnedAt() - origin),
                task.waited(),
                task.ran(),
                state,
                state == Task.State.CANCELLED ? task.cancelReason() : Optional.empty());
    }
}
