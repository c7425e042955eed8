package dev.pogo;

import dev.pogo.channel.Source;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/** A task as a case of a select. */
final class TaskSource<T extends @Nullable Object> extends Source<T> {
    private final Task<T> task;

    TaskSource(Task<T> task) {
        this.task = task;
    }

    @Override
    protected boolean isReady() {
        return task.done();
    }

    @Override
    protected T result() {
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
        List<Task<?>> tasks = new ArrayList<>(all.size());
        for (Source<?> source : all) {
            tasks.add(((TaskSource<?>) source).task);
        }
        new SelectedTasks(tasks).await(ready, over, deadline);
    }
}
