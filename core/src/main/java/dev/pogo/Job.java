package dev.pogo;

import org.jspecify.annotations.Nullable;

/**
 * Work that is identified by its class and receives its input as JSON-compatible args, so that the
 * same call can run in another process by configuration alone.
 *
 * {@snippet file="dev/pogo/JobExampleTest.java" region="job"}
 *
 * <p>The class has a public constructor without parameters; each task gets its own instance. Args
 * and result are snapshots: neither side sees later changes by the other. They are null, booleans,
 * numbers, strings, enums, arrays, lists, maps with string keys, and records or beans of these.
 *
 * @param <A> the type of the args
 * @param <R> the type of the result
 */
@FunctionalInterface
public interface Job<A extends @Nullable Object, R extends @Nullable Object> {
    /**
     * Performs the work.
     *
     * @param args the args that were given to {@code spawn}; a copy that belongs to this call
     * @return the result; must not be modified by other threads until the task has ended
     * @throws Exception if the work fails; the task then fails with this as its cause
     */
    R handle(A args) throws Exception;
}
