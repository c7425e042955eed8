package dev.pogo.engine;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;

/**
 * One thread's wait for some of several tasks. Each task reports once that it has an outcome, so
 * the wait costs O(1) per task however the tasks end.
 */
abstract sealed class TaskGroupWait<T extends TaskImpl<?>> extends WaitList
        permits Race, SelectedTasks {
    private final List<T> tasks;

    /**
     * The tasks that waited in the pool of the task that awaits them. Filled before the await
     * begins, then guarded by that pool's lock.
     */
    private final Queue<TaskImpl<?>> waitingAtFirst = new ArrayDeque<>();

    TaskGroupWait(List<T> tasks) {
        this.tasks = tasks;
    }

    /**
     * Waits like {@link #awaitUntil}, with a waiter in each task.
     *
     * @param waiterOf makes the waiter for the task with the given index
     */
    final boolean awaitTold(
            IntFunction<Waiter> waiterOf,
            BooleanSupplier reached,
            long deadline,
            Conclusion conclusion)
            throws InterruptedException {
        Waiter[] waiters = new Waiter[tasks.size()];
        for (int i = 0; i < waiters.length; i++) {
            waiters[i] = waiterOf.apply(i);
        }
        int enlisted = 0;
        try {
            for (; enlisted < waiters.length && !reached.getAsBoolean(); enlisted++) {
                TaskImpl<?> task = tasks.get(enlisted);
                task.enlist(waiters[enlisted]);
                if (task.done()) {
                    waiters[enlisted].tell();
                }
            }
            return awaitUntil(reached, deadline, conclusion);
        } finally {
            for (int i = 0; i < enlisted; i++) {
                waiters[i].leave();
            }
        }
    }

    /** Returns the queue of one task, as {@link #nextWaiting} knows where they all are. */
    @Override
    @Nullable ScopeQueue queueIn(PoolImpl pool) {
        waitingAtFirst.clear();
        for (TaskImpl<?> task : tasks) {
            if (task.owningPool() == pool && task.isWaiting()) {
                waitingAtFirst.add(task);
            }
        }
        return waitingAtFirst.isEmpty() ? null : waitingAtFirst.element().queue();
    }

    @Override
    @Nullable QueueNode nextWaiting(ScopeQueue queue, WaitingTasks waiting) {
        TaskImpl<?> task;
        while ((task = waitingAtFirst.peek()) != null) {
            QueueNode node = task.node();
            if (node != null && waiting.contains(node)) {
                return node;
            }
            waitingAtFirst.remove();
        }
        return null;
    }

    @Override
    final boolean mayGrow() {
        return false;
    }

    @Override
    TaskImpl<?> anyTask() {
        return tasks.getFirst();
    }

    @Override
    List<T> awaited() {
        return tasks;
    }
}
