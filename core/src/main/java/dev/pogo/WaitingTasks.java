package dev.pogo;

import org.jspecify.annotations.Nullable;

/**
 * The tasks that wait for a permit of one pool, in the order in which they are to be admitted. The
 * links are in the tasks themselves: a waiting task costs no memory here, and leaves in O(1) from
 * anywhere. Not thread-safe; the pool's lock guards it and the links.
 */
final class WaitingTasks {
    private @Nullable Task<?> oldest;
    private @Nullable Task<?> youngest;
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** The task that has waited longest, or null. */
    @Nullable Task<?> oldest() {
        return oldest;
    }

    void add(Task<?> task) {
        task.enqueued = true;
        task.earlier = youngest;
        if (youngest == null) {
            oldest = task;
        } else {
            youngest.later = task;
        }
        youngest = task;
        size++;
    }

    /** Takes the next task to be admitted, or null. */
    @Nullable Task<?> poll() {
        Task<?> next = oldest;
        if (next != null) {
            remove(next);
        }
        return next;
    }

    /** Takes the task out, if it is here. */
    void remove(Task<?> task) {
        if (!task.enqueued) {
            return;
        }
        Task<?> before = task.earlier;
        Task<?> after = task.later;
        if (before == null) {
            oldest = after;
        } else {
            before.later = after;
        }
        if (after == null) {
            youngest = before;
        } else {
            after.earlier = before;
        }
        task.enqueued = false;
        task.earlier = null;
        task.later = null;
        size--;
    }
}
