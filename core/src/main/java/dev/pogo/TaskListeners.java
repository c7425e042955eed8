package dev.pogo;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Who is told of a runtime's tasks. */
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

    /** Never throws, for the task's end is yet to be told to those who wait for it. */
    void ended(Task<?> task) {
        if (listeners.isEmpty()) {
            return;
        }
        try {
            for (TaskListener listener : listeners) {
                tell(listener, task);
            }
        } catch (Throwable e) {
            // There is no memory to go through them, or to say that one has failed.
        }
    }

    private static void tell(TaskListener listener, Task<?> task) {
        try {
            listener.ended(task);
        } catch (Throwable e) {
            Report.warn(LOG, "A listener failed at the end of {}", task, e);
        }
    }
}
