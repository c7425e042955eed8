package dev.pogo.engine;

import dev.pogo.AwaitTimeoutException;
import dev.pogo.CancelReason;
import dev.pogo.Job;
import dev.pogo.PogoScope;
import dev.pogo.ScopeReport;
import dev.pogo.Task;
import dev.pogo.UnknownTaskException;
import dev.pogo.channel.Channel;
import dev.pogo.engine.TaskGroupWait.Race;
import dev.pogo.engine.TaskState.Cancelled;
import dev.pogo.util.Nanos;
import dev.pogo.util.StackProbe;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;

/** The engine's {@link PogoScope}: spawns tasks and awaits them. */
final class PogoScopeImpl extends NestedScope implements PogoScope {
    private final @Nullable ClassLoader contextClassLoader = owner().getContextClassLoader();

    /** Set when a thread has waited for tasks of this scope; a hint, written without ordering. */
    private boolean waited;

    PogoScopeImpl(
            PogoRuntimeImpl runtime,
            @Nullable PogoScopeImpl outer,
            @Nullable Execution opener,
            boolean timed,
            long deadline) {
        super(runtime, outer, opener, timed, deadline);
    }

    @Override
    public <T extends @Nullable Object> TaskImpl<T> spawn(Callable<? extends T> work) {
        return spawn(runtime().defaultPool(), work, null);
    }

    @Override
    public <T extends @Nullable Object> TaskImpl<T> spawn(String pool, Callable<? extends T> work) {
        Objects.requireNonNull(pool, "pool");
        return spawn(runtime().pool(pool), work, null);
    }

    @Override
    public <T extends @Nullable Object> TaskImpl<T> spawn(
            String pool, Callable<? extends T> work, String name) {
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(name, "name");
        if (name.isBlank()) {
            throw new IllegalArgumentException("name must not be blank");
        }
        return spawn(runtime().pool(pool), work, name);
    }

    @Override
    public <A extends @Nullable Object, R extends @Nullable Object> TaskImpl<R> spawn(
            Class<? extends Job<A, R>> job, A args) {
        Objects.requireNonNull(job, "job");
        return spawnJob(runtime().defaultPool(), job, args);
    }

    @Override
    public <A extends @Nullable Object, R extends @Nullable Object> TaskImpl<R> spawn(
            String pool, Class<? extends Job<A, R>> job, A args) {
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(job, "job");
        return spawnJob(runtime().pool(pool), job, args);
    }

    private <A extends @Nullable Object, R extends @Nullable Object> TaskImpl<R> spawnJob(
            PoolImpl pool, Class<? extends Job<A, R>> job, A args) {
        return spawn(pool, JobCall.<R>of(this, pool, job, args), job.getSimpleName());
    }

    @Override
    public TaskImpl<@Nullable Object> spawn(String pool, String jobClass, @Nullable Object args) {
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(jobClass, "jobClass");
        PoolImpl found = runtime().pool(pool);
        String name = jobClass.substring(jobClass.lastIndexOf('.') + 1);
        return spawn(found, JobCall.of(this, found, jobClass, args), name);
    }

    <T extends @Nullable Object> TaskImpl<T> spawn(
            PoolImpl pool, Callable<? extends T> work, @Nullable String name) {
        Objects.requireNonNull(work, "work");
        Callable<? extends T> inContext = runtime().inContext(work);
        StackProbe.ensureRoomToSpare();
        TaskImpl<T> task = tasks().add(pool, name, Events.recorded(inContext));
        attend(task.id());
        if (hasDeadline() && deadline() - task.spawnedAt() <= 0) {
            task.cancel(CancelReason.SCOPE_DEADLINE);
        } else {
            pool.submit(task);
        }
        return task;
    }

    @Override
    public <T> Channel<T> channel(int capacity) {
        if (capacity < 0) {
            throw new IllegalArgumentException("capacity must not be negative, but is " + capacity);
        }
        StackProbe.ensureRoomToSpare();
        Channel<T> channel = capacity == 0 ? Channel.rendezvous() : Channel.buffered(capacity);
        tasks().add(channel);
        attend(0);
        if (isPastDeadline()) {
            channel.close();
        }
        return channel;
    }

    @Override
    public @Nullable Object await(long taskId) throws InterruptedException {
        return await(taskId, TaskImpl.DEFAULT_TIMEOUT);
    }

    @Override
    public @Nullable Object await(long taskId, Duration timeout) throws InterruptedException {
        Nanos.of(timeout, "timeout");
        StackProbe.ensureRoom();
        TaskImpl<?> task = tasks().claim(taskId);
        try {
            return task.await(timeout);
        } catch (InterruptedException | IllegalStateException | StackOverflowError e) {
            tasks().unclaim(task);
            throw e;
        }
    }

    @Override
    public void awaitAll() throws InterruptedException {
        awaitAll(TaskImpl.DEFAULT_TIMEOUT);
    }

    @Override
    public void awaitAll(Duration timeout) throws InterruptedException {
        long nanos = Nanos.of(timeout, "timeout");
        StackProbe.ensureRoom();
        ensureNotCalledByOwnTask("awaitAll");
        long until = earliest(System.nanoTime() + nanos);
        tasks().awaitAllDecidedOrOneFailed(
                        until,
                        decided -> {
                            TaskImpl<?> failed =
                                    decided ? tasks().firstFailure() : cancelLate(until, timeout);
                            if (failed != null) {
                                tasks().cancelAll(CancelReason.SIBLING_FAILED);
                                throw failed.failure();
                            }
                        });
    }

    /**
     * Cancels the unfinished tasks after awaitAll has timed out, and returns a failed one, or null
     * if there is none.
     */
    private @Nullable TaskImpl<?> cancelLate(long until, Duration timeout) {
        CancelReason reason = reasonAt(until);
        List<String> cycle = WaitCycle.behind(tasks());
        Cancelled cancelled = Cancelled.now(reason);
        tasks().cancelAll(cancelled);
        List<TaskImpl<?>> all = tasks().snapshot();
        List<TaskImpl<?>> late = cancelledBy(cancelled, all);
        if (!late.isEmpty() && reason == CancelReason.AWAIT_TIMED_OUT) {
            throw timedOut(late, all.size(), timeout, cycle);
        }
        return tasks().firstFailure();
    }

    private static AwaitTimeoutException timedOut(
            List<TaskImpl<?>> late, int awaited, Duration timeout, List<String> cycle) {
        TaskImpl<?> first = late.getFirst();
        for (TaskImpl<?> task : late) {
            if (task.id() < first.id()) {
                first = task;
            }
        }
        return new AwaitTimeoutException(first.facts(), timeout, late.size(), awaited, cycle);
    }

    /**
     * Returns the tasks that have this cancellation. Called afterwards, so that nothing is
     * allocated between deciding a cancellation and completing it.
     */
    private static List<TaskImpl<?>> cancelledBy(
            Cancelled cancelled, List<? extends TaskImpl<?>> tasks) {
        Set<TaskImpl<?>> late = new LinkedHashSet<>();
        for (TaskImpl<?> task : tasks) {
            if (task.cancellation() == cancelled) {
                late.add(task);
            }
        }
        return List.copyOf(late);
    }

    @Override
    public <T extends @Nullable Object> T awaitAny(
            Collection<? extends Task<? extends T>> tasks, Duration timeout)
            throws InterruptedException {
        Objects.requireNonNull(tasks, "tasks");
        long nanos = Nanos.of(timeout, "timeout");
        StackProbe.ensureRoom();
        List<TaskImpl<T>> racing = ownTasks(tasks);
        if (racing.isEmpty()) {
            throw new IllegalArgumentException("tasks must not be empty");
        }
        long until = earliest(System.nanoTime() + nanos);
        TaskImpl<?>[] all = racing.toArray(new TaskImpl<?>[0]);
        Race<T> race = new Race<>(racing);
        race.await(
                until,
                decided -> {
                    if (race.winner() != null) {
                        Cancelled lost = Cancelled.now(CancelReason.LOST_RACE);
                        Cancellation.cancel(all, 0, all.length, lost);
                    } else if (!decided) {
                        cancelLate(race, all, until, timeout);
                    }
                });
        TaskImpl<T> winner = race.winner();
        return winner != null ? winner.result() : race.result();
    }

    /** Cancels the tasks after awaitAny has timed out. */
    private void cancelLate(Race<?> race, TaskImpl<?>[] racing, long until, Duration timeout) {
        CancelReason reason = reasonAt(until);
        List<String> cycle = WaitCycle.behind(race);
        Cancelled cancelled = Cancelled.now(reason);
        Cancellation.cancel(racing, 0, racing.length, cancelled);
        List<TaskImpl<?>> late = cancelledBy(cancelled, race.awaited());
        if (!late.isEmpty() && reason == CancelReason.AWAIT_TIMED_OUT) {
            throw timedOut(late, racing.length, timeout, cycle);
        }
    }

    @Override
    public <T extends @Nullable Object> CompletionsImpl<T> completions(
            Collection<? extends Task<? extends T>> tasks) {
        Objects.requireNonNull(tasks, "tasks");
        return CompletionsImpl.of(ownTasks(tasks));
    }

    @Override
    public List<Task<?>> settle(Duration timeout) throws InterruptedException {
        long nanos = Nanos.of(timeout, "timeout");
        StackProbe.ensureRoom();
        ensureNotCalledByOwnTask("settle");
        long until = earliest(System.nanoTime() + nanos);
        tasks().awaitAllDecided(
                        until,
                        decided -> {
                            if (!decided) {
                                tasks().cancelAll(reasonAt(until));
                            }
                        });
        // Another thread may have spawned more tasks since. They do not belong to this call, and
        // come after all that were decided then.
        return Collections.unmodifiableList(tasks().decidedOf(tasks().snapshot()));
    }

    @Override
    public ScopeReport report() {
        return Reports.of(tasks().snapshot(), runtime().allPools());
    }

    private void ensureNotCalledByOwnTask(String method) {
        Execution caller = Execution.current();
        if (caller != null && caller.task().scope() == this) {
            throw new IllegalStateException(
                    "task "
                            + caller.task().name()
                            + " cannot call "
                            + method
                            + " on its own scope, it would wait for itself");
        }
    }

    /** Returns the tasks as a list of its own, if the calling thread may await them. */
    private <T extends @Nullable Object> List<TaskImpl<T>> ownTasks(
            Collection<? extends Task<? extends T>> tasks) {
        Execution caller = Execution.current();
        List<TaskImpl<T>> own = new ArrayList<>(tasks.size());
        for (Task<? extends T> task : tasks) {
            if (task == null) {
                throw new NullPointerException("tasks[" + own.size() + "]");
            }
            if (!(task instanceof TaskImpl<? extends T> ours) || ours.scope() != this) {
                throw new UnknownTaskException(task.id(), "another scope has spawned it");
            }
            if (caller != null && caller.task() == task) {
                throw new IllegalStateException("task " + task.name() + " cannot await itself");
            }
            @SuppressWarnings("unchecked") // a task takes no values
            TaskImpl<T> same = (TaskImpl<T>) ours;
            own.add(same);
        }
        return own;
    }

    /** Returns whether apparently no thread has waited for tasks of this scope before. */
    boolean isFirstWait() {
        boolean first = !waited;
        waited = true;
        return first;
    }

    /** Returns the id of the first task, by which events distinguish scopes; 0 if there is none. */
    long id() {
        List<TaskImpl<?>> all = tasks().snapshot();
        return all.isEmpty() ? 0 : all.getFirst().id();
    }

    @Nullable ClassLoader contextClassLoader() {
        return contextClassLoader;
    }

    @Override
    public String toString() {
        return "PogoScope[" + tasks() + "]";
    }
}
