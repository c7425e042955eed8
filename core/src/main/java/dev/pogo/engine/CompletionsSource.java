package dev.pogo.engine;

import dev.pogo.Task;
import dev.pogo.channel.Source;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/** Select case for the next of several tasks to end. */
final class CompletionsSource<T extends @Nullable Object> extends Source<Task<T>> {
    /** Returned by {@link #take} when no tasks remain. */
    private static final Object NONE_LEFT = new Object();

    final CompletionsImpl<T> completions;

    CompletionsSource(CompletionsImpl<T> completions) {
        this.completions = completions;
    }

    @Override
    protected @Nullable Object take() {
        TaskImpl<T> next = completions.poll();
        return next == null && completions.remaining() == 0 ? NONE_LEFT : next;
    }

    @Override
    @SuppressWarnings("unchecked") // it is what take() returned
    protected Task<T> value(Object taken) {
        if (taken == NONE_LEFT) {
            throw new NoSuchElementException("no tasks remain");
        }
        return (Task<T>) taken;
    }

    @Override
    protected void ensureMayWait() {
        completions.ensureNotCalledByOneOfThem("select");
    }

    @Override
    protected void awaitAny(
            List<? extends Source<?>> all, IntConsumer ready, BooleanSupplier over, long deadline)
            throws InterruptedException {
        SelectedTasks.of(all).await(ready, over, deadline);
    }
}
