package dev.pogo.engine;

import dev.pogo.CancelReason;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.Pool;
import dev.pogo.PoolConfig;
import dev.pogo.TaskDecorator;
import dev.pogo.TaskListener;
import dev.pogo.UnknownPoolException;
import dev.pogo.Worker;
import dev.pogo.engine.TaskState.Cancelled;
import dev.pogo.util.ClassPatterns;
import dev.pogo.util.Nanos;
import dev.pogo.util.SafeLog;
import dev.pogo.util.StackProbe;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;

/** The engine's {@link PogoRuntime}. */
public final class PogoRuntimeImpl implements PogoRuntime {
    private static final Logger LOG = LoggerFactory.getLogger(PogoRuntimeImpl.class);

    private final Map<String, PoolImpl> pools = new LinkedHashMap<>();
    private final PoolImpl defaultPool;
    private final @Nullable TaskDecorator decorator;
    private final ClassPatterns jobNames;
    private final @Nullable Duration closeGrace;
    private final Duration awaitTimeout;
    private final boolean leakDetection;

    /** Where the configuration was read, for messages. */
    private final String source;

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

    private PogoRuntimeImpl(PogoConfig config, Timer timer) {
        FailureClasses.initialize();
        this.timer = timer;
        this.source = config.source();
        timer.scan(busy);
        this.interrupter = new Interrupter("pogo-interrupt", timer, true);
        this.hookRunner = new Interrupter("pogo-cancel", timer, false);
        try {
            for (PoolConfig pool : config.pools()) {
                pools.put(pool.name(), new PoolImpl(withStartedWorker(pool), timer));
            }
        } catch (Throwable e) {
            closeWorkers();
            throw e;
        }
        defaultPool = pool(PogoConfig.DEFAULT_POOL);
        decorator = config.taskDecorator();
        jobNames = new ClassPatterns(config.jobs());
        closeGrace = config.closeGrace();
        awaitTimeout = config.awaitTimeout();
        leakDetection = config.leakDetection();
    }

    /** Starts a runtime, see {@link PogoRuntime#start}. */
    public static PogoRuntimeImpl start(PogoConfig config) {
        return start(config, new Timer());
    }

    /** Starts a runtime with a timer, which belongs to the runtime from now on. */
    static PogoRuntimeImpl start(PogoConfig config, Timer timer) {
        PogoRuntimeImpl runtime =
                new PogoRuntimeImpl(Objects.requireNonNull(config, "config"), timer);
        StartMessage.log(config);
        return runtime;
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

    @Override
    public PogoScopeImpl open() {
        return openWithin(null);
    }

    @Override
    public PogoScopeImpl open(Duration deadline) {
        Nanos.of(deadline, "deadline");
        return openWithin(deadline);
    }

    private PogoScopeImpl openWithin(@Nullable Duration timeLimit) {
        ensureOpen();
        StackProbe.ensureRoomToSpare();
        Execution opener = Execution.current();
        PogoScopeImpl innermost = ScopeStack.innermost(opener);
        if (innermost != null) {
            innermost = ForgottenScopes.giveUp(opener, innermost);
        }
        PogoScopeImpl outer = ScopeStack.enclosing(opener, innermost);
        PogoScopeImpl scope =
                leakDetection
                        ? new TracedScope(this, outer, opener, timeLimit)
                        : new PogoScopeImpl(this, outer, opener, timeLimit);
        scope.enter();
        return scope;
    }

    @Override
    public PoolImpl pool(String name) {
        PoolImpl pool = pools.get(Objects.requireNonNull(name, "name"));
        if (pool == null) {
            throw new UnknownPoolException(name, List.copyOf(pools.keySet()), source);
        }
        return pool;
    }

    @Override
    public List<Pool> pools() {
        return List.copyOf(pools.values());
    }

    @Override
    public void addTaskListener(TaskListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
    }

    @Override
    public void removeTaskListener(TaskListener listener) {
        listeners.remove(Objects.requireNonNull(listener, "listener"));
    }

    @Override
    public void close() {
        ensureNotCalledByOwnTask();
        StackProbe.ensureRoom();
        closed = true;
        List<PogoScopeImpl> scopes = busy.snapshot();
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

    private void endTasks(List<PogoScopeImpl> scopes) {
        Cancelled cancelled = Cancelled.now(CancelReason.RUNTIME_CLOSED);
        for (PogoScopeImpl scope : scopes) {
            scope.refuse(CancelReason.RUNTIME_CLOSED);
        }
        // Running tasks last, or their permits would start waiting tasks of other scopes.
        for (PogoScopeImpl scope : scopes) {
            scope.tasks().cancelWaiting(cancelled);
        }
        for (PogoScopeImpl scope : scopes) {
            scope.tasks().cancelAll(cancelled);
        }
        for (PogoScopeImpl scope : scopes) {
            closeChannels(scope);
        }
        long began = System.nanoTime();
        for (PogoScopeImpl scope : scopes) {
            scope.tasks().awaitAllEnded(CancelReason.RUNTIME_CLOSED, closeGrace, began);
        }
    }

    /**
     * Closes the scope's channels. If that fails, the close of the scope closes them; the other
     * scopes' channels are still closed.
     */
    private static void closeChannels(PogoScopeImpl scope) {
        try {
            scope.tasks().closeChannels();
        } catch (Throwable e) {
            SafeLog.warn(LOG, "The channels of {} could not be closed", scope, e);
        }
    }

    private void ensureNotCalledByOwnTask() {
        TaskImpl<?> caller = callingTask();
        if (caller == null) {
            return;
        }
        PogoScopeImpl scope = caller.scope();
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
    private static @Nullable TaskImpl<?> callingTask() {
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
    void register(PogoScopeImpl scope) {
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
        PogoScopeImpl left = busy.nextAbandoned(chance);
        if (left != null) {
            try {
                left.closeForOwner();
            } catch (Throwable e) {
                // Out of memory, say. The scope is still registered, so a later round finds it.
            }
        }
    }

    void unregister(PogoScopeImpl scope) {
        busy.remove(scope);
    }

    /** Returns whether {@link #close()} has been called. */
    boolean isClosed() {
        return closed;
    }

    private void ensureOpen() {
        if (closed) {
            throw new IllegalStateException("the Pogo runtime is closed");
        }
    }

    <T extends @Nullable Object> Callable<? extends T> inContext(Callable<? extends T> work) {
        return TaskContext.capture(work, decorator);
    }

    ClassPatterns jobNames() {
        return jobNames;
    }

    /** Returns how long a close waits for work that does not stop, or null for no limit. */
    @Nullable Duration closeGrace() {
        return closeGrace;
    }

    /** Returns how long an await that is given no timeout waits if no deadline limits it. */
    Duration awaitTimeout() {
        return awaitTimeout;
    }

    Collection<PoolImpl> allPools() {
        return pools.values();
    }

    PoolImpl defaultPool() {
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
