package dev.pogo;

import com.google.errorprone.annotations.MustBeClosed;

import dev.pogo.engine.PogoRuntimeImpl;

import java.time.Duration;
import java.util.List;

/**
 * A set of pools and the scopes that use them. Most programs use the process-wide runtime behind
 * {@link Pogo}; tests, and programs with parts that must not share pools, start their own.
 *
 * <p>Implemented by Pogo only; further methods may be added.
 *
 * <p>All methods may be called by any thread. A runtime starts no thread by itself. All its threads
 * are daemon threads; when no task and no deadline is pending, there is at most one, for timing,
 * besides those of its pools' workers, if any.
 */
public interface PogoRuntime extends AutoCloseable {
    /**
     * Starts a runtime.
     *
     * @param config its pools
     * @return the runtime, to be closed when it is no longer needed
     * @throws InvalidConfigException if the worker of a pool refuses to start with its
     *     configuration
     */
    static PogoRuntime start(PogoConfig config) {
        return PogoRuntimeImpl.start(config);
    }

    /**
     * Opens a scope without a deadline of its own.
     *
     * @return the scope, to be closed by the calling thread
     * @throws IllegalStateException if the runtime is closed
     */
    @MustBeClosed
    PogoScope open();

    /**
     * Opens a scope with a deadline, at which its unfinished tasks are cancelled.
     *
     * @param deadline the time from now, not negative
     * @return the scope, to be closed by the calling thread
     * @throws IllegalArgumentException if the deadline is negative
     * @throws IllegalStateException if the runtime is closed
     */
    @MustBeClosed
    PogoScope open(Duration deadline);

    /**
     * Returns the pool with the given name.
     *
     * @param name the name
     * @return the pool
     * @throws UnknownPoolException if there is no pool of that name
     */
    Pool pool(String name);

    /**
     * Returns all pools, {@code default} first.
     *
     * @return an unmodifiable list
     */
    List<Pool> pools();

    /**
     * Adds a listener that is notified of each task that ends from now on. A listener that is added
     * twice is notified twice.
     *
     * @param listener the listener to add
     */
    void addTaskListener(TaskListener listener);

    /**
     * Removes one registration of the listener. A listener that is not registered is ignored.
     *
     * @param listener the listener to remove
     */
    void removeTaskListener(TaskListener listener);

    /**
     * Refuses new scopes and tasks, cancels every task of every scope, closes the scopes' channels,
     * and waits until the threads of all tasks have ended their work. Like {@link
     * PogoScope#close()}, this cannot be interrupted, keeps waiting for work that ignores its
     * interrupt (for at most {@link PogoConfig#closeGrace()}, if that is set), and reports such
     * work. It then closes the workers that it has {@linkplain Worker#start started}. The scopes
     * still have to be closed by their owners. Closing again waits in the same way.
     *
     * @throws IllegalStateException if called by a task of this runtime, even from a cancellation
     *     hook, or by a task of another runtime within a scope that such a task has opened: the
     *     close could never end
     */
    @Override
    void close();
}
