package dev.pogo;

import dev.pogo.Phase.Cancelled;
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
 * A set of pools and the scopes that use them. Most programs use the process-wide one behind {@link
 * Pogo}; tests, and programs with parts that must not share pools, start their own.
 *
 * <p>All methods may be called by any thread. A runtime starts no thread by itself; all threads
 * that it ever has are daemons, and when no task and no deadline is pending there is at most one,
 * for timing, beside those of its pools' workers, if they have some.
 */
public final class PogoRuntime implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PogoRuntime.class);

    private final Map<String, Pool> pools = new LinkedHashMap<>();
    private final Pool defaultPool;
    private final @Nullable TaskDecorator decorator;
    private final JobNames jobNames;
    private final @Nullable Duration closeGrace;
    private final Timer timer;

    /** Those that were started for this runtime, and are to be closed with it. */
    private final List<AutoCloseable> workers = new ArrayList<>();

    private final Interrupter interrupter;

    /** Apart, so that hooks hold up no interrupts; each is the user's code in a new thread. */
    private final Interrupter hookRunner;

    private final TaskListeners listeners = new TaskListeners();

    private final BusyScopes busy = new BusyScopes();

    /** Set before the busy scopes are looked at for the last time. */
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
     * @return the runtime; close it when it is no longer needed
     */
    public static PogoRuntime start(PogoConfig config) {
        return start(config, new Timer());
    }

    /** With a timer that is the runtime's own from now on. */
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

    /** One that fails does not keep the others from being closed. */
    private void closeWorkers() {
        for (AutoCloseable worker : workers) {
            try {
                worker.close();
            } catch (Throwable e) {
                Report.warn(LOG, "{} could not be closed", worker, e);
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
     * Opens a scope with a deadline: when it passes, the unfinished tasks are cancelled.
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
        PogoScope innermost = OpenScopes.innermost(opener);
        if (innermost != null) {
            innermost.reportIfForgotten();
        }
        PogoScope outer = OpenScopes.enclosing(opener, innermost);
        PogoScope scope = new PogoScope(this, outer, opener, timed, deadline);
        scope.enter();
        return scope;
    }

    /**
     * A pool by its name.
     *
     * @param name the name
     * @return the pool
     * @throws UnknownPoolException if there is none of that name
     */
    public Pool pool(String name) {
        Pool pool = pools.get(Objects.requireNonNull(name, "name"));
        if (pool == null) {
            throw new UnknownPoolException(name, List.copyOf(pools.keySet()));
        }
        return pool;
    }

    /**
     * All pools, {@code default} first.
     *
     * @return an unmodifiable list
     */
    public List<Pool> pools() {
        return List.copyOf(pools.values());
    }

    /**
     * Has a listener told of each task that ends from now on. One that is added twice is told
     * twice.
     *
     * @param listener who is told
     */
    public void addTaskListener(TaskListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
    }

    /**
     * Has a listener not told any more; if it was added twice, once less.
     *
     * @param listener who was told; another one is ignored
     */
    public void removeTaskListener(TaskListener listener) {
        listeners.remove(Objects.requireNonNull(listener, "listener"));
    }

    /**
     * Refuses new scopes and tasks, cancels every task of every scope, closes the scopes' channels,
     * and waits until all the tasks' threads have ended their work; like {@link PogoScope#close()},
     * it cannot be interrupted, keeps waiting for work that ignores its interrupt (at most for
     * {@link PogoConfig#closeGrace()}, if that is set), and reports it. After that it closes the
     * workers that it has {@linkplain Worker#start started}. The scopes remain to be closed by
     * their owners. Closing again waits likewise.
     *
     * @throws IllegalStateException if a task of this runtime calls this, be it on its
     *     cancellation, or one of another runtime that such a task has opened a scope of: that
     *     could never end
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
        // Running tasks last, or their permits would start the waiting ones of other scopes.
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

    /** One that fails is closed by the close of its scope, and does not keep the others open. */
    private static void closeChannels(PogoScope scope) {
        try {
            scope.tasks().closeChannels();
        } catch (Throwable e) {
            Report.warn(LOG, "The channels of {} could not be closed", scope, e);
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

    /** The task that the calling thread works for, if only on its cancellation. */
    private static @Nullable Task<?> callingTask() {
        Execution execution = Execution.current();
        if (execution != null) {
            return execution.task();
        }
        CancelHooks hooks = CancelHooks.current();
        return hooks == null ? null : hooks.task();
    }

    /**
     * Makes the scope one that {@link #close()} stops, unless that has begun. The caller may hold
     * the scope's lock; it calls {@link #attend} once it has given that back.
     */
    void register(PogoScope scope) {
        busy.add(scope);
        if (closed) {
            busy.remove(scope);
            ensureOpen();
        }
    }

    /**
     * Does what is not to be done under a lock.
     *
     * @param chance see {@link BusyScopes#nextAbandoned}
     */
    void attend(long chance) {
        timer.attend();
        PogoScope left = busy.nextAbandoned(chance);
        if (left != null) {
            try {
                left.closeForOwner();
            } catch (Throwable e) {
                // Out of memory, say. It is still registered, so a later round finds it again.
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

    /** How long a close waits for work that does not stop, or null for as long as that runs. */
    @Nullable Duration closeGrace() {
        return closeGrace;
    }

    Pool defaultPool() {
        return defaultPool;
    }

    TaskListeners listeners() {
        return listeners;
    }

    /** For what is to be interrupted at deadlines. */
    Interrupter interrupter() {
        return interrupter;
    }

    /** For what work has asked for in case it is cancelled. */
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
