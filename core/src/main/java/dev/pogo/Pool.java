package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/**
 * A named limit on the number of tasks that run at once, across all scopes of a runtime. All
 * methods may be called by any thread.
 *
 * <p>Implemented by Pogo only; further methods may be added.
 */
public interface Pool {
    /**
     * Returns the pool's name.
     *
     * @return the name, not blank
     */
    String name();

    /**
     * Returns the number of tasks that may run at once.
     *
     * @return the number of permits, at least 1
     */
    int size();

    /**
     * Returns how long a task may wait for a permit.
     *
     * @return the time, more than zero
     */
    Duration maxWait();

    /**
     * Returns the kind of thread that the pool's tasks run on.
     *
     * @return the kind of thread
     */
    ThreadKind threads();

    /**
     * Returns the worker that runs the pool's jobs, as returned by {@link Worker#start}.
     *
     * @return the worker, null if the jobs run in this process
     */
    @Nullable Worker worker();

    /**
     * Returns the pool's numbers at this moment, and those of its tasks so far. Collecting the
     * times takes less than a millisecond and holds up no task.
     *
     * @return a snapshot
     */
    PoolStats stats();
}
