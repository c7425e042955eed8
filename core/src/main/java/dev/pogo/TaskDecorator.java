package dev.pogo;

import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * Carries the spawning thread's context into the task: scoped values, security context, tracing. A
 * decorator is given to the runtime by {@link PogoConfig#withTaskDecorator}. It is called on the
 * thread that spawns a task, before the task exists, once for each call of {@code spawn}.
 *
 * <p>SLF4J's MDC needs no decorator: it is always carried. {@link
 * PogoConfig#withContextPropagation} adds one that carries what Micrometer's context-propagation
 * knows.
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

    /**
     * Returns a decorator that applies this one first, and the other one to what this one returned.
     * So the other's wrapper is the outer one: on the spawning thread this decorator is called
     * before the other; on the task's thread the other's wrapper is entered first and left last,
     * and what it sets is seen by this one's wrapper and by the work.
     *
     * <p>If either of the two throws, {@code spawn} throws the same exception and no task is
     * created. If either returns null, {@code spawn} throws {@link NullPointerException}. If this
     * one fails, the other is not called.
     *
     * @param other the decorator whose wrapper is the outer one
     * @return the decorator that applies both; safe for many threads if both are
     */
    default TaskDecorator andThen(TaskDecorator other) {
        return new ComposedDecorator(this, Objects.requireNonNull(other, "other"));
    }
}
