package dev.pogo;

import dev.pogo.json.Durations;

import java.io.Serial;
import java.time.Duration;

/**
 * A task waited for a permit for as long as its pool allows, and never ran. The pool's numbers are
 * those of the moment when it gave up.
 *
 * @serial exclude
 */
public final class PoolSaturatedException extends TaskException {
    @Serial private static final long serialVersionUID = 1;

    private final Duration maxWait;

    PoolSaturatedException(Task<?> task, PoolStats stats) {
        super(
                task,
                stats,
                "no permit within max_wait of " + Durations.describe(task.owningPool().maxWait()),
                null);
        this.maxWait = task.owningPool().maxWait();
    }

    /**
     * The pool's {@code max_wait}.
     *
     * @return how long a task of the pool may wait
     */
    public Duration maxWait() {
        return maxWait;
    }
}
