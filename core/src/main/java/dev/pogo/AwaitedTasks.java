package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;

/**
 * Several tasks, for some of which one thread waits. Each of them tells it once that it has an
 * outcome, so that the whole costs O(1) per task however they end.
 */
abstract sealed class AwaitedTasks<T extends Task<?>> extends Awaitable
        permits Race, SelectedTasks {
    private final List<T> tasks;

    /**
     * Those that waited in the pool of the task that awaits them; filled before it begins to, then
     * guarded by the lock of that pool.
     */
    private final Queue<Task<?>> waitingAtFirst = new ArrayDeque<>();

    AwaitedTasks(List<T> tasks) {
        this.tasks = tasks;
    }

    /**
     * Waits like {@link #awaitUntil}, with a waiter in each task.
     *
     * @param waiterOf makes the waiter for the task of a number
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
                Task<?> task = tasks.get(enlisted);
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

    /** The lane of one of them is enough: {@link #nextWaiting} knows where they all are. */
    @Override
    @Nullable Lane laneIn(Pool pool) {
        waitingAtFirst.clear();
        for (Task<?> task : tasks) {
            if (task.owningPool() == pool && task.isWaiting()) {
                waitingAtFirst.add(task);
            }
        }
        return waitingAtFirst.isEmpty() ? null : waitingAtFirst.element().lane();
    }

    @Override
    @Nullable Place nextWaiting(Lane lane, WaitingTasks waiting) {
        Task<?> task;
        while ((task = waitingAtFirst.peek()) != null) {
            Place place = task.place();
            if (place != null && waiting.contains(place)) {
                return place;
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
    Task<?> anyTask() {
        return tasks.getFirst();
    }

    @Override
    List<T> awaited() {
        return tasks;
    }
}
