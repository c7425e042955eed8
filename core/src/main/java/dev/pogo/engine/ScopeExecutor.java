package dev.pogo.engine;

import dev.pogo.AwaitTimeoutException;
import dev.pogo.CancelReason;
import dev.pogo.TaskException;
import dev.pogo.engine.TaskState.Cancelled;
import dev.pogo.util.Nanos;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** The tasks of a scope in a pool as an executor, see {@link dev.pogo.PogoScope#executor}. */
final class ScopeExecutor implements ExecutorService {
    private static final long SHUT_DOWN = 1;
    private static final long STOPPED = 2;
    private static final long ONE_TASK = 4;

    /** Interval at which a thread that awaits the termination looks whether the scope is closed. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final PogoScopeImpl scope;
    private final PoolImpl pool;

    /**
     * The number of tasks that have not ended or are about to be spawned, times {@link #ONE_TASK},
     * plus {@link #SHUT_DOWN} if no more are accepted, plus {@link #STOPPED} after {@link
     * #shutdownNow}. Changed atomically, so that none is accepted after it was found terminated.
     */
    private final AtomicLong state = new AtomicLong();

    /** The tasks that have not ended, with their work. */
    private final Map<TaskImpl<?>, ExecutorWork<?>> unfinished = new ConcurrentHashMap<>();

    private final Consumer<TaskImpl<?>> whenEnded = this::ended;

    /**
     * Opened, and taken away, when a task has been added or the last one has ended, or when this is
     * shut down. Null while no thread waits for that.
     */
    private final AtomicReference<@Nullable CountDownLatch> changed = new AtomicReference<>();

    ScopeExecutor(PogoScopeImpl scope, PoolImpl pool) {
        this.scope = scope;
        this.pool = pool;
    }

    private <T extends @Nullable Object> TaskImpl<T> spawn(ExecutorWork<T> work) {
        enter();
        TaskImpl<T> task = null;
        try {
            task = scope.spawn(pool, work, null);
            unfinished.put(task, work);
            task.enlist(new AtEnd(task, whenEnded));
        } catch (Throwable e) {
            if (task != null) { // no memory
                task.cancel();
            }
            leave();
            if (e instanceof IllegalStateException && scopeIsClosed()) {
                throw new RejectedExecutionException(e.getMessage(), e);
            }
            throw e;
        }
        tellChanged();
        // Either this sees that the executor was stopped, or the thread that stops it sees the
        // task.
        if ((state.get() & STOPPED) != 0 && task.cancel() && work.takeBack()) {
            throw shutDown();
        }
        return task;
    }

    private void enter() {
        long before;
        do {
            before = state.get();
            if ((before & SHUT_DOWN) != 0) {
                throw shutDown();
            }
        } while (!state.compareAndSet(before, before + ONE_TASK));
    }

    private static RejectedExecutionException shutDown() {
        return new RejectedExecutionException("the executor is shut down");
    }

    private void ended(TaskImpl<?> task) {
        unfinished.remove(task);
        leave();
    }

    private void leave() {
        if (state.addAndGet(-ONE_TASK) < ONE_TASK) {
            tellChanged();
        }
    }

    private boolean scopeIsClosed() {
        return !scope.tasks().accepts() || scope.runtime().isClosed();
    }

    /** Work that its task will not begin is refused, since nothing else tells the caller. */
    @Override
    public void execute(Runnable work) {
        ExecutorWork<@Nullable Object> given = ExecutorWork.<@Nullable Object>of(work, null);
        TaskImpl<@Nullable Object> task = this.<@Nullable Object>spawn(given);
        if (task.done() && !task.hasValue() && given.takeBack()) {
            TaskException e = task.exception();
            throw new RejectedExecutionException(e.getMessage(), e);
        }
    }

    @Override
    public <T extends @Nullable Object> Future<T> submit(Callable<T> work) {
        return new TaskFuture<>(spawn(ExecutorWork.of(work)));
    }

    @Override
    public <T extends @Nullable Object> Future<T> submit(Runnable work, T result) {
        return new TaskFuture<>(spawn(ExecutorWork.of(work, result)));
    }

    @Override
    public Future<?> submit(Runnable work) {
        return this.<@Nullable Object>submit(work, null);
    }

    @Override
    public <T extends @Nullable Object> List<Future<T>> invokeAll(
            Collection<? extends Callable<T>> works) throws InterruptedException {
        return invokeAll(works, Nanos.FOREVER, TimeUnit.NANOSECONDS);
    }

    @Override
    public <T extends @Nullable Object> List<Future<T>> invokeAll(
            Collection<? extends Callable<T>> works, long timeout, TimeUnit unit)
            throws InterruptedException {
        long until = until(timeout, unit);
        List<TaskImpl<T>> tasks = new ArrayList<>();
        try {
            spawnAll(works, tasks);
            for (TaskImpl<T> task : tasks) {
                if (!task.awaitUntil(task::done, until, reached -> {})) {
                    break;
                }
            }
            return tasks.stream().<Future<T>>map(TaskFuture::new).toList();
        } finally {
            cancel(tasks);
        }
    }

    @Override
    public <T extends @Nullable Object> T invokeAny(Collection<? extends Callable<T>> works)
            throws InterruptedException, ExecutionException {
        try {
            return invokeAny(works, Nanos.FOREVER, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("after 146 years", e);
        }
    }

    @Override
    public <T extends @Nullable Object> T invokeAny(
            Collection<? extends Callable<T>> works, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        long until = until(timeout, unit);
        List<TaskImpl<T>> tasks = new ArrayList<>();
        try {
            spawnAll(works, tasks);
            return scope.awaitAny(tasks, Duration.ofNanos(Math.max(0, until - System.nanoTime())));
        } catch (TaskException e) {
            // Another await of the scope may have run out of time, and have cancelled them.
            if (e instanceof AwaitTimeoutException && until - System.nanoTime() <= 0) {
                TimeoutException late = new TimeoutException(e.getMessage());
                late.initCause(e);
                throw late;
            }
            throw new ExecutionException(e.getCause() != null ? e.getCause() : e);
        } finally {
            cancel(tasks);
        }
    }

    /** Spawns a task for each, and adds them to the list one by one. */
    private <T extends @Nullable Object> void spawnAll(
            Collection<? extends Callable<T>> works, List<TaskImpl<T>> tasks) {
        for (Callable<T> work : works) {
            tasks.add(spawn(ExecutorWork.of(work)));
        }
    }

    private static void cancel(List<? extends TaskImpl<?>> tasks) {
        Cancellation.cancel(tasks, Cancelled.now(CancelReason.CANCEL_CALLED));
    }

    private static long until(long timeout, TimeUnit unit) {
        return System.nanoTime() + Math.clamp(unit.toNanos(timeout), 0, Nanos.FOREVER);
    }

    @Override
    public void shutdown() {
        shutDown(SHUT_DOWN);
    }

    private void shutDown(long flags) {
        if ((state.getAndUpdate(now -> now | flags) & SHUT_DOWN) == 0) {
            tellChanged();
        }
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutDown(SHUT_DOWN | STOPPED);
        Map<TaskImpl<?>, ExecutorWork<?>> found = new LinkedHashMap<>(unfinished);
        Cancelled cancelled = Cancelled.now(CancelReason.CANCEL_CALLED);
        // All together, or the permits of the running ones would start the others.
        Cancellation.cancel(List.copyOf(found.keySet()), cancelled);
        List<Runnable> neverBegun = new ArrayList<>();
        found.forEach((task, work) -> {
            if (task.cancellation() == cancelled && work.takeBack()) {
                neverBegun.add(work.runnable());
            }
        });
        return neverBegun;
    }

    @Override
    public boolean isShutdown() {
        if (scopeIsClosed()) {
            shutdown();
        }
        return (state.get() & SHUT_DOWN) != 0;
    }

    @Override
    public boolean isTerminated() {
        return isShutdown() && state.get() < ONE_TASK;
    }

    /** A task that calls this lends its permit to the tasks that it waits for. */
    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        long until = until(timeout, unit);
        while (!isTerminated()) {
            CountDownLatch change = nextChange();
            TaskImpl<?> task = anyUnfinished();
            long left = until - System.nanoTime();
            if (left <= 0) {
                return isTerminated();
            }
            if (task == null) {
                // Nothing tells of the close of the scope or the runtime.
                change.await(Math.min(left, LOOK_NANOS), TimeUnit.NANOSECONDS);
            } else if (task.awaitUntil(task.new End(), until, reached -> {})) {
                unfinished.remove(task); // the thread that has ended it may not have come to that
            }
        }
        return true;
    }

    /** Returns a task that has not ended, other than the one that calls this, or null. */
    private @Nullable TaskImpl<?> anyUnfinished() {
        Execution caller = Execution.current();
        for (TaskImpl<?> task : unfinished.keySet()) {
            if (task != caller) {
                return task;
            }
        }
        return null;
    }

    /** Returns a latch that is opened at the next change. */
    private CountDownLatch nextChange() {
        while (true) {
            CountDownLatch known = changed.get();
            if (known != null) {
                return known;
            }
            CountDownLatch made = new CountDownLatch(1);
            if (changed.compareAndSet(null, made)) {
                return made;
            }
        }
    }

    private void tellChanged() {
        if (changed.get() != null) {
            CountDownLatch change = changed.getAndSet(null);
            if (change != null) {
                change.countDown();
            }
        }
    }

    @Override
    public String toString() {
        return "Executor[pool %s, %d unfinished tasks%s]"
                .formatted(pool.name(), state.get() / ONE_TASK, isShutdown() ? ", shut down" : "");
    }
}
