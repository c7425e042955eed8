package dev.pogo;

import com.google.errorprone.annotations.MustBeClosed;

import dev.pogo.engine.SharedRuntime;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Properties;

/**
 * Entry point to the process-wide runtime.
 *
 * {@snippet file="dev/pogo/ExampleTest.java" region="door"}
 *
 * <p>The runtime starts at its first use, with the configuration given to {@link #configure}, else
 * with the one that {@link PogoConfig#find} finds. An invalid configuration makes each use throw
 * {@link InvalidConfigException} until it is corrected. Call {@link #runtime} when the program
 * starts, so that a mistake in the configuration stops the start and not the first request.
 *
 * <p>All methods may be called by any thread.
 */
public final class Pogo {
    private static final SharedRuntime SHARED =
            new SharedRuntime(PogoConfig::find, PogoRuntime::start);

    private Pogo() {}

    /**
     * Opens a scope without a deadline of its own.
     *
     * @return the scope, which the calling thread must close
     * @throws InvalidConfigException if this is the first use and the configuration is invalid
     * @throws IllegalStateException if the process-wide runtime is closed
     */
    @MustBeClosed
    public static PogoScope open() {
        return runtime().open();
    }

    /**
     * Opens a scope with a deadline: when it passes, the unfinished tasks are cancelled.
     *
     * @param deadline the time from now, not negative
     * @return the scope, which the calling thread must close
     * @throws IllegalArgumentException if the deadline is negative
     * @throws InvalidConfigException if this is the first use and the configuration is invalid
     * @throws IllegalStateException if the process-wide runtime is closed
     */
    @MustBeClosed
    public static PogoScope open(Duration deadline) {
        return runtime().open(deadline);
    }

    /**
     * Returns how many tasks may run at once in the pool {@code default}.
     *
     * @return the pool's size
     * @throws InvalidConfigException if this is the first use and the configuration is invalid
     */
    public static int poolSize() {
        return runtime().pool(PogoConfig.DEFAULT_POOL).size();
    }

    /**
     * Returns how many tasks may run at once in a pool.
     *
     * @param pool the pool's name
     * @return the pool's size
     * @throws UnknownPoolException if there is no such pool
     * @throws InvalidConfigException if this is the first use and the configuration is invalid
     */
    public static int poolSize(String pool) {
        Objects.requireNonNull(pool, "pool");
        return runtime().pool(pool).size();
    }

    /**
     * Returns the process-wide runtime. It need not be closed, since its threads do not keep the
     * JVM alive; once it is closed, no other takes its place.
     *
     * @return the runtime
     * @throws InvalidConfigException if this is the first use and the configuration is invalid
     */
    public static PogoRuntime runtime() {
        return SHARED.get();
    }

    /**
     * Sets the configuration of the process-wide runtime, instead of a file. Must be called before
     * the first use; if called repeatedly before that, the last call counts.
     *
     * @param config the configuration
     * @throws IllegalStateException if the runtime has been used already
     */
    public static void configure(PogoConfig config) {
        SHARED.configure(Objects.requireNonNull(config, "config"));
    }

    /**
     * Returns Pogo's version.
     *
     * @return the version, such as {@code 1.2.3}
     */
    public static String version() {
        Properties properties = new Properties();
        try (InputStream in = Pogo.class.getResourceAsStream("version.properties")) {
            properties.load(Objects.requireNonNull(in, "version.properties"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version", "unknown");
    }
}
