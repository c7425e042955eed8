package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The tasks that a scope has spawned, and whether it takes more. Adding one and refusing all
 * further ones exclude each other, so that whoever refuses knows every task there will ever be.
 */
final class ScopeTasks {
    private static final AtomicLong LAST_ID = new AtomicLong();
    private static final Task<?>[] NONE = {};

    /** Guards all fields. The locks of runtime and timer are taken under it, for the first task. */
    private final ReentrantLock lock = new ReentrantLock();

    /**
     * In the order of spawning, which is the order of the ids as well. A place below {@link #size}
     * never changes.
     */
    private Task<?>[] tasks = NONE;

    private int size;

    /** Why no more tasks are taken; null while they are. */
    private @Nullable CancelReason refusing;

    /**
     * Makes a task and adds it.
     *
     * @throws IllegalStateException if no more tasks are taken
     */
    <T extends @Nullable Object> Task<T> add(
            PogoScope scope, Pool pool, @Nullable String name, Callable<? extends T> work) {
        lock.lock();
        try {
            ensureTaking();
            if (size == 0) {
                scope.beforeFirstTask();
            }
            if (size == tasks.length) {
                tasks = Arrays.copyOf(tasks, size == 0 ? 4 : size + (size >> 1));
            }
            long id = LAST_ID.incrementAndGet();
            Task<T> task = new Task<>(id, scope, pool, name, work, System.nanoTime());
            scope.taskSpawned();
            tasks[size++] = task;
            return task;
        } finally {
            lock.unlock();
        }
    }

    private void ensureTaking() {
        if (refusing != null) {
            throw new IllegalStateException(
                    refusing == CancelReason.RUNTIME_CLOSED
                            ? "the Pogo runtime is closed"
                            : "the scope is closed");
        }
    }

    /** Takes no more tasks; the first reason is kept. */
    void refuse(CancelReason reason) {
        lock.lock();
        try {
            if (refusing == null) {
                refusing = reason;
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives out the task of an id, once.
     *
     * @throws UnknownTaskException if there is none, or it was given out
     */
    Task<?> claim(long id) {
        lock.lock();
        try {
            Task<?> task = find(id);
            if (task == null) {
                throw new UnknownTaskException(id, "this scope has not spawned it");
            }
            if (task.claimed) {
                throw new UnknownTaskException(id, "it has been awaited by its id already");
            }
            task.claimed = true;
            return task;
        } finally {
            lock.unlock();
        }
    }

    /** Makes the task one that {@link #claim} gives out again. */
    void unclaim(Task<?> task) {
        lock.lock();
        try {
            task.claimed = false;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Task<?> find(long id) {
        int low = 0;
        int high = size - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Task<?> task = tasks[middle];
            if (task.id() == id) {
                return task;
            }
            if (task.id() < id) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    /** All tasks so far; unmodifiable. */
    List<Task<?>> snapshot() {
        lock.lock();
        try {
            // Later tasks go to later places, or to another array.
            return Collections.unmodifiableList(Arrays.asList(tasks).subList(0, size));
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }
}
