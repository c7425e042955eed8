package dev.pogo;

import dev.pogo.json.Durations;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Configuration of a pool. Immutable; each {@code with} method returns a modified copy.
 *
 * @param name the pool's name, not blank
 * @param numThreads how many tasks may run at once, at least 1; by default twice the number of
 *     available processors
 * @param maxWait how long a task may wait for a permit, more than zero; by default 30 seconds
 * @param threads the kind of threads that tasks run on; by default {@link ThreadKind#VIRTUAL}
 * @param worker the worker that runs the pool's jobs; with null, the default, they run in this
 *     process
 * @param shedDoomed whether a task is refused at once if, at the rate at which the pool has
 *     recently admitted tasks, the deadline of its scope, or its own time limit, comes before its
 *     turn; by default false: the task waits
 * @param directives what {@linkplain dev.pogo.spi.PoolDirectiveReader other modules} have read from
 *     their directives of the pool, by the names of the directives; none by default
 */
public record PoolConfig(
        String name,
        int numThreads,
        Duration maxWait,
        ThreadKind threads,
        @Nullable Worker worker,
        boolean shedDoomed,
        Map<String, Object> directives) {
    private static final Duration DEFAULT_MAX_WAIT = Duration.ofSeconds(30);

    /**
     * Validates the values.
     *
     * @throws InvalidConfigException if the name is blank, or a number or duration is out of range
     */
    public PoolConfig {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(maxWait, "maxWait");
        Objects.requireNonNull(threads, "threads");
        directives = Map.copyOf(Objects.requireNonNull(directives, "directives"));
        if (name.isBlank()) {
            throw new InvalidConfigException(
                    "PoolConfig", "name", '"' + name + '"', "is not a valid pool name", null);
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
     * Returns a configuration with the default size, maximum wait and threads.
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
                false,
                Map.of());
    }

    /**
     * Returns a copy with another size.
     *
     * @param numThreads how many tasks may run at once
     * @return the copy
     * @throws InvalidConfigException if it is less than 1
     */
    public PoolConfig withNumThreads(int numThreads) {
        return new PoolConfig(name, numThreads, maxWait, threads, worker, shedDoomed, directives);
    }

    /**
     * Returns a copy with another maximum wait.
     *
     * @param maxWait how long a task may wait for a permit
     * @return the copy
     * @throws InvalidConfigException if it is zero or negative
     */
    public PoolConfig withMaxWait(Duration maxWait) {
        Objects.requireNonNull(maxWait, "maxWait");
        return new PoolConfig(name, numThreads, maxWait, threads, worker, shedDoomed, directives);
    }

    /**
     * Returns a copy with another kind of threads.
     *
     * @param threads the kind of threads that tasks run on
     * @return the copy
     */
    public PoolConfig withThreads(ThreadKind threads) {
        Objects.requireNonNull(threads, "threads");
        return new PoolConfig(name, numThreads, maxWait, threads, worker, shedDoomed, directives);
    }

    /**
     * Returns a copy with another worker.
     *
     * @param worker the worker that runs the pool's jobs; called by many threads at once
     * @return the copy
     */
    public PoolConfig withWorker(Worker worker) {
        Objects.requireNonNull(worker, "worker");
        return new PoolConfig(name, numThreads, maxWait, threads, worker, shedDoomed, directives);
    }

    /**
     * Returns a copy that does or does not refuse doomed tasks.
     *
     * @param shedDoomed whether to refuse a task whose turn would come after the deadline of its
     *     scope
     * @return the copy
     */
    public PoolConfig withShedDoomed(boolean shedDoomed) {
        return new PoolConfig(name, numThreads, maxWait, threads, worker, shedDoomed, directives);
    }

    /**
     * Returns a copy with another directive of a module, as if it had been read from a file.
     *
     * @param name the name of the directive
     * @param value what the module's {@link dev.pogo.spi.PoolDirectiveReader} would return for it
     * @return the copy
     */
    public PoolConfig withDirective(String name, Object value) {
        Map<String, Object> changed = new HashMap<>(directives);
        changed.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
        return new PoolConfig(name(), numThreads, maxWait, threads, worker, shedDoomed, changed);
    }

    /**
     * Returns what a module's {@link dev.pogo.spi.PoolDirectiveReader} has read from its directive.
     *
     * @param name the name of the directive
     * @param type the type of the result
     * @param <T> the type of the result
     * @return the result; empty if the pool has no such directive
     * @throws ClassCastException if the result is not of the type
     */
    public <T> Optional<T> directive(String name, Class<T> type) {
        Objects.requireNonNull(type, "type");
        return Optional.ofNullable(directives.get(Objects.requireNonNull(name, "name")))
                .map(type::cast);
    }
}
