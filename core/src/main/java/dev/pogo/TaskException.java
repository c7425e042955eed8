package dev.pogo;

import dev.pogo.json.Durations;

import org.jspecify.annotations.Nullable;

import java.io.Serial;
import java.time.Duration;

/**
 * Thrown when a task has not returned a value; carries the numbers of the task and its pool.
 *
 * @serial exclude
 */
public abstract sealed class TaskException extends PogoException
        permits AwaitTimeoutException,
                PoolSaturatedException,
                TaskCancelledException,
                TaskFailedException {
    @Serial private static final long serialVersionUID = 1;

    private final long taskId;
    private final String taskName;
    private final String pool;
    private final Duration waited;
    private final Duration ran;
    private final int running;
    private final int waiting;
    private final int limit;

    /** Creates an exception whose message is what happened, followed by the numbers. */
    TaskException(Task<?> task, PoolLoad load, String what, @Nullable Throwable cause) {
        this(task, load, what, task.waited(), task.ran(), cause);
    }

    private TaskException(
            Task<?> task,
            PoolLoad load,
            String what,
            Duration waited,
            Duration ran,
            @Nullable Throwable cause) {
        super(message(task, load, what, waited, ran), cause);
        this.taskId = task.id();
        this.taskName = task.name();
        this.pool = task.pool();
        this.waited = waited;
        this.ran = ran;
        this.running = load.running();
        this.waiting = load.waiting();
        this.limit = load.size();
    }

    private static String message(
            Task<?> task, PoolLoad load, String what, Duration waited, Duration ran) {
        return "%s [task %s, id %d: waited %s, ran %s; pool %s: %s]"
                .formatted(
                        what,
                        task.name(),
                        task.id(),
                        Durations.describe(waited),
                        Durations.describe(ran),
                        task.pool(),
                        load.words());
    }

    /**
     * Returns the task's id.
     *
     * @return the id
     */
    public final long taskId() {
        return taskId;
    }

    /**
     * Returns the task's name.
     *
     * @return the name
     */
    public final String taskName() {
        return taskName;
    }

    /**
     * Returns the name of the task's pool.
     *
     * @return the name
     */
    public final String pool() {
        return pool;
    }

    /**
     * Returns how long the task waited from {@code spawn} for its work to start, whether or not it
     * did.
     *
     * @return the time
     */
    public final Duration waited() {
        return waited;
    }

    /**
     * Returns how long the task's work had run.
     *
     * @return the time, zero if it never started
     */
    public final Duration ran() {
        return ran;
    }

    /**
     * Returns how long the task had taken by then: waiting and running together.
     *
     * @return the time
     */
    public final Duration elapsed() {
        return waited.plus(ran);
    }

    /**
     * Returns how many tasks of the pool were running.
     *
     * @return the number, counted like {@link PoolStats#running}
     */
    public final int running() {
        return running;
    }

    /**
     * Returns how many tasks waited for a permit of the pool.
     *
     * @return the number of waiting tasks
     */
    public final int waiting() {
        return waiting;
    }

    /**
     * Returns how many tasks of the pool may run at once.
     *
     * @return the pool's size
     */
    public final int limit() {
        return limit;
    }
}
