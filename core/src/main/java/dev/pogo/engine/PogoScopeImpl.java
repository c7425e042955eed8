package dev.pogo.engine;

import dev.pogo.Action;
import dev.pogo.CancelReason;
import dev.pogo.Job;
import dev.pogo.Mapper;
import dev.pogo.PogoScope;
import dev.pogo.ScopeReport;
import dev.pogo.TaskSpec;
import dev.pogo.channel.Channel;
import dev.pogo.engine.TaskState.Cancelled;
import dev.pogo.util.StackProbe;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;

/** The engine's {@link PogoScope}: spawns the tasks. */
sealed class PogoScopeImpl extends AwaitableScope implements PogoScope permits TracedScope {
    private final @Nullable ClassLoader contextClassLoader = owner().getContextClassLoader();

    /** Set when a thread has waited for tasks of this scope; a hint, written without ordering. */
    private boolean waited;

    PogoScopeImpl(
            PogoRuntimeImpl runtime,
            @Nullable PogoScopeImpl outer,
            @Nullable Execution opener,
            @Nullable Duration timeLimit) {
        super(runtime, outer, opener, timeLimit);
    }

    @Override
    public final PogoScopeImpl failFast() {
        tasks().failFast();
        return this;
    }

    @Override
    public final <T extends @Nullable Object> TaskImpl<T> spawn(Callable<? extends T> work) {
        return spawn(runtime().defaultPool(), work, null);
    }

    @Override
    public final TaskImpl<Void> spawn(Action work) {
        return spawn(runtime().defaultPool(), callable(work), null);
    }

    @Override
    public final <T extends @Nullable Object> TaskImpl<T> spawn(
            String pool, Callable<? extends T> work) {
        return spawn(poolNamed(pool), work, null);
    }

    @Override
    public final TaskImpl<Void> spawn(String pool, Action work) {
        return spawn(poolNamed(pool), callable(work), null);
    }

    @Override
    public final <T extends @Nullable Object> TaskImpl<T> spawn(
            TaskSpec spec, Callable<? extends T> work) {
        return spawn(poolOf(spec), work, spec);
    }

    @Override
    public final TaskImpl<Void> spawn(TaskSpec spec, Action work) {
        return spawn(poolOf(spec), callable(work), spec);
    }

    @Override
    public final <A extends @Nullable Object, R extends @Nullable Object> TaskImpl<R> spawn(
            Class<? extends Job<A, R>> job, A args) {
        return spawnJob(runtime().defaultPool(), job, args, null);
    }

    @Override
    public final <A extends @Nullable Object, R extends @Nullable Object> TaskImpl<R> spawn(
            String pool, Class<? extends Job<A, R>> job, A args) {
        return spawnJob(poolNamed(pool), job, args, null);
    }

    @Override
    public final <A extends @Nullable Object, R extends @Nullable Object> TaskImpl<R> spawn(
            TaskSpec spec, Class<? extends Job<A, R>> job, A args) {
        return spawnJob(poolOf(spec), job, args, spec);
    }

    private <A extends @Nullable Object, R extends @Nullable Object> TaskImpl<R> spawnJob(
            PoolImpl pool, Class<? extends Job<A, R>> job, A args, @Nullable TaskSpec spec) {
        Objects.requireNonNull(job, "job");
        return spawn(pool, JobCall.<R>of(this, pool, job, args), label(spec, job.getSimpleName()));
    }

    @Override
    public final TaskImpl<@Nullable Object> spawn(
            String pool, String jobClass, @Nullable Object args) {
        return spawnJob(poolNamed(pool), jobClass, args, null);
    }

    @Override
    public final TaskImpl<@Nullable Object> spawn(
            TaskSpec spec, String jobClass, @Nullable Object args) {
        return spawnJob(poolOf(spec), jobClass, args, spec);
    }

    private TaskImpl<@Nullable Object> spawnJob(
            PoolImpl pool, String jobClass, @Nullable Object args, @Nullable TaskSpec spec) {
        Objects.requireNonNull(jobClass, "jobClass");
        String simpleName = jobClass.substring(jobClass.lastIndexOf('.') + 1);
        return spawn(pool, JobCall.of(this, pool, jobClass, args), label(spec, simpleName));
    }

    private static @Nullable Object label(@Nullable TaskSpec spec, String jobName) {
        if (jobName.isBlank()) { // that of an anonymous class
            return spec;
        }
        if (spec == null) {
            return jobName;
        }
        return spec.name() != null ? spec : spec.named(jobName);
    }

    private PoolImpl poolNamed(String pool) {
        return runtime().pool(Objects.requireNonNull(pool, "pool"));
    }

    private PoolImpl poolOf(TaskSpec spec) {
        return runtime().pool(Objects.requireNonNull(spec, "spec").pool());
    }

    @SuppressWarnings("NullAway") // null is the only value; shells stumble over it in a type
    private static Callable<Void> callable(Action work) {
        Objects.requireNonNull(work, "work");
        return () -> {
            work.run();
            return null;
        };
    }

    /**
     * Spawns a task.
     *
     * @param label see {@link ScopeTasks#add}
     */
    final <T extends @Nullable Object> TaskImpl<T> spawn(
            PoolImpl pool, Callable<? extends T> work, @Nullable Object label) {
        Objects.requireNonNull(work, "work");
        Callable<? extends T> inContext = runtime().inContext(work);
        StackProbe.ensureRoomToSpare();
        TaskImpl<T> task = tasks().add(pool, label, Events.recorded(inContext));
        attend(task.id());
        CancelReason tooLate = tooLateFor(task);
        if (tooLate != null) {
            task.cancelAs(Cancelled.now(tooLate));
        } else {
            pool.submit(task);
        }
        return task;
    }

    /** Returns why a new task cannot succeed, or null if it can. */
    private @Nullable CancelReason tooLateFor(TaskImpl<?> task) {
        if (hasDeadline() && deadline() - task.spawnedAt() <= 0) {
            return CancelReason.SCOPE_DEADLINE;
        }
        return tasks().isFailFast() && tasks().hasFailed() ? CancelReason.SIBLING_FAILED : null;
    }

    @Override
    public final <A extends @Nullable Object, R extends @Nullable Object> List<R> map(
            String pool, Collection<? extends A> items, Mapper<? super A, ? extends R> fn)
            throws InterruptedException {
        PoolImpl in = poolNamed(pool);
        Objects.requireNonNull(items, "items");
        Objects.requireNonNull(fn, "fn");
        StackProbe.ensureRoom();
        return new Mapping<A, R>(this, in, items.iterator(), fn).run();
    }

    @Override
    public final ExecutorService executor(String pool) {
        return new ScopeExecutor(this, poolNamed(pool));
    }

    @Override
    public final <T> Channel<T> channel(int capacity) {
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
    public final ScopeReport report() {
        return Reports.of(this);
    }

    /** Returns a trace of where the scope was opened, or null. */
    @Nullable Throwable openedAt() {
        return null;
    }

    /** Returns whether apparently no thread has waited for tasks of this scope before. */
    final boolean isFirstWait() {
        boolean first = !waited;
        waited = true;
        return first;
    }

    /** Returns the id of the first task, by which events distinguish scopes; 0 if there is none. */
    final long id() {
        return tasks().firstId();
    }

    final @Nullable ClassLoader contextClassLoader() {
        return contextClassLoader;
    }

    @Override
    public final String toString() {
        return "PogoScope[" + tasks() + "]";
    }
}
