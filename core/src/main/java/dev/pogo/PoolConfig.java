package dev.pogo;

import dev.pogo.json.Durations;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;

/**
 * How a pool is to be. Immutable; each {@code with} method gives a changed copy.
 *
 * @param name the pool's name, not blank
 * @param numThreads how many tasks may run at once, at least 1; by default twice the number of
 *     available processors
 * @param maxWait how long a task may wait for a permit, more than zero; by default 30 seconds
 * @param threads what tasks run on; by default {@link ThreadKind#VIRTUAL}
 * @param worker what runs the pool's jobs; null, the default, runs them in this process
 * @param shedDoomed whether a task is refused at once if, as the pool has been admitting tasks
 *     lately, the deadline of its scope comes before its turn; by default false: it waits
 */
public record PoolConfig(
        String name,
        int numThreads,
        Duration maxWait,
        ThreadKind threads,
        @Nullable Worker worker,
        boolean shedDoomed) {
    private static final Duration DEFAULT_MAX_WAIT = Duration.ofSeconds(30);

    /**
     * Checks the values.
     *
     * @throws InvalidConfigException if the name is blank, or a number or duration out of its range
     */
    public PoolConfig {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(maxWait, "maxWait");
        Objects.requireNonNull(threads, "threads");
        if (name.isBlank()) {
            throw new InvalidConfigException(
                    "PoolConfig", "name", '"' + name + '"', "is not a name for a pool", null);
        }
        if (numThreads < 1) {
            throw invalid(name, "num_threads", Integer.toString(numThreads), "must be at least 1");
        }
        if (!maxWait.isPositive()) {
            throw invalid(name, "max_wait", Durations.describe(maxWait), "must be more than zero");
        }
    }

    private static InvalidConfigException invalid(
            String pool, String path, String value, String problem) {
        return new InvalidConfigException("PoolConfig \"" + pool + '"', path, value, problem, null);
    }

    /**
     * A pool with the default size, maximal wait and threads.
     *
     * @param name the pool's name
     * @return the configuration
     * @throws InvalidConfigException if the name is blank
     */
    public static PoolConfig named(String name) {
        return new PoolConfig(
                name,
                2 * Runtime.getRuntime().availableProcessors(),
                DEFAULT_MAX_WAIT,
                ThreadKind.VIRTUAL,
                null,
                false);
    }

    /**
     * A copy with another size.
     *
     * @param n how many tasks may run at once
     * @return the copy
     * @throws InvalidConfigException if it is less than 1
     */
    public PoolConfig withNumThreads(int n) {
        return new PoolConfig(name, n, maxWait, threads, worker, shedDoomed);
    }

    /**
     * A copy with another maximal wait.
     *
     * @param d how long a task may wait for a permit
     * @return the copy
     * @throws InvalidConfigException if it is zero or negative
     */
    public PoolConfig withMaxWait(Duration d) {
        return new PoolConfig(
                name, numThreads, Objects.requireNonNull(d, "d"), threads, worker, shedDoomed);
    }

    /**
     * A copy with another kind of threads.
     *
     * @param kind what tasks run on
     * @return the copy
     */
    public PoolConfig withThreads(ThreadKind kind) {
        return new PoolConfig(
                name,
                numThreads,
                maxWait,
                Objects.requireNonNull(kind, "kind"),
                worker,
                shedDoomed);
    }

    /**
     * A copy whose jobs another worker runs.
     *
     * @param w what runs the pool's jobs; called by many threads at once
     * @return the copy
     */
    public PoolConfig withWorker(Worker w) {
        return new PoolConfig(
                name, numThreads, maxWait, threads, Objects.requireNonNull(w, "w"), shedDoomed);
    }

    /**
     * A copy that refuses doomed tasks, or does not.
     *
     * @param shed whether to refuse a task whose turn would come after the deadline of its scope
     * @return the copy
     */
    public PoolConfig withShedDoomed(boolean shed) {
        return new PoolConfig(name, numThreads, maxWait, threads, worker, shed);
    }
}
