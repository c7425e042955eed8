package dev.pogo.engine;

import dev.pogo.CancelReason;
import dev.pogo.PogoException;
import dev.pogo.Task;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** A thread's wait for the first success among several tasks. */
final class Race<T extends @Nullable Object> extends FirstOf<TaskImpl<T>> {
    Race(List<TaskImpl<T>> tasks) {
        super(tasks);
    }

    @Override
    boolean isWanted(TaskImpl<T> task) {
        return task.state() == Task.State.SUCCEEDED;
    }

    /**
     * Returns the value of a task that succeeded late, or else throws the first task's failure.
     * Must be called once all tasks are decided.
     */
    T result() {
        RuntimeException failure = null;
        int suppressed = 0;
        for (TaskImpl<T> task : awaited()) {
            if (failure == null || task.state() == Task.State.SUCCEEDED) {
                try {
                    return task.result();
                } catch (PogoException e) {
                    failure = e;
                }
            } else if (task.cancelReason().orElse(null) != CancelReason.SIBLING_FAILED) {
                task.markSeen();
                if (suppressed++ < TaskFailures.MAX_SUPPRESSED) {
                    failure.addSuppressed(task.exception());
                }
            }
        }
        if (failure == null) {
            throw new AssertionError("a race without tasks");
        }
        throw failure;
    }
}
