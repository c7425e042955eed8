package dev.pogo;

import java.util.concurrent.Callable;

/**
 * Carries the spawning thread's context into the task: scoped values, security context, tracing. A
 * decorator is given to the runtime by {@link PogoConfig#withTaskDecorator}. It is called on the
 * thread that spawns a task, before the task exists, once for each call of {@code spawn}.
 *
 * <p>SLF4J's MDC needs no decorator: it is always carried.
 */
@FunctionalInterface
public interface TaskDecorator {
    /**
     * Wraps a task's work. {@code spawn} throws whatever this method throws, and no task is
     * created; nor is one if it returns null ({@link NullPointerException}). May be called by many
     * threads at once.
     *
     * @param work the work that was given to {@code spawn}
     * @return the work that the task's thread calls instead; it calls {@code work} and returns its
     *     result
     */
    Callable<Object> decorate(Callable<Object> work);
}
