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
 * Configuration of a runtime. Immutable; each {@code with} method returns a modified copy.
 *
 * <p>In JSON, where everything is optional:
 *
 * <pre>{@code
 * { "num_threads": 8, "max_wait": "30s", "jobs": ["com.acme.jobs.*"],
 *   "pools": { "external_api": { "num_threads": 16, "max_wait": "10s" },
 *              "cpu":          { "num_threads": 4,  "max_wait": "60s", "threads": "platform" } } }
 * }</pre>
 *
 * <p>The directives at the top level configure the pool {@code default}, which may be configured
 * under {@code pools} instead. A file that names another pool must configure {@code default} in one
 * of the two ways.
 *
 * @param pools the pools, {@code default} first; it must be present, and no name may occur twice
 * @param taskDecorator the decorator that wraps each task's work, or null
 * @param jobs the job classes that may be named by a string, none by default: names of classes, or
 *     {@code com.acme.*} for the classes of a package and {@code com.acme.**} for those of its
 *     subpackages as well
 * @param closeGrace how long {@code close()} waits for cancelled work that does not stop, more than
 *     zero; null, the default, means until it has stopped. With a grace period, work may outlive
 *     its scope: it is reported, and keeps its pool's permit
 */
public record PogoConfig(
        List<PoolConfig> pools,
        @Nullable TaskDecorator taskDecorator,
        List<String> jobs,
        @Nullable Duration closeGrace) {
    /** Name of the pool that every runtime has. */
    static final String DEFAULT_POOL = "default";

    /**
     * Validates the components and puts {@code default} first.
     *
     * @throws InvalidConfigException if there is no pool {@code default}, two pools have the same
     *     name, one of the jobs is neither a class nor a pattern, or the grace period is zero or
     *     negative
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
     * Returns a configuration with the one pool {@code default}, as {@link PoolConfig#named}
     * returns it.
     *
     * @return the configuration
     */
    public static PogoConfig defaults() {
        return new PogoConfig(List.of(PoolConfig.named(DEFAULT_POOL)), null, List.of(), null);
    }

    /**
     * Reads a configuration from a JSON file.
     *
     * @param file the file, in UTF-8
     * @return the configuration
     * @throws InvalidConfigException if the file cannot be read or is invalid in any way: syntax,
     *     unknown or repeated directives, values out of range
     */
    public static PogoConfig load(Path file) {
        return ConfigReader.load(Objects.requireNonNull(file, "file"));
    }

    /**
     * Reads a configuration from JSON text.
     *
     * @param json the text
     * @return the configuration
     * @throws InvalidConfigException as {@link #load(Path)}
     */
    public static PogoConfig parse(String json) {
        return ConfigReader.parse("JSON text", Objects.requireNonNull(json, "json"));
    }

    /**
     * Returns a copy with an additional pool, which replaces a pool of the same name.
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
     * Returns a copy with another decorator. To use several, compose them.
     *
     * @param decorator the decorator that wraps each task's work
     * @return the copy
     */
    public PogoConfig withTaskDecorator(TaskDecorator decorator) {
        Objects.requireNonNull(decorator, "decorator");
        return new PogoConfig(pools, decorator, jobs, closeGrace);
    }

    /**
     * Returns a copy in which other job classes may be named by a string.
     *
     * @param patterns classes and patterns, which replace the previous ones
     * @return the copy
     * @throws InvalidConfigException if one of them is neither a class nor a pattern
     */
    public PogoConfig withJobs(List<String> patterns) {
        return new PogoConfig(
                pools, taskDecorator, Objects.requireNonNull(patterns, "patterns"), closeGrace);
    }

    /**
     * Returns a copy in which {@code close()} does not wait indefinitely for work that does not
     * stop.
     *
     * @param grace how long to wait after the work was cancelled
     * @return the copy
     * @throws InvalidConfigException if it is zero or negative
     */
    public PogoConfig withCloseGrace(Duration grace) {
        return new PogoConfig(pools, taskDecorator, jobs, Objects.requireNonNull(grace, "grace"));
    }
}
