package dev.pogo;

import org.jspecify.annotations.Nullable;

/**
 * Work that is named by its class and gets its input as JSON-compatible args, so that the same call
 * can run in another process by configuration alone.
 *
 * {@snippet file="dev/pogo/JobExampleTest.java" region="job"}
 *
 * <p>The class has a public constructor without parameters; each task gets an instance of its own.
 * Args and result are snapshots: neither side sees what the other changes later. They are null,
 * booleans, numbers, strings, enums, arrays, lists, maps with strings as keys, and records or beans
 * of these.
 *
 * @param <A> the type of the args
 * @param <R> the type of the result
 */
@FunctionalInterface
public interface Job<A extends @Nullable Object, R extends @Nullable Object> {
    /**
     * Does the work.
     *
     * @param args what was given to {@code spawn}; a copy that is this call's own
     * @return the result; must not be changed by other threads until the task has ended
     * @throws Exception if the work fails; the task fails with this as its cause
     */
    R handle(A args) throws Exception;
}
