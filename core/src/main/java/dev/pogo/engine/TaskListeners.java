package dev.pogo.engine;

import dev.pogo.Task;
import dev.pogo.TaskListener;
import dev.pogo.util.SafeLog;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The task listeners of a runtime. */
final class TaskListeners {
    private static final Logger LOG = LoggerFactory.getLogger(TaskListeners.class);

    private final List<TaskListener> listeners = new CopyOnWriteArrayList<>();

    void add(TaskListener listener) {
        listeners.add(listener);
    }

    void remove(TaskListener listener) {
        listeners.remove(listener);
    }

    boolean isEmpty() {
        return listeners.isEmpty();
    }

    /**
     * Calls the listeners. Never throws, since the threads that wait for the task's end are not
     * woken yet.
     */
    void ended(TaskImpl<?> task) {
        if (listeners.isEmpty()) {
            return;
        }
        try {
            for (TaskListener listener : listeners) {
                tell(listener, task);
            }
        } catch (Throwable e) {
            // Memory has run out, for the iteration or for logging that a listener failed.
        }
    }

    private static void tell(TaskListener listener, TaskImpl<?> task) {
        try {
            listener.ended(task);
            if (task.state() == Task.State.FAILED && listener.seesFailures()) {
                task.markSeen();
            }
        } catch (Throwable e) {
            SafeLog.warn(LOG, "A task listener failed for {}", task, e);
        }
    }
}
