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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** The tasks of a scope in a pool as an executor, see {@link dev.pogo.PogoScope#executor}. */
final class ScopeExecutor implements ExecutorService {
    private static final long SHUT_DOWN = 1;
    private static final long ONE_TASK = 2;

    private final PogoScopeImpl scope;
    private final PoolImpl pool;

    /**
     * Twice the number of tasks that have not ended or are about to be spawned, plus {@link
     * #SHUT_DOWN} if no more are accepted. Changed atomically, so that none is accepted after it
     * was found terminated.
     */
    private final AtomicLong state = new AtomicLong();

    /** Opened when it is shut down and has no tasks. */
    private final CountDownLatch terminated = new CountDownLatch(1);

    /** The tasks that have not ended, with the work that was given for each. */
    private final Map<TaskImpl<?>, Object> unfinished = new ConcurrentHashMap<>();

    /** Waits for the end of a task, which may come later than its outcome. */
    private final class AtEnd extends WaitList.Waiter {
        private final TaskImpl<?> task;

        AtEnd(TaskImpl<?> task) {
            this.task = task;
        }

        @Override
        void wake() {
            if (!task.hasEnded()) {
                try {
                    task.enlist(new AtEnd(task));
                    return;
                } catch (OutOfMemoryError e) {
                    // Without this task, the executor terminates too early; with it, never.
                }
            }
            unfinished.remove(task);
            leave();
        }
    }

    ScopeExecutor(PogoScopeImpl scope, PoolImpl pool) {
        this.scope = scope;
        this.pool = pool;
    }

    private <T extends @Nullable Object> TaskImpl<T> spawn(
            Callable<? extends T> work, Object given) {
        enter();
        try {
            TaskImpl<T> task = scope.spawn(pool, work, null);
            unfinished.put(task, given);
            task.enlist(new AtEnd(task));
            return task;
        } catch (Throwable e) {
            leave();
            if (e instanceof IllegalStateException && !scope.tasks().accepts()) {
                throw new RejectedExecutionException(e.getMessage(), e);
            }
            throw e;
        }
    }

    private void enter() {
        long before;
        do {
            before = state.get();
            if ((before & SHUT_DOWN) != 0) {
                throw new RejectedExecutionException("the executor is shut down");
            }
        } while (!state.compareAndSet(before, before + ONE_TASK));
    }

    private void leave() {
        if (state.addAndGet(-ONE_TASK) == SHUT_DOWN) {
            terminated.countDown();
        }
    }

    @Override
    public void execute(Runnable work) {
        Callable<@Nullable Void> call = callable(work, null);
        spawn(call, work);
    }

    @Override
    public <T extends @Nullable Object> Future<T> submit(Callable<T> work) {
        Objects.requireNonNull(work, "work");
        return new TaskFuture<>(spawn(work, work));
    }

    @Override
    public <T extends @Nullable Object> Future<T> submit(Runnable work, T result) {
        return new TaskFuture<>(spawn(callable(work, result), work));
    }

    @Override
    public Future<?> submit(Runnable work) {
        Callable<@Nullable Void> call = callable(work, null);
        return new TaskFuture<>(spawn(call, work));
    }

    private static <T extends @Nullable Object> Callable<T> callable(Runnable work, T result) {
        Objects.requireNonNull(work, "work");
        return () -> {
            work.run();
            return result;
        };
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
        List<TaskFuture<T>> futures = new ArrayList<>();
        try {
            spawnAll(works, futures);
            for (TaskFuture<T> future : futures) {
                TaskImpl<T> task = future.task;
                if (!task.awaitUntil(task::done, until, reached -> {})) {
                    break;
                }
            }
            return List.copyOf(futures);
        } finally {
            cancel(futures);
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
        List<TaskFuture<T>> futures = new ArrayList<>();
        try {
            spawnAll(works, futures);
            List<TaskImpl<T>> tasks = futures.stream().map(future -> future.task).toList();
            return scope.awaitAny(tasks, Duration.ofNanos(Math.max(0, until - System.nanoTime())));
        } catch (AwaitTimeoutException e) {
            TimeoutException late = new TimeoutException(e.getMessage());
            late.initCause(e);
            throw late;
        } catch (TaskException e) {
            throw new ExecutionException(e.getCause() != null ? e.getCause() : e);
        } finally {
            cancel(futures);
        }
    }

    /** Spawns a task for each, and adds them to the list one by one. */
    private <T extends @Nullable Object> void spawnAll(
            Collection<? extends Callable<T>> works, List<TaskFuture<T>> futures) {
        for (Callable<T> work : works) {
            Objects.requireNonNull(work, "work");
            futures.add(new TaskFuture<>(spawn(work, work)));
        }
    }

    private static void cancel(List<? extends TaskFuture<?>> futures) {
        TaskImpl<?>[] tasks = futures.stream().map(each -> each.task).toArray(TaskImpl<?>[]::new);
        Cancellation.cancel(tasks, 0, tasks.length, Cancelled.now(CancelReason.CANCEL_CALLED));
    }

    private static long until(long timeout, TimeUnit unit) {
        return System.nanoTime() + Math.clamp(unit.toNanos(timeout), 0, Nanos.FOREVER);
    }

    @Override
    public void shutdown() {
        long before = state.getAndUpdate(now -> now | SHUT_DOWN);
        if (before == 0) {
            terminated.countDown();
        }
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        List<Runnable> neverBegun = new ArrayList<>();
        unfinished.forEach((task, given) -> {
            boolean cancelled = task.cancel();
            if (cancelled && !task.hasStarted()) {
                neverBegun.add(
                        given instanceof Runnable work
                                ? work
                                : new FutureTask<>((Callable<?>) given));
            }
        });
        return neverBegun;
    }

    @Override
    public boolean isShutdown() {
        return (state.get() & SHUT_DOWN) != 0 || !scope.tasks().accepts();
    }

    @Override
    public boolean isTerminated() {
        long now = state.get();
        return now == SHUT_DOWN || (now == 0 && !scope.tasks().accepts());
    }

    /** A task that calls this lends its permit to the tasks that it waits for. */
    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        long until = until(timeout, unit);
        for (TaskImpl<?> task : unfinished.keySet()) {
            if (!task.awaitUntil(task.new End(), until, reached -> {})) {
                return false;
            }
        }
        return isTerminated()
                || terminated.await(until - System.nanoTime(), TimeUnit.NANOSECONDS)
                || isTerminated();
    }

    @Override
    public String toString() {
        return "Executor[pool %s, %d unfinished tasks%s]"
                .formatted(pool.name(), state.get() / 2, isShutdown() ? ", shut down" : "");
    }
}
