package dev.pogo;

import dev.pogo.json.Durations;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;

/**
 * Where and how a task is to run: its pool, its name and its time limit. Immutable; each method
 * that sets something returns a modified copy. Made once and kept in a constant, it costs the spawn
 * of a lambda nothing:
 *
 * {@snippet file="dev/pogo/ExampleTest.java" region="spec"}
 *
 * @param pool the name of the pool
 * @param name the task's name, for logs, reports and thread names; need not be unique. Null, the
 *     default, for the name that the task has by itself, see {@link Task#name()}
 * @param within the time from {@code spawn} on, for waiting and running together, after which the
 *     task is cancelled with the reason {@link CancelReason#TASK_TIMEOUT}; null, the default, for
 *     no limit
 */
public record TaskSpec(String pool, @Nullable String name, @Nullable Duration within) {
    /**
     * Validates the components.
     *
     * @throws IllegalArgumentException if the name is blank, or the time limit zero or negative
     */
    public TaskSpec {
        Objects.requireNonNull(pool, "pool");
        if (name != null && name.isBlank()) {
            throw new IllegalArgumentException("name must not be blank");
        }
        if (within != null && !within.isPositive()) {
            throw new IllegalArgumentException(
                    "within must be more than zero, but is " + Durations.describe(within));
        }
    }

    /**
     * Returns a spec of tasks in a pool, without a name and a time limit. Whether the pool exists
     * is known only to the runtime, and so checked by {@code spawn}.
     *
     * @param pool the name of the pool
     * @return the spec
     */
    public static TaskSpec in(String pool) {
        return new TaskSpec(pool, null, null);
    }

    /**
     * Returns a copy with another name.
     *
     * @param name the name of the tasks
     * @return the copy
     * @throws IllegalArgumentException if the name is blank
     */
    public TaskSpec named(String name) {
        return new TaskSpec(pool, Objects.requireNonNull(name, "name"), within);
    }

    /**
     * Returns a copy with another time limit.
     *
     * @param limit the time from {@code spawn} on
     * @return the copy
     * @throws IllegalArgumentException if the limit is zero or negative
     */
    public TaskSpec within(Duration limit) {
        return new TaskSpec(pool, name, Objects.requireNonNull(limit, "limit"));
    }
}
