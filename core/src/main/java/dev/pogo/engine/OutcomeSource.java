package dev.pogo.engine;

import dev.pogo.channel.Source;
import dev.pogo.engine.TaskGroupWait.SelectedTasks;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/** A task as a case of a select. */
final class OutcomeSource<T extends @Nullable Object> extends Source<T> {
    final TaskImpl<T> task;

    OutcomeSource(TaskImpl<T> task) {
        this.task = task;
    }

    @Override
    protected @Nullable Object take() {
        return task.done() ? task : null;
    }

    @Override
    protected T value(Object taken) {
        return task.result();
    }

    @Override
    protected void ensureMayWait() {
        if (!task.done()) {
            task.ensureNotCalledByItself("select");
        }
    }

    @Override
    protected void awaitAny(
            List<? extends Source<?>> all, IntConsumer ready, BooleanSupplier over, long deadline)
            throws InterruptedException {
        SelectedTasks.of(all).await(ready, over, deadline);
    }
}
