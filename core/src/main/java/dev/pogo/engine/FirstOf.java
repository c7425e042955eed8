package dev.pogo.engine;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One thread's wait for the first of several tasks whose outcome is of some kind, or until all have
 * outcomes.
 */
abstract sealed class FirstOf<T extends TaskImpl<?>> extends TaskGroupWait<T> permits AllOf, Race {
    /** Set by compare-and-set, by the thread that reports the task's outcome. */
    private final AtomicReference<@Nullable T> first = new AtomicReference<>();

    /** Number of tasks that have not reported their outcome; each counts down once. */
    private final AtomicInteger undecided;

    private final class Reporter extends Waiter {
        private final T task;

        Reporter(T task) {
            this.task = task;
        }

        @Override
        void wake() {
            if (isWanted(task)) {
                first.compareAndSet(null, task);
            }
            undecided.decrementAndGet();
            if (isDecided()) {
                wakeAll();
            }
        }
    }

    FirstOf(List<T> tasks) {
        super(tasks);
        this.undecided = new AtomicInteger(tasks.size());
    }

    /** Returns whether the outcome of a task is of the kind that is waited for. */
    abstract boolean isWanted(T task);

    /** Waits for the first task, or until all have other outcomes, and then concludes. */
    final void await(long deadline, Conclusion conclusion) throws InterruptedException {
        awaitTold(
                number -> new Reporter(awaited().get(number)),
                this::isDecided,
                deadline,
                conclusion);
    }

    @Override
    final boolean isReachedAt(long deadline) {
        return anyTask().scope().endsAt(deadline);
    }

    private boolean isDecided() {
        return first.get() != null || undecided.get() == 0;
    }

    /** Returns the first task that has reported such an outcome, or null. */
    final @Nullable T first() {
        return first.get();
    }
}
