package dev.pogo;

import dev.pogo.json.Durations;

import java.io.Serial;
import java.time.Duration;
import java.util.List;

/**
 * Thrown when an await runs out of time and has cancelled what it waited for. If it waited for
 * several tasks, the facts are those of the unfinished task that was spawned first.
 *
 * @serial exclude
 */
public final class AwaitTimeoutException extends TaskException {
    @Serial private static final long serialVersionUID = 1;

    private final Duration timeout;
    private final int unfinished;

    @SuppressWarnings("serial") // an unmodifiable JDK list, which is serializable
    private final List<String> cycle;

    private AwaitTimeoutException(
            Task<?> task, String what, Duration timeout, int unfinished, List<String> cycle) {
        super(task, task.owningPool().load(), what + WaitCycle.describe(cycle), null);
        this.timeout = timeout;
        this.unfinished = unfinished;
        this.cycle = cycle;
    }

    static AwaitTimeoutException of(Task<?> task, Duration timeout, List<String> cycle) {
        return new AwaitTimeoutException(
                task,
                "no outcome within the timeout of %s; the task is cancelled"
                        .formatted(Durations.describe(timeout)),
                timeout,
                1,
                cycle);
    }

    static AwaitTimeoutException of(
            List<Task<?>> late, int of, Duration timeout, List<String> cycle) {
        return new AwaitTimeoutException(
                first(late),
                "%d of %d tasks had no outcome within the timeout of %s and are cancelled; the first"
                        .formatted(late.size(), of, Durations.describe(timeout)),
                timeout,
                late.size(),
                cycle);
    }

    private static Task<?> first(List<Task<?>> late) {
        Task<?> first = late.getFirst();
        for (Task<?> task : late) {
            if (task.id() < first.id()) {
                first = task;
            }
        }
        return first;
    }

    /**
     * Returns the timeout that was given.
     *
     * @return the timeout
     */
    public Duration timeout() {
        return timeout;
    }

    /**
     * Returns the number of tasks that the await has cancelled.
     *
     * @return the number, at least 1
     */
    public int unfinished() {
        return unfinished;
    }

    /**
     * Returns the tasks that waited for each other at that moment, so that none of them could go
     * on.
     *
     * @return a line for each such task, in the order in which they await each other; empty if
     *     there was no such cycle; unmodifiable
     */
    public List<String> cycle() {
        return cycle;
    }
}
