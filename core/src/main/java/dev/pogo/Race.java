package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One thread's wait for the first success among several tasks. Each task tells the race once that
 * it has an outcome, so that the whole costs O(1) per task however they end.
 */
final class Race<T extends @Nullable Object> extends Awaitable {
    private static final int MAX_SUPPRESSED = 10;

    private final List<Task<T>> tasks;
    private final AtomicReference<@Nullable Task<T>> winner = new AtomicReference<>();

    /** Runners that have not told their task's outcome; each counts down once. */
    private final AtomicInteger running;

    /**
     * Those that waited in the pool of the task that awaits them; filled before it begins to, then
     * guarded by the lock of that pool.
     */
    private final Queue<Task<T>> waitingAtFirst = new ArrayDeque<>();

    private final class Runner extends Waiter {
        private final Task<T> task;

        Runner(Task<T> task) {
            this.task = task;
        }

        @Override
        void wake() {
            if (task.state() == Task.State.SUCCEEDED) {
                winner.compareAndSet(null, task);
            }
            running.decrementAndGet();
            if (isDecided()) {
                wakeAll();
            }
        }
    }

    Race(List<Task<T>> tasks) {
        this.tasks = tasks;
        this.running = new AtomicInteger(tasks.size());
    }

    /**
     * Waits until a task has succeeded or all have ended otherwise.
     *
     * @return false if time ran out before
     */
    boolean await(long deadline) throws InterruptedException {
        Waiter[] runners = new Waiter[tasks.size()];
        for (int i = 0; i < runners.length; i++) {
            Task<T> task = tasks.get(i);
            Waiter runner = new Runner(task);
            runners[i] = runner;
            task.enlist(runner);
            if (task.done()) {
                runner.tell();
            }
        }
        try {
            return awaitUntil(this::isDecided, deadline);
        } finally {
            for (Waiter runner : runners) {
                runner.leave();
            }
        }
    }

    private boolean isDecided() {
        return winner.get() != null || running.get() == 0;
    }

    /** All tasks are of one scope, so those of them that wait in the pool are in one lane. */
    @Override
    @Nullable Lane laneIn(Pool pool) {
        waitingAtFirst.clear();
        for (Task<T> task : tasks) {
            if (task.owningPool() == pool && task.isWaiting()) {
                waitingAtFirst.add(task);
            }
        }
        return waitingAtFirst.isEmpty() ? null : waitingAtFirst.element().lane();
    }

    @Override
    @Nullable Place nextWaiting(Lane lane, WaitingTasks waiting) {
        Task<T> task;
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
    boolean mayGrow() {
        return false;
    }

    @Override
    List<Task<T>> awaited() {
        return tasks;
    }

    /** The first task that succeeded, or null. */
    @Nullable Task<T> winner() {
        return winner.get();
    }

    /**
     * Once all tasks are decided: the value of one that succeeded late, else the first's failure.
     */
    T result() {
        RuntimeException failure = null;
        int suppressed = 0;
        for (Task<T> task : tasks) {
            if (failure == null || task.state() == Task.State.SUCCEEDED) {
                try {
                    return task.result();
                } catch (PogoException e) {
                    failure = e;
                }
            } else if (suppressed++ < MAX_SUPPRESSED) {
                failure.addSuppressed(task.failure());
            }
        }
        if (failure == null) {
            throw new AssertionError("a race without tasks");
        }
        throw failure;
    }
}
