package dev.pogo.engine;

import org.jspecify.annotations.Nullable;

import java.util.PriorityQueue;

/**
 * The tasks of a scope that have a time limit of their own, by the time at which it passes. A task
 * stays here until that time, even if it has ended: what is done at the limit of another one then
 * removes all that come before it. Guarded by the lock of the scope's tasks.
 */
final class LimitedTasks {
    private final PriorityQueue<TaskImpl<?>> tasks =
            new PriorityQueue<>((a, b) -> Long.signum(a.limitedTo() - b.limitedTo()));

    void add(TaskImpl<?> task) {
        tasks.add(task);
    }

    /** Removes a task that was just added. */
    void remove(TaskImpl<?> task) {
        tasks.remove(task);
    }

    /** Removes and returns a task whose limit has passed and which has no outcome, or null. */
    @Nullable TaskImpl<?> pollOverdue(long now) {
        TaskImpl<?> task;
        while ((task = tasks.peek()) != null && (task.done() || task.limitedTo() - now <= 0)) {
            tasks.poll();
            if (!task.done()) {
                return task;
            }
        }
        return null;
    }

    /** Returns the task whose limit passes next, or null. */
    @Nullable TaskImpl<?> next() {
        return tasks.peek();
    }
}
