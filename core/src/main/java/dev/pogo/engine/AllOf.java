package dev.pogo.engine;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** A thread's wait until several tasks have succeeded or one has failed. */
final class AllOf extends FirstOf<TaskImpl<?>> {
    AllOf(List<TaskImpl<?>> tasks) {
        super(tasks);
    }

    @Override
    boolean isWanted(TaskImpl<?> task) {
        return task.failsScope();
    }

    /** Returns a task that has failed, even if it has not reported that yet, or null. */
    @Nullable TaskImpl<?> anyFailure() {
        TaskImpl<?> failed = first();
        for (int i = 0; failed == null && i < awaited().size(); i++) {
            TaskImpl<?> task = awaited().get(i);
            failed = task.failsScope() ? task : null;
        }
        return failed;
    }
}
