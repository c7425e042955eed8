package dev.pogo;

import java.util.concurrent.Callable;

/**
 * Carries the spawning thread's context into the task: scoped values, security context, tracing. It
 * is given to the runtime by {@link PogoConfig#withTaskDecorator} and called on the thread that
 * spawns a task, before the task exists, once for each call of {@code spawn}.
 *
 * <p>SLF4J's MDC needs no decorator: it is carried always.
 */
@FunctionalInterface
public interface TaskDecorator {
    /**
     * Wraps a task's work. What it throws, {@code spawn} throws, and there is no task; nor is there
     * one if it returns null ({@link NullPointerException}). Called by many threads at once.
     *
     * @param work the work as it was given to {@code spawn}
     * @return what the task's thread is to call instead; it calls {@code work} and gives its result
     */
    Callable<Object> decorate(Callable<Object> work);
}
