package dev.pogo.engine;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** A thread's wait until several tasks have succeeded or one has failed. */
final class AllOf extends TaskGroupWait<TaskImpl<?>> {
    private final AtomicReference<@Nullable TaskImpl<?>> firstFailure = new AtomicReference<>();

    /** Number of tasks that have not reported their outcome; each counts down once. */
    private final AtomicInteger undecided;

    private final class Reporter extends Waiter {
        private final TaskImpl<?> task;

        Reporter(TaskImpl<?> task) {
            this.task = task;
        }

        @Override
        void wake() {
            if (task.failsScope()) {
                firstFailure.compareAndSet(null, task);
            }
            undecided.decrementAndGet();
            if (isDecided()) {
                wakeAll();
            }
        }
    }

    AllOf(List<TaskImpl<?>> tasks) {
        super(tasks);
        this.undecided = new AtomicInteger(tasks.size());
    }

    /** Waits until all have succeeded or one has failed, and then concludes. */
    void await(long deadline, Conclusion conclusion) throws InterruptedException {
        awaitTold(
                number -> new Reporter(awaited().get(number)),
                this::isDecided,
                deadline,
                conclusion);
    }

    @Override
    boolean isReachedAt(long deadline) {
        return anyTask().scope().endsAt(deadline);
    }

    private boolean isDecided() {
        return firstFailure.get() != null || undecided.get() == 0;
    }

    /** Returns the first task that has reported a failure, or null. */
    @Nullable TaskImpl<?> firstFailure() {
        return firstFailure.get();
    }

    /** Returns a task that has failed, even if it has not reported that yet, or null. */
    @Nullable TaskImpl<?> anyFailure() {
        TaskImpl<?> first = firstFailure.get();
        for (int i = 0; first == null && i < awaited().size(); i++) {
            TaskImpl<?> task = awaited().get(i);
            first = task.failsScope() ? task : null;
        }
        return first;
    }
}
