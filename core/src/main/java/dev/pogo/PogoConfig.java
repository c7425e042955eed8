package dev.pogo;

import dev.pogo.config.ConfigLocation;
import dev.pogo.config.ConfigReader;
import dev.pogo.engine.ContextPropagation;
import dev.pogo.json.Durations;
import dev.pogo.util.ClassPatterns;

import org.jspecify.annotations.Nullable;

import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
 * <p>Configurations are equal if all their components but {@code source} are: what they say counts,
 * not where it was read.
 *
 * @param pools the pools, {@code default} first; it must be present, and no name may occur twice
 * @param taskDecorator the decorator that wraps each task's work, or null
 * @param jobs the job classes that may be named by a string, none by default: names of classes, or
 *     {@code com.acme.*} for the classes of a package and {@code com.acme.**} for those of its
 *     subpackages as well
 * @param closeGrace how long {@code close()} waits for cancelled work that does not stop, more than
 *     zero; null, the default, means until it has stopped. With a grace period, work may outlive
 *     its scope: it is reported, and keeps its pool's permit
 * @param awaitTimeout how long an await that is given no timeout waits where no deadline limits it,
 *     more than zero, 5 s by default
 * @param leakDetection whether each scope remembers where it was opened, so that the log can name
 *     the place if the scope is left open; off by default, since that costs each scope a stack
 *     trace
 * @param sections what {@linkplain dev.pogo.spi.SectionReader other modules} have read from their
 *     sections of the file, by the names of the sections; none by default
 * @param source where the configuration was read, for messages: a file and what named it, the URL
 *     of a resource, {@code JSON text} or {@code built-in defaults}; copies keep it
 */
public record PogoConfig(
        List<PoolConfig> pools,
        @Nullable TaskDecorator taskDecorator,
        List<String> jobs,
        @Nullable Duration closeGrace,
        Duration awaitTimeout,
        boolean leakDetection,
        Map<String, Object> sections,
        String source) {
    /** Name of the pool that every runtime has. */
    public static final String DEFAULT_POOL = "default";

    private static final Duration DEFAULT_AWAIT_TIMEOUT = Duration.ofSeconds(5);

    /**
     * Validates the components and puts {@code default} first.
     *
     * @throws InvalidConfigException if there is no pool {@code default}, two pools have the same
     *     name, one of the jobs is neither a class nor a pattern, or the grace period or the await
     *     timeout is zero or negative
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
            if (!ClassPatterns.isPattern(Objects.requireNonNull(job, "jobs"))) {
                throw new InvalidConfigException(
                        "PogoConfig", "jobs", '"' + job + '"', ClassPatterns.NO_PATTERN, null);
            }
        }
        jobs = List.copyOf(jobs);
        if (closeGrace != null) {
            ensurePositive("close_grace", closeGrace);
        }
        ensurePositive("await_timeout", Objects.requireNonNull(awaitTimeout, "awaitTimeout"));
        sections = Map.copyOf(Objects.requireNonNull(sections, "sections"));
        Objects.requireNonNull(source, "source");
    }

    private static void ensurePositive(String directive, Duration duration) {
        if (!duration.isPositive()) {
            throw new InvalidConfigException(
                    "PogoConfig",
                    directive,
                    Durations.describe(duration),
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
        return new PogoConfig(
                List.of(PoolConfig.named(DEFAULT_POOL)),
                null,
                List.of(),
                null,
                DEFAULT_AWAIT_TIMEOUT,
                false,
                Map.of(),
                "built-in defaults");
    }

    /**
     * Finds the configuration as {@link Pogo} does at its first use, so that code can add to it.
     * The first of these counts, and only that one:
     *
     * <ol>
     *   <li>what the system property {@code pogo.config} names: a file, or a resource as in {@code
     *       classpath:conf/pogo.json}
     *   <li>what the environment variable {@code POGO_CONFIG} names, in the same way
     *   <li>the file {@code pogo.json} in the working directory
     *   <li>the resource {@code /pogo.json} on the class path, which may be inside a jar inside a
     *       jar
     *   <li>the {@linkplain #defaults() defaults}
     * </ol>
     *
     * <p>Resources are looked up by the calling thread's context class loader and then by that of
     * Pogo.
     *
     * @return the configuration
     * @throws InvalidConfigException if the property or the variable names nothing that exists, or
     *     what was found cannot be read or is invalid
     */
    public static PogoConfig find() {
        return ConfigLocation.find();
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
     * Reads a configuration from a JSON resource, such as one that {@link Class#getResource}
     * returns.
     *
     * @param resource the URL of the resource, in UTF-8
     * @return the configuration
     * @throws InvalidConfigException as {@link #load(Path)}
     */
    public static PogoConfig load(URL resource) {
        return ConfigReader.load(Objects.requireNonNull(resource, "resource"));
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
        return new PogoConfig(
                changed,
                taskDecorator,
                jobs,
                closeGrace,
                awaitTimeout,
                leakDetection,
                sections,
                source);
    }

    /**
     * Returns a copy with another decorator, which replaces the previous one. To use several,
     * compose them with {@link TaskDecorator#andThen}. {@linkplain #withContextPropagation Context
     * propagation} stays on.
     *
     * @param decorator the decorator that wraps each task's work
     * @return the copy
     */
    public PogoConfig withTaskDecorator(TaskDecorator decorator) {
        Objects.requireNonNull(decorator, "decorator");
        boolean propagating =
                taskDecorator != null
                        && ComposedDecorator.contains(
                                taskDecorator, ContextPropagation::isDecorator);
        PogoConfig changed = decoratedBy(decorator);
        return propagating ? changed.withContextPropagation() : changed;
    }

    /**
     * Returns a copy whose tasks have the context of the spawning thread, as far as Micrometer's
     * context-propagation knows it: each thread-local for which {@code ContextRegistry} has an
     * accessor, such as the current observation and Spring Security's context. At {@code spawn} the
     * values are captured; around the work they are set on the task's thread, and afterwards what
     * was there before is restored.
     *
     * <p>A decorator that is set sees the context as well: this is added to it by {@link
     * TaskDecorator#andThen}. Called again, it changes nothing.
     *
     * <p>If an accessor cannot read its value, {@code spawn} throws its exception and no task is
     * created; if it cannot set or restore its value, the task fails.
     *
     * @return the copy
     * @throws InvalidConfigException if the library {@code io.micrometer:context-propagation} is
     *     not there
     */
    public PogoConfig withContextPropagation() {
        TaskDecorator propagation = ContextPropagation.decorator();
        if (taskDecorator == null) {
            return decoratedBy(propagation);
        }
        return ComposedDecorator.contains(taskDecorator, ContextPropagation::isDecorator)
                ? this
                : decoratedBy(taskDecorator.andThen(propagation));
    }

    private PogoConfig decoratedBy(TaskDecorator decorator) {
        return new PogoConfig(
                pools, decorator, jobs, closeGrace, awaitTimeout, leakDetection, sections, source);
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
                pools,
                taskDecorator,
                Objects.requireNonNull(patterns, "patterns"),
                closeGrace,
                awaitTimeout,
                leakDetection,
                sections,
                source);
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
        return new PogoConfig(
                pools,
                taskDecorator,
                jobs,
                Objects.requireNonNull(grace, "grace"),
                awaitTimeout,
                leakDetection,
                sections,
                source);
    }

    /**
     * Returns a copy in which an await that is given no timeout waits for another time. Such an
     * await waits until the deadline of its scope, or the {@link TaskSpec#within} of its task,
     * where there is one, and for this time otherwise.
     *
     * @param timeout how long to wait
     * @return the copy
     * @throws InvalidConfigException if it is zero or negative
     */
    public PogoConfig withAwaitTimeout(Duration timeout) {
        return new PogoConfig(
                pools,
                taskDecorator,
                jobs,
                closeGrace,
                Objects.requireNonNull(timeout, "timeout"),
                leakDetection,
                sections,
                source);
    }

    /**
     * Returns a copy in which each scope remembers where it was opened, or does not.
     *
     * @param on whether it does
     * @return the copy
     */
    public PogoConfig withLeakDetection(boolean on) {
        return new PogoConfig(
                pools, taskDecorator, jobs, closeGrace, awaitTimeout, on, sections, source);
    }

    /**
     * Returns a copy with another section of a module, as if it had been read from a file.
     *
     * @param name the name of the section
     * @param section what the module's {@link dev.pogo.spi.SectionReader} would return for it
     * @return the copy
     */
    public PogoConfig withSection(String name, Object section) {
        Map<String, Object> changed = new HashMap<>(sections);
        changed.put(
                Objects.requireNonNull(name, "name"), Objects.requireNonNull(section, "section"));
        return new PogoConfig(
                pools,
                taskDecorator,
                jobs,
                closeGrace,
                awaitTimeout,
                leakDetection,
                changed,
                source);
    }

    /**
     * Returns what a module's {@link dev.pogo.spi.SectionReader} has read from its section.
     *
     * @param name the name of the section
     * @param type the type of the result
     * @param <T> the type of the result
     * @return the result; empty if the configuration has no such section
     * @throws ClassCastException if the result is not of the type
     */
    public <T> Optional<T> section(String name, Class<T> type) {
        Objects.requireNonNull(type, "type");
        return Optional.ofNullable(sections.get(Objects.requireNonNull(name, "name")))
                .map(type::cast);
    }

    /**
     * Returns whether a job class may be named by a string, according to {@link #jobs}.
     *
     * @param name the name of the class; it may come from outside, and nothing is loaded
     * @return whether one of the classes and patterns matches it
     */
    public boolean allowsJob(String name) {
        return new ClassPatterns(jobs).allows(Objects.requireNonNull(name, "name"));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PogoConfig that
                && pools.equals(that.pools)
                && Objects.equals(taskDecorator, that.taskDecorator)
                && jobs.equals(that.jobs)
                && Objects.equals(closeGrace, that.closeGrace)
                && awaitTimeout.equals(that.awaitTimeout)
                && leakDetection == that.leakDetection
                && sections.equals(that.sections);
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                pools, taskDecorator, jobs, closeGrace, awaitTimeout, leakDetection, sections);
    }
}
