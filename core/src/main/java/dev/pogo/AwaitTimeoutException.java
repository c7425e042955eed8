package dev.pogo;

import dev.pogo.json.Durations;

import java.io.Serial;
import java.time.Duration;
import java.util.List;

/**
 * Thrown when an await runs out of time and has cancelled what it waited for. If it waited for
 * several tasks, the facts are those of the unfinished task that was spawned first. Whoever awaits
 * one of these tasks later gets an exception of this type too.
 *
 * @serial exclude
 */
public final class AwaitTimeoutException extends TaskTimeoutException {
    @Serial private static final long serialVersionUID = 1;

    private final int unfinished;

    @SuppressWarnings("serial") // an unmodifiable JDK list, which is serializable
    private final List<String> cycle;

    /**
     * Creates an exception. Public for tests of code that handles it.
     *
     * @param facts the facts about the unfinished task that was spawned first
     * @param timeout the timeout that was given
     * @param unfinished the number of tasks that the await has cancelled
     * @param awaited the number of tasks that it waited for
     * @param cycle a line for each of the tasks that waited for each other, empty if there are none
     */
    public AwaitTimeoutException(
            Facts facts, Duration timeout, int unfinished, int awaited, List<String> cycle) {
        super(facts, what(timeout, unfinished, awaited) + describe(cycle), timeout, null);
        this.unfinished = unfinished;
        this.cycle = List.copyOf(cycle);
    }

    private static String what(Duration timeout, int unfinished, int awaited) {
        String limit = Durations.describe(timeout);
        return awaited == 1
                ? "no outcome within the timeout of " + limit + "; the task is cancelled"
                : "%d of %d tasks had no outcome within the timeout of %s and are cancelled; the first"
                        .formatted(unfinished, awaited, limit);
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
