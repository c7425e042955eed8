package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Callable;

/**
 * Work that has its task's event with it, so that only a task that is recorded takes memory for
 * that.
 */
record RecordedWork<T extends @Nullable Object>(Callable<? extends T> work, TaskEvent event)
        implements Callable<T> {
    static <T extends @Nullable Object> RecordedWork<T> of(Callable<? extends T> work) {
        TaskEvent event = new TaskEvent();
        event.begin();
        return new RecordedWork<>(work, event);
    }

    /** What records the task of the work, or null. */
    static @Nullable TaskEvent eventOf(@Nullable Callable<?> work) {
        return work instanceof RecordedWork<?> recorded ? recorded.event : null;
    }

    @Override
    public T call() throws Exception {
        return work.call();
    }
}
