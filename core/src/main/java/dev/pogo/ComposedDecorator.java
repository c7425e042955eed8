package dev.pogo;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Predicate;

/** Two decorators, see {@link TaskDecorator#andThen}. */
record ComposedDecorator(TaskDecorator inner, TaskDecorator outer) implements TaskDecorator {
    @Override
    public Callable<Object> decorate(Callable<Object> work) {
        Callable<Object> wrapped = inner.decorate(work);
        return outer.decorate(
                Objects.requireNonNull(
                        wrapped, () -> "task decorator " + inner + " returned null"));
    }

    /** Returns whether a decorator, or one that it is composed of, is of some kind. */
    static boolean contains(TaskDecorator decorator, Predicate<TaskDecorator> kind) {
        return kind.test(decorator)
                || (decorator instanceof ComposedDecorator composed
                        && (contains(composed.inner, kind) || contains(composed.outer, kind)));
    }
}
