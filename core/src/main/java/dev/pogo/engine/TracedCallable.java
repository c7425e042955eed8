package dev.pogo.engine;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Callable;

/**
 * Work that carries its task's event, so that only a task that is recorded uses memory for the
 * event.
 */
record TracedCallable<T extends @Nullable Object>(Callable<? extends T> work, TaskEvent event)
        implements Callable<T> {
    static <T extends @Nullable Object> TracedCallable<T> of(Callable<? extends T> work) {
        TaskEvent event = new TaskEvent();
        event.begin();
        return new TracedCallable<>(work, event);
    }

    /** Returns the event that records the work's task, or null. */
    static @Nullable TaskEvent eventOf(@Nullable Callable<?> work) {
        return work instanceof TracedCallable<?> recorded ? recorded.event : null;
    }

    @Override
    public T call() throws Exception {
        return work.call();
    }
}
