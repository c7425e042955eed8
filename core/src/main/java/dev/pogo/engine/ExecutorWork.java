package dev.pogo.engine;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What was given to be executed. Either its task begins it, or a thread takes it back, which
 * returns it to the user.
 */
final class ExecutorWork<T extends @Nullable Object> implements Callable<T> {
    private final Object given;
    private final Callable<T> call;
    private final AtomicBoolean taken = new AtomicBoolean();

    ExecutorWork(Object given, Callable<T> call) {
        this.given = given;
        this.call = call;
    }

    static <T extends @Nullable Object> ExecutorWork<T> of(Callable<T> work) {
        return new ExecutorWork<>(Objects.requireNonNull(work, "work"), work);
    }

    static <T extends @Nullable Object> ExecutorWork<T> of(Runnable work, T result) {
        Objects.requireNonNull(work, "work");
        return new ExecutorWork<>(
                work,
                () -> {
                    work.run();
                    return result;
                });
    }

    @Override
    public T call() throws Exception {
        if (!takeBack()) {
            throw new CancellationException("taken back before it began");
        }
        return call.call();
    }

    /** Returns whether the work has not begun; it never does after that. */
    boolean takeBack() {
        return taken.compareAndSet(false, true);
    }

    Runnable runnable() {
        return given instanceof Runnable work ? work : new FutureTask<>(call);
    }
}
