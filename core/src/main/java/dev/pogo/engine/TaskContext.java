package dev.pogo.engine;

import dev.pogo.TaskDecorator;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;

/** Carries the spawning thread's context into the task: the decorator's, and SLF4J's MDC. */
final class TaskContext {
    private TaskContext() {}

    /** Returns the work for the task's thread to call; the work itself if there is no context. */
    @SuppressWarnings("unchecked") // a decorator returns what the work returns, which is a T
    static <T extends @Nullable Object> Callable<? extends T> capture(
            Callable<? extends T> work, @Nullable TaskDecorator decorator) {
        Callable<? extends T> decorated = work;
        if (decorator != null) {
            Callable<Object> wrapped = decorator.decorate((Callable<Object>) work);
            decorated =
                    (Callable<T>)
                            Objects.requireNonNull(
                                    wrapped,
                                    () -> "task decorator " + decorator + " returned null");
        }
        Map<String, String> mdc = MDC.getCopyOfContextMap();
        return mdc == null || mdc.isEmpty() ? decorated : withMdc(decorated, mdc);
    }

    private static <T extends @Nullable Object> Callable<T> withMdc(
            Callable<? extends T> work, Map<String, String> mdc) {
        return () -> {
            MDC.setContextMap(mdc);
            try {
                return work.call();
            } finally {
                MDC.clear();
            }
        };
    }
}
