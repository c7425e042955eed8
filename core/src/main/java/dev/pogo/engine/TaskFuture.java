package dev.pogo.engine;

import dev.pogo.CancelReason;
import dev.pogo.engine.TaskState.Cancelled;
import dev.pogo.engine.TaskState.Failed;
import dev.pogo.engine.TaskState.Outcome;
import dev.pogo.util.Nanos;
import dev.pogo.util.StackProbe;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A task as the future that an executor returns. Unlike an await, {@code get} never cancels it. */
final class TaskFuture<T extends @Nullable Object> implements Future<T> {
    private final TaskImpl<T> task;

    TaskFuture(TaskImpl<T> task) {
        this.task = task;
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        awaitOutcome(Nanos.FOREVER); // ends with the scope at the latest
        return value();
    }

    @Override
    public T get(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (!awaitOutcome(Math.clamp(unit.toNanos(timeout), 0, Nanos.FOREVER))) {
            throw new TimeoutException(
                    "task " + task.name() + " has no outcome after " + timeout + " " + unit);
        }
        return value();
    }

    private boolean awaitOutcome(long nanos) throws InterruptedException {
        StackProbe.ensureRoom();
        if (task.done()) {
            return true;
        }
        task.ensureNotCalledByItself("get");
        return task.awaitUntil(task::done, System.nanoTime() + nanos, reached -> {});
    }

    private T value() throws ExecutionException {
        if (task.hasValue()) {
            return task.result();
        }
        Outcome ending = Objects.requireNonNull(task.ending());
        RuntimeException failure = task.exception();
        if (ending instanceof Cancelled) {
            CancellationException cancelled = new CancellationException(failure.getMessage());
            cancelled.initCause(failure);
            throw cancelled;
        }
        throw new ExecutionException(ending instanceof Failed failed ? failed.cause() : failure);
    }

    /**
     * Cancels the task. Without an interrupt, the work of a running task goes on, but its outcome
     * is decided, and the end of its scope stops it.
     */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (mayInterruptIfRunning) {
            return task.cancel();
        }
        StackProbe.ensureRoom();
        return task.decideCancelled(Cancelled.now(CancelReason.CANCEL_CALLED));
    }

    @Override
    public boolean isCancelled() {
        return task.isCancelled();
    }

    @Override
    public boolean isDone() {
        return task.done();
    }

    @Override
    public String toString() {
        return task.toString();
    }
}
