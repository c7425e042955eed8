package dev.pogo;

import dev.pogo.json.Durations;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

/**
 * How a runtime is to be. Immutable; each {@code with} method gives a changed copy.
 *
 * <p>As JSON, all of it optional:
 *
 * <pre>{@code
 * { "num_threads": 8, "max_wait": "30s", "jobs": ["com.acme.jobs.*"],
 *   "pools": { "external_api": { "num_threads": 16, "max_wait": "10s" },
 *              "cpu":          { "num_threads": 4,  "max_wait": "60s", "threads": "platform" } } }
 * }</pre>
 *
 * <p>The directives at the top describe the pool {@code default}, which may stand under {@code
 * pools} instead. A file that names another pool has to describe {@code default} in one of the two
 * ways.
 *
 * @param pools the pools, {@code default} first; at least that, no name twice
 * @param taskDecorator wraps each task's work, or null
 * @param jobs the job classes that may be named by a string, none by default: names of classes, or
 *     {@code com.acme.*} for the classes of a package and {@code com.acme.**} for those of the
 *     packages below it as well
 * @param closeGrace how long {@code close()} waits for cancelled work that does not stop, more than
 *     zero; null, the default, means until it has stopped. With a grace, work may outlive its
 *     scope: it is reported, and keeps its pool's permit
 */
public record PogoConfig(
        List<PoolConfig> pools,
        @Nullable TaskDecorator taskDecorator,
        List<String> jobs,
        @Nullable Duration closeGrace) {
    /** The name of the pool that every runtime has. */
    static final String DEFAULT_POOL = "default";

    /**
     * Checks the pools, and puts {@code default} first.
     *
     * @throws InvalidConfigException if there is no pool {@code default}, two have the same name,
     *     one of the jobs is neither a class nor a pattern, or the grace is zero or negative
     */
    public PogoConfig {
        Objects.requireNonNull(pools, "pools");
        List<PoolConfig> ordered = new ArrayList<>();
        TreeSet<String> names = new TreeSet<>();
        for (PoolConfig pool : pools) {
            Objects.requireNonNull(pool, "pools");
            if (!names.add(pool.name())) {
                throw new InvalidConfigException(
                        "PogoConfig", "pools", '"' + pool.name() + '"', "occurs twice", null);
            }
            ordered.add(pool.name().equals(DEFAULT_POOL) ? 0 : ordered.size(), pool);
        }
        if (!names.contains(DEFAULT_POOL)) {
            throw new InvalidConfigException(
                    "PogoConfig", "pools", names.toString(), "has no pool \"default\"", null);
        }
        pools = List.copyOf(ordered);
        Objects.requireNonNull(jobs, "jobs");
        for (String job : jobs) {
            if (!JobNames.isPattern(Objects.requireNonNull(job, "jobs"))) {
                throw new InvalidConfigException(
                        "PogoConfig", "jobs", '"' + job + '"', JobNames.NO_PATTERN, null);
            }
        }
        jobs = List.copyOf(jobs);
        if (closeGrace != null && !closeGrace.isPositive()) {
            throw new InvalidConfigException(
                    "PogoConfig",
                    "close_grace",
                    Durations.describe(closeGrace),
                    "must be more than zero",
                    null);
        }
    }

    /**
     * One pool, {@code default}, as {@link PoolConfig#named} gives it.
     *
     * @return the configuration
     */
    public static PogoConfig defaults() {
        return new PogoConfig(List.of(PoolConfig.named(DEFAULT_POOL)), null, List.of(), null);
    }

    /**
     * Reads a JSON file.
     *
     * @param file the file, in UTF-8
     * @return the configuration
     * @throws InvalidConfigException if it cannot be read or is wrong in any way: syntax, unknown
     *     or repeated directives, values out of range
     */
    public static PogoConfig load(Path file) {
        return ConfigReader.load(Objects.requireNonNull(file, "file"));
    }

    /**
     * Reads JSON.
     *
     * @param json the text
     * @return the configuration
     * @throws InvalidConfigException as {@link #load(Path)}
     */
    public static PogoConfig parse(String json) {
        return ConfigReader.parse("JSON text", Objects.requireNonNull(json, "json"));
    }

    /**
     * A copy with one more pool, instead of one of the same name if there is one.
     *
     * @param pool the pool
     * @return the copy
     */
    public PogoConfig withPool(PoolConfig pool) {
        Objects.requireNonNull(pool, "pool");
        List<PoolConfig> changed = new ArrayList<>(pools);
        changed.removeIf(other -> other.name().equals(pool.name()));
        changed.add(pool);
        return new PogoConfig(changed, taskDecorator, jobs, closeGrace);
    }

    /**
     * A copy with another decorator. To use several, compose them.
     *
     * @param d wraps each task's work
     * @return the copy
     */
    public PogoConfig withTaskDecorator(TaskDecorator d) {
        return new PogoConfig(pools, Objects.requireNonNull(d, "d"), jobs, closeGrace);
    }

    /**
     * A copy in which other job classes may be named by a string.
     *
     * @param patterns classes and patterns, in place of those before
     * @return the copy
     * @throws InvalidConfigException if one of them is neither a class nor a pattern
     */
    public PogoConfig withJobs(List<String> patterns) {
        return new PogoConfig(
                pools, taskDecorator, Objects.requireNonNull(patterns, "patterns"), closeGrace);
    }

    /**
     * A copy in which {@code close()} does not wait for ever for work that does not stop.
     *
     * @param grace how long it waits after it has cancelled the work
     * @return the copy
     * @throws InvalidConfigException if it is zero or negative
     */
    public PogoConfig withCloseGrace(Duration grace) {
        return new PogoConfig(pools, taskDecorator, jobs, Objects.requireNonNull(grace, "grace"));
    }
}
