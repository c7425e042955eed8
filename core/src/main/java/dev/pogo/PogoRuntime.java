package dev.pogo;

import dev.pogo.TaskState.Cancelled;
import dev.pogo.sync.StackProbe;
import dev.pogo.sync.Timeout;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * A set of pools and the scopes that use them. Most programs use the process-wide runtime behind
 * {@link Pogo}; tests, and programs with parts that must not share pools, start their own.
 *
 * <p>All methods may be called by any thread. A runtime starts no thread by itself. All its threads
 * are daemon threads; when no task and no deadline is pending, there is at most one, for timing,
 * besides those of its pools' workers, if any.
 */
public final class PogoRuntime implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PogoRuntime.class);

    private final Map<String, Pool> pools = new LinkedHashMap<>();
    private final Pool defaultPool;
    private final @Nullable TaskDecorator decorator;
    private final JobNames jobNames;
    private final @Nullable Duration closeGrace;
    private final Timer timer;

    /** Workers that were started for this runtime, and are closed with it. */
    private final List<AutoCloseable> workers = new ArrayList<>();

    private final Interrupter interrupter;

    /** Separate, so that hooks do not delay interrupts; each hook is user code in a new thread. */
    private final Interrupter hookRunner;

    private final TaskListeners listeners = new TaskListeners();

    private final ActiveScopes busy = new ActiveScopes();

    /** Set before the active scopes are read for the last time. */
    private volatile boolean closed;

    private PogoRuntime(PogoConfig config, Timer timer) {
        FailureClasses.initialize();
        this.timer = timer;
        timer.scan(busy);
        this.interrupter = new Interrupter("pogo-interrupt", timer, true);
        this.hookRunner = new Interrupter("pogo-cancel", timer, false);
        try {
            for (PoolConfig pool : config.pools()) {
                pools.put(pool.name(), new Pool(withStartedWorker(pool), timer));
            }
        } catch (Throwable e) {
            closeWorkers();
            throw e;
        }
        defaultPool = pool(PogoConfig.DEFAULT_POOL);
        decorator = config.taskDecorator();
        jobNames = new JobNames(config.jobs());
        closeGrace = config.closeGrace();
    }

    /**
     * Starts a runtime.
     *
     * @param config its pools
     * @return the runtime, to be closed when it is no longer needed
     * @throws InvalidConfigException if the worker of a pool refuses to start with its
     *     configuration
     */
    public static PogoRuntime start(PogoConfig config) {
        return start(config, new Timer());
    }

    /** Starts a runtime with a timer, which belongs to the runtime from now on. */
    static PogoRuntime start(PogoConfig config, Timer timer) {
        return new PogoRuntime(Objects.requireNonNull(config, "config"), timer);
    }

    private PoolConfig withStartedWorker(PoolConfig pool) {
        Worker worker = pool.worker();
        if (worker == null) {
            return pool;
        }
        Worker started = worker.start(pool);
        if (started != worker && started instanceof AutoCloseable closeable) {
            workers.add(closeable);
        }
        return pool.withWorker(started);
    }

    /** Closes the workers; if one fails to close, the others are still closed. */
    private void closeWorkers() {
        for (AutoCloseable worker : workers) {
            try {
                worker.close();
            } catch (Throwable e) {
                SafeLog.warn(LOG, "{} could not be closed", worker, e);
            }
        }
    }

    /**
     * Opens a scope without a deadline of its own.
     *
     * @return the scope, to be closed by the calling thread
     * @throws IllegalStateException if the runtime is closed
     */
    public PogoScope open() {
        return open(false, 0);
    }

    /**
     * Opens a scope with a deadline, at which its unfinished tasks are cancelled.
     *
     * @param deadline the time from now, not negative
     * @return the scope, to be closed by the calling thread
     * @throws IllegalArgumentException if the deadline is negative
     * @throws IllegalStateException if the runtime is closed
     */
    public PogoScope open(Duration deadline) {
        return open(true, System.nanoTime() + Timeout.nanos(deadline, "deadline"));
    }

    private PogoScope open(boolean timed, long deadline) {
        ensureOpen();
        StackProbe.ensureRoomToSpare();
        Execution opener = Execution.current();
        PogoScope innermost = ScopeStack.innermost(opener);
        if (innermost != null) {
            innermost.reportIfForgotten();
        }
        PogoScope outer = ScopeStack.enclosing(opener, innermost);
        PogoScope scope = new PogoScope(this, outer, opener, timed, deadline);
        scope.enter();
        return scope;
    }

    /**
     * Returns the pool with the given name.
     *
     * @param name the name
     * @return the pool
     * @throws UnknownPoolException if there is no pool of that name
     */
    public Pool pool(String name) {
        Pool pool = pools.get(Objects.requireNonNull(name, "name"));
        if (pool == null) {
            throw new UnknownPoolException(name, List.copyOf(pools.keySet()));
        }
        return pool;
    }

    /**
     * Returns all pools, {@code default} first.
     *
     * @return an unmodifiable list
     */
    public List<Pool> pools() {
        return List.copyOf(pools.values());
    }

    /**
     * Adds a listener that is notified of each task that ends from now on. A listener that is added
     * twice is notified twice.
     *
     * @param listener the listener to add
     */
    public void addTaskListener(TaskListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
    }

    /**
     * Removes one registration of the listener. A listener that is not registered is ignored.
     *
     * @param listener the listener to remove
     */
    public void removeTaskListener(TaskListener listener) {
        listeners.remove(Objects.requireNonNull(listener, "listener"));
    }

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
    public void close() {
        ensureNotCalledByOwnTask();
        StackProbe.ensureRoom();
        closed = true;
        List<PogoScope> scopes = busy.snapshot();
        try {
            endTasks(scopes);
        } finally {
            try {
                closeWorkers();
            } finally {
                timer.close();
            }
        }
    }

    private void endTasks(List<PogoScope> scopes) {
        Cancelled cancelled = Cancelled.now(CancelReason.RUNTIME_CLOSED);
        for (PogoScope scope : scopes) {
            scope.refuse(CancelReason.RUNTIME_CLOSED);
        }
        // Running tasks last, or their permits would start waiting tasks of other scopes.
        for (PogoScope scope : scopes) {
            scope.tasks().cancelWaiting(cancelled);
        }
        for (PogoScope scope : scopes) {
            scope.tasks().cancelAll(cancelled);
        }
        for (PogoScope scope : scopes) {
            closeChannels(scope);
        }
        long began = System.nanoTime();
        for (PogoScope scope : scopes) {
            scope.tasks().awaitAllEnded(CancelReason.RUNTIME_CLOSED, closeGrace, began);
        }
    }

    /**
     * Closes the scope's channels. If that fails, the close of the scope closes them; the other
     * scopes' channels are still closed.
     */
    private static void closeChannels(PogoScope scope) {
        try {
            scope.tasks().closeChannels();
        } catch (Throwable e) {
            SafeLog.warn(LOG, "The channels of {} could not be closed", scope, e);
        }
    }

    private void ensureNotCalledByOwnTask() {
        Task<?> caller = callingTask();
        if (caller == null) {
            return;
        }
        PogoScope scope = caller.scope();
        if (scope.runtime() == this || scope.isWithinTaskOf(this)) {
            throw new IllegalStateException(
                    "task "
                            + caller.name()
                            + " cannot close the runtime that it runs in, it would wait for"
                            + " itself");
        }
    }

    /**
     * Returns the task that the calling thread works for, even if only to run its cancellation
     * hooks; null if there is none.
     */
    private static @Nullable Task<?> callingTask() {
        Execution execution = Execution.current();
        if (execution != null) {
            return execution.task();
        }
        CancelHooks hooks = CancelHooks.current();
        return hooks == null ? null : hooks.task();
    }

    /**
     * Registers the scope to be stopped by {@link #close()}, unless closing has begun. The caller
     * may hold the scope's lock; it calls {@link #attend} once it has released that lock.
     */
    void register(PogoScope scope) {
        busy.add(scope);
        if (closed) {
            busy.remove(scope);
            ensureOpen();
        }
    }

    /**
     * Does the work that must not be done with a lock held.
     *
     * @param chance see {@link ActiveScopes#nextAbandoned}
     */
    void attend(long chance) {
        timer.attend();
        PogoScope left = busy.nextAbandoned(chance);
        if (left != null) {
            try {
                left.closeForOwner();
            } catch (Throwable e) {
                // Out of memory, say. The scope is still registered, so a later round finds it.
            }
        }
    }

    void unregister(PogoScope scope) {
        busy.remove(scope);
    }

    private void ensureOpen() {
        if (closed) {
            throw new IllegalStateException("the Pogo runtime is closed");
        }
    }

    <T extends @Nullable Object> Callable<? extends T> inContext(Callable<? extends T> work) {
        return TaskContext.capture(work, decorator);
    }

    JobNames jobNames() {
        return jobNames;
    }

    /** Returns how long a close waits for work that does not stop, or null for no limit. */
    @Nullable Duration closeGrace() {
        return closeGrace;
    }

    Pool defaultPool() {
        return defaultPool;
    }

    TaskListeners listeners() {
        return listeners;
    }

    /** Returns the interrupter for what is to be interrupted at deadlines. */
    Interrupter interrupter() {
        return interrupter;
    }

    /** Returns the runner of the hooks that work has registered for its cancellation. */
    Interrupter hookRunner() {
        return hookRunner;
    }

    Timer timer() {
        return timer;
    }

    @Override
    public String toString() {
        int open = busy.snapshot().size();
        return "PogoRuntime[%s%d busy scopes, %d armed timers, %s]"
                .formatted(closed ? "closed, " : "", open, timer.pending(), pools.values());
    }
}
