package dev.pogo.engine;

import dev.pogo.PogoException;
import dev.pogo.Task;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** A thread's wait for the first success among several tasks. */
final class Race<T extends @Nullable Object> extends TaskGroupWait<TaskImpl<T>> {
    private static final int MAX_SUPPRESSED = 10;

    private final AtomicReference<@Nullable TaskImpl<T>> winner = new AtomicReference<>();

    /** Number of runners that have not reported their task's outcome; each counts down once. */
    private final AtomicInteger running;

    private final class Runner extends Waiter {
        private final TaskImpl<T> task;

        Runner(TaskImpl<T> task) {
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

    Race(List<TaskImpl<T>> tasks) {
        super(tasks);
        this.running = new AtomicInteger(tasks.size());
    }

    /** Waits until a task has succeeded or all have ended otherwise, and then concludes. */
    void await(long deadline, Conclusion conclusion) throws InterruptedException {
        awaitTold(
                number -> new Runner(awaited().get(number)), this::isDecided, deadline, conclusion);
    }

    @Override
    boolean isReachedAt(long deadline) {
        return anyTask().scope().endsAt(deadline);
    }

    private boolean isDecided() {
        return winner.get() != null || running.get() == 0;
    }

    /** Returns the first task that succeeded, or null. */
    @Nullable TaskImpl<T> winner() {
        return winner.get();
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
