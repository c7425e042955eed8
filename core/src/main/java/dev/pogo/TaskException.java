package dev.pogo;

import dev.pogo.json.Durations;

import org.jspecify.annotations.Nullable;

import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Thrown when a task has not returned a value; carries the numbers of the task and its pool.
 *
 * @serial exclude
 */
public abstract sealed class TaskException extends PogoException
        permits PoolSaturatedException,
                TaskCancelledException,
                TaskFailedException,
                TaskTimeoutException {
    @Serial private static final long serialVersionUID = 1;

    private final Facts facts;

    /**
     * What is known of a task and its pool at one moment.
     *
     * @param taskId the task's id
     * @param taskName the task's name
     * @param pool the name of the task's pool
     * @param waited how long the task waited for its work to start
     * @param ran how long its work had run, zero if it never started
     * @param load the load of the pool
     */
    public record Facts(
            long taskId, String taskName, String pool, Duration waited, Duration ran, PoolLoad load)
            implements Serializable {
        @Serial private static final long serialVersionUID = 1;

        /** Rejects null. */
        public Facts {
            Objects.requireNonNull(taskName, "taskName");
            Objects.requireNonNull(pool, "pool");
            Objects.requireNonNull(waited, "waited");
            Objects.requireNonNull(ran, "ran");
            Objects.requireNonNull(load, "load");
        }
    }

    /** Creates an exception whose message is what happened, followed by the numbers. */
    TaskException(Facts facts, String what, @Nullable Throwable cause) {
        super(message(facts, what), cause);
        this.facts = facts;
    }

    private static String message(Facts facts, String what) {
        return "%s [task %s, id %d: waited %s, ran %s; pool %s: %s]"
                .formatted(
                        what,
                        facts.taskName,
                        facts.taskId,
                        Durations.describe(facts.waited),
                        Durations.describe(facts.ran),
                        facts.pool,
                        facts.load);
    }

    /** Returns the tasks that wait for each other as the end of a sentence; empty if none do. */
    static String describe(List<String> cycle) {
        return cycle.isEmpty() ? "" : "; tasks wait for each other: " + String.join("; ", cycle);
    }

    /**
     * Returns the task's id.
     *
     * @return the id
     */
    public final long taskId() {
        return facts.taskId;
    }

    /**
     * Returns the task's name.
     *
     * @return the name
     */
    public final String taskName() {
        return facts.taskName;
    }

    /**
     * Returns the name of the task's pool.
     *
     * @return the name
     */
    public final String pool() {
        return facts.pool;
    }

    /**
     * Returns how long the task waited from {@code spawn} for its work to start, whether or not it
     * did.
     *
     * @return the time
     */
    public final Duration waited() {
        return facts.waited;
    }

    /**
     * Returns how long the task's work had run.
     *
     * @return the time, zero if it never started
     */
    public final Duration ran() {
        return facts.ran;
    }

    /**
     * Returns how long the task had taken by then: waiting and running together.
     *
     * @return the time
     */
    public final Duration elapsed() {
        return facts.waited.plus(facts.ran);
    }

    /**
     * Returns how many tasks of the pool were running.
     *
     * @return the number, counted like {@link PoolStats#running}
     */
    public final int running() {
        return facts.load.running();
    }

    /**
     * Returns how many tasks waited for a permit of the pool.
     *
     * @return the number of waiting tasks
     */
    public final int waiting() {
        return facts.load.waiting();
    }

    /**
     * Returns how many tasks of the pool may run at once.
     *
     * @return the pool's size
     */
    public final int limit() {
        return facts.load.size();
    }
}
