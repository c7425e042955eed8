package dev.pogo.engine;

import dev.pogo.AwaitTimeoutException;
import dev.pogo.CancelReason;
import dev.pogo.Job;
import dev.pogo.PogoScope;
import dev.pogo.ScopeReport;
import dev.pogo.Task;
import dev.pogo.UnknownTaskException;
import dev.pogo.channel.Channel;
import dev.pogo.engine.TaskState.Cancelled;
import dev.pogo.json.Durations;
import dev.pogo.util.SafeLog;
import dev.pogo.util.StackProbe;
import dev.pogo.util.Timeout;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;

/** The engine's {@link PogoScope}. */
final class PogoScopeImpl implements PogoScope {
    private static final Logger LOG = LoggerFactory.getLogger(PogoScopeImpl.class);

    private final PogoRuntimeImpl runtime;
    private final Thread owner = Thread.currentThread();

    /**
     * The scope around this one, of the same thread or of the task that opened this; null once this
     * is closed and none of its tasks is left to read it. Written by the owner. For a scope that
     * could not be closed it changes when the scope around it is closed.
     */
    private @Nullable PogoScopeImpl outer;

    /**
     * The execution of the task that opened this; null if another thread did, or one that was not
     * recognized as a task's, see {@link Execution}. Also null once {@link #outer} is. Written by
     * the owner.
     */
    private @Nullable Execution opener;

    private final @Nullable ClassLoader contextClassLoader = owner.getContextClassLoader();
    private final boolean hasDeadline;

    /** A {@link System#nanoTime()} value; meaningless without {@link #hasDeadline}. */
    private final long deadline;

    /** The slot of this scope; owned by the runtime's {@link ActiveScopes}. */
    int busyPlace = ActiveScopes.NOWHERE;

    private final ScopeTasks tasks = new ScopeTasks(this);

    /** Event that records this scope; null if none is wanted. For the owner thread only. */
    private final @Nullable ScopeEvent event = Events.scopeOpened();

    /**
     * Created by the first task or channel, if there is a deadline, else by the owner when it first
     * has to wait.
     */
    private volatile @Nullable ScopeAlarm alarm;

    /** Set when a thread has waited for tasks of this scope; a hint, written without ordering. */
    private boolean waited;

    /** Set when {@link #attend} has something to do; for the thread that has set it. */
    private boolean unattended;

    /**
     * Set when {@link #close()} has completed; for the owner thread only. A close that fails before
     * that, for example because memory runs out, can be repeated.
     */
    private boolean closed;

    /** Set when it has been logged that this was left open; for the owner thread only. */
    private boolean reportedAsForgotten;

    PogoScopeImpl(
            PogoRuntimeImpl runtime,
            @Nullable PogoScopeImpl outer,
            @Nullable Execution opener,
            boolean timed,
            long deadline) {
        this.runtime = runtime;
        this.outer = outer;
        this.opener = opener;
        if (outer != null && outer.hasDeadline && (!timed || outer.deadline - deadline < 0)) {
            this.hasDeadline = true;
            this.deadline = outer.deadline;
        } else {
            this.hasDeadline = timed;
            this.deadline = deadline;
        }
    }

    @Override
    public <T extends @Nullable Object> TaskImpl<T> spawn(Callable<? extends T> work) {
        return spawn(runtime.defaultPool(), work, null);
    }

    @Override
    public <T extends @Nullable Object> TaskImpl<T> spawn(String pool, Callable<? extends T> work) {
        Objects.requireNonNull(pool, "pool");
        return spawn(runtime.pool(pool), work, null);
    }

    @Override
    public <T extends @Nullable Object> TaskImpl<T> spawn(
            String pool, Callable<? extends T> work, String name) {
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(name, "name");
        if (name.isBlank()) {
            throw new IllegalArgumentException("name must not be blank");
        }
        return spawn(runtime.pool(pool), work, name);
    }

    @Override
    public <A extends @Nullable Object, R extends @Nullable Object> TaskImpl<R> spawn(
            Class<? extends Job<A, R>> job, A args) {
        Objects.requireNonNull(job, "job");
        return spawnJob(runtime.defaultPool(), job, args);
    }

    @Override
    public <A extends @Nullable Object, R extends @Nullable Object> TaskImpl<R> spawn(
            String pool, Class<? extends Job<A, R>> job, A args) {
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(job, "job");
        return spawnJob(runtime.pool(pool), job, args);
    }

    private <A extends @Nullable Object, R extends @Nullable Object> TaskImpl<R> spawnJob(
            PoolImpl pool, Class<? extends Job<A, R>> job, A args) {
        return spawn(pool, JobCall.<R>of(this, pool, job, args), job.getSimpleName());
    }

    @Override
    public TaskImpl<@Nullable Object> spawn(String pool, String jobClass, @Nullable Object args) {
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(jobClass, "jobClass");
        PoolImpl found = runtime.pool(pool);
        String name = jobClass.substring(jobClass.lastIndexOf('.') + 1);
        return spawn(found, JobCall.of(this, found, jobClass, args), name);
    }

    <T extends @Nullable Object> TaskImpl<T> spawn(
            PoolImpl pool, Callable<? extends T> work, @Nullable String name) {
        Objects.requireNonNull(work, "work");
        Callable<? extends T> inContext = runtime.inContext(work);
        StackProbe.ensureRoomToSpare();
        TaskImpl<T> task = tasks.add(pool, name, Events.recorded(inContext));
        attend(task.id());
        if (hasDeadline && deadline - task.spawnedAt() <= 0) {
            task.cancel(CancelReason.SCOPE_DEADLINE);
        } else {
            pool.submit(task);
        }
        return task;
    }

    /**
     * Called with the lock of {@link #tasks} held before the first task is added, and before each
     * channel is added while there is no task.
     */
    void beforeFirstUse() {
        unattended = true;
        runtime.register(this);
        noteDeadline();
    }

    /** Does the part of the first use that is left to be done without the lock. */
    private void attend(long chance) {
        if (unattended) {
            unattended = false;
            runtime.attend(chance);
        }
    }

    private void noteDeadline() {
        if (hasDeadline) {
            alarm().note(deadline);
        }
    }

    private ScopeAlarm alarm() {
        ScopeAlarm made = alarm;
        if (made == null) {
            made = new ScopeAlarm(this, runtime.timer(), owner);
            alarm = made;
        }
        return made;
    }

    /**
     * Arms the scope's alarm if that is left to the timer's thread, which calls this.
     *
     * @return whether the alarm is set
     */
    boolean armAlarm() {
        ScopeAlarm made = alarm;
        return made != null && made.armIfSet();
    }

    /** Drops the scope's alarm. Called by the thread that has closed the timer. */
    void dropAlarm() {
        ScopeAlarm made = alarm;
        if (made != null) {
            made.drop();
        }
    }

    boolean isPastDeadline() {
        return hasDeadline && deadline - System.nanoTime() <= 0;
    }

    /** Called by the timer's thread. */
    void cancelAtDeadline() {
        cancelSoon(CancelReason.SCOPE_DEADLINE);
    }

    final class StopCancelled extends Interrupter.Item {
        @Override
        void run() {
            tasks.stopCancelled();
        }
    }

    /**
     * Cancels the tasks that have no outcome, and leaves it to another thread to stop them, since
     * that may take time. A task that is spawned after this has looked is cancelled by its spawn,
     * or refused.
     */
    private void cancelSoon(CancelReason reason) {
        try {
            if (tasks.decideCancelled(Cancelled.now(reason))) {
                stopSoon();
            }
        } finally {
            tasks.closeChannels();
        }
    }

    /** Hands over the stopping to the interrupter; if memory runs out, this thread does it. */
    private void stopSoon() {
        StopCancelled stop;
        try {
            stop = new StopCancelled();
        } catch (OutOfMemoryError e) {
            tasks.stopCancelled();
            return;
        }
        runtime.interrupter().run(stop);
    }

    @Override
    public <T> Channel<T> channel(int capacity) {
        if (capacity < 0) {
            throw new IllegalArgumentException("capacity must not be negative, but is " + capacity);
        }
        StackProbe.ensureRoomToSpare();
        Channel<T> channel = capacity == 0 ? Channel.rendezvous() : Channel.buffered(capacity);
        tasks.add(channel);
        attend(0);
        if (hasDeadline && deadline - System.nanoTime() <= 0) {
            channel.close();
        }
        return channel;
    }

    @Override
    public @Nullable Object await(long taskId) throws InterruptedException {
        return await(taskId, Timeout.DEFAULT);
    }

    @Override
    public @Nullable Object await(long taskId, Duration timeout) throws InterruptedException {
        Timeout.nanos(timeout, "timeout");
        StackProbe.ensureRoom();
        TaskImpl<?> task = tasks.claim(taskId);
        try {
            return task.await(timeout);
        } catch (InterruptedException | IllegalStateException | StackOverflowError e) {
            tasks.unclaim(task);
            throw e;
        }
    }

    @Override
    public void awaitAll() throws InterruptedException {
        awaitAll(Timeout.DEFAULT);
    }

    @Override
    public void awaitAll(Duration timeout) throws InterruptedException {
        long nanos = Timeout.nanos(timeout, "timeout");
        StackProbe.ensureRoom();
        ensureNotCalledByOwnTask("awaitAll");
        long until = earliest(System.nanoTime() + nanos);
        tasks.awaitAllDecidedOrOneFailed(
                until,
                decided -> {
                    TaskImpl<?> failed =
                            decided ? tasks.firstFailure() : cancelLate(until, timeout);
                    if (failed != null) {
                        tasks.cancelAll(CancelReason.SIBLING_FAILED);
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
        List<String> cycle = WaitCycle.behind(tasks);
        Cancelled cancelled = Cancelled.now(reason);
        tasks.cancelAll(cancelled);
        List<TaskImpl<?>> all = tasks.snapshot();
        List<TaskImpl<?>> late = cancelledBy(cancelled, all);
        if (!late.isEmpty() && reason == CancelReason.AWAIT_TIMED_OUT) {
            throw timedOut(late, all.size(), timeout, cycle);
        }
        return tasks.firstFailure();
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
        long nanos = Timeout.nanos(timeout, "timeout");
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
        long nanos = Timeout.nanos(timeout, "timeout");
        StackProbe.ensureRoom();
        ensureNotCalledByOwnTask("settle");
        long until = earliest(System.nanoTime() + nanos);
        tasks.awaitAllDecided(
                until,
                decided -> {
                    if (!decided) {
                        tasks.cancelAll(reasonAt(until));
                    }
                });
        // Another thread may have spawned more tasks since. They do not belong to this call, and
        // come after all that were decided then.
        return Collections.unmodifiableList(tasks.decidedOf(tasks.snapshot()));
    }

    @Override
    public ScopeReport report() {
        return Reports.of(tasks.snapshot(), runtime.allPools());
    }

    @Override
    public void close() {
        if (Thread.currentThread() != owner) {
            throw new WrongThreadException(
                    "the scope is to be closed by "
                            + owner
                            + ", which opened it, not by "
                            + Thread.currentThread());
        }
        if (closed) {
            return;
        }
        StackProbe.ensureRoom();
        PogoScopeImpl innermost = ScopeStack.innermost(opener);
        try {
            if (innermost != this) {
                closeInner(innermost);
            }
        } finally {
            boolean ended = endTasks();
            closed = true;
            leave(innermost == this ? this : ScopeStack.innermost(opener));
            if (ended) {
                outer = null;
                opener = null;
            }
            Events.scopeClosed(this, event);
        }
    }

    /**
     * Performs each step even if the one before has thrown, and then throws that; so this can be
     * called again. Once all tasks have ended or are left behind, the scope is unregistered from
     * the runtime, even if this throws.
     *
     * @return false if tasks are left behind
     */
    private boolean endTasks() {
        boolean ended = false;
        try {
            try {
                refuse(CancelReason.SCOPE_CLOSED);
            } finally {
                tasks.cancelAll(CancelReason.SCOPE_CLOSED);
            }
        } finally {
            try {
                tasks.closeChannels();
            } finally {
                ended =
                        tasks.allEnded()
                                || tasks.awaitAllEnded(
                                        CancelReason.SCOPE_CLOSED,
                                        runtime.closeGrace(),
                                        System.nanoTime());
                endAlarm();
                runtime.unregister(this);
            }
        }
        return ended;
    }

    /** Makes this the innermost of the owner's open scopes. For the owner thread only. */
    void enter() {
        ScopeStack.setInnermost(opener, this);
    }

    /** Closes the scopes that were opened inside this one, even if closing one of them fails. */
    private void closeInner(@Nullable PogoScopeImpl innermost) {
        PogoScopeImpl inner = innermost;
        if (inner == null || !inner.isWithin(this)) {
            return; // the thread-local was cleared, and others may have been opened since
        }
        Throwable failure = null;
        while (inner != null && inner != this) {
            PogoScopeImpl next = inner.outerOfSameThread();
            try {
                inner.close();
            } catch (Throwable e) {
                failure = e;
            }
            inner = next;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
    }

    /**
     * Removes this from the owner's open scopes once it is closed. If the close fails before that,
     * the scope around this one closes it. Scopes inside this one are also closed, or stay behind
     * in the same way.
     */
    private void leave(@Nullable PogoScopeImpl innermost) {
        PogoScopeImpl next = innermost;
        if (next == this) {
            ScopeStack.setInnermost(opener, outerOfSameThread());
            return;
        }
        for (; next != null; next = next.outerOfSameThread()) {
            if (next.outer == this) {
                next.outer = outer;
            }
        }
    }

    /**
     * Returns whether this is the other scope or was opened by the same thread while that was open.
     */
    private boolean isWithin(PogoScopeImpl other) {
        PogoScopeImpl scope = this;
        while (scope != null && scope != other) {
            scope = scope.outerOfSameThread();
        }
        return scope != null;
    }

    /**
     * Stops accepting tasks; the existing ones are about to end.
     *
     * @return whether tasks were accepted until now
     */
    boolean refuse(CancelReason reason) {
        return tasks.refuse(reason);
    }

    /** Ends the alarm: the scope no longer observes its deadline, and its owner no longer waits. */
    private void endAlarm() {
        ScopeAlarm armed = alarm;
        if (armed != null) {
            armed.end();
        }
    }

    /** Returns the id of the owner, which no other thread has while the owner lives. */
    long ownerId() {
        return owner.threadId();
    }

    /** Returns whether the owner has ended and therefore can no longer close this. */
    boolean isAbandoned() {
        return !owner.isAlive();
    }

    /**
     * Cancels what an owner that has ended has left behind, and unregisters this from the runtime
     * if no task runs any more; otherwise a later call does that. May be called by any thread, and
     * does not wait.
     */
    void closeForOwner() {
        if (refuse(CancelReason.SCOPE_CLOSED)) {
            SafeLog.warn(
                    LOG,
                    "{} has ended and left {} open; it is closed now. Use try-with-resources",
                    owner,
                    this);
        }
        endAlarm();
        cancelSoon(CancelReason.SCOPE_CLOSED);
        if (tasks.allEnded()) {
            runtime.unregister(this);
        }
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

    /**
     * Returns the alarm that wakes the calling thread when its wait for tasks of this scope has
     * lasted long enough; the thread {@linkplain WakeUp#release() releases} it after the wait.
     */
    WakeUp wakeUp() {
        if (Thread.currentThread() == owner) {
            ScopeAlarm own = alarm();
            if (!own.hasEnded()) {
                return own;
            }
        }
        return new WakeUp.Once(runtime.timer());
    }

    /** Returns whether apparently no thread has waited for tasks of this scope before. */
    boolean isFirstWait() {
        boolean first = !waited;
        waited = true;
        return first;
    }

    /** Returns the time, or the scope's deadline if that is earlier. */
    long earliest(long time) {
        return hasDeadline && deadline - time <= 0 ? deadline : time;
    }

    /**
     * Returns whether all tasks are decided at the time because it is the deadline, at which they
     * are cancelled.
     */
    boolean endsAt(long time) {
        return hasDeadline && time == deadline;
    }

    /** Returns the reason for cancelling when a time that {@link #earliest} returned has passed. */
    CancelReason reasonAt(long time) {
        return endsAt(time) ? CancelReason.SCOPE_DEADLINE : CancelReason.AWAIT_TIMED_OUT;
    }

    boolean hasDeadline() {
        return hasDeadline;
    }

    /**
     * Returns the deadline as a {@link System#nanoTime()} value; meaningless without a deadline.
     */
    long deadline() {
        return deadline;
    }

    /** Returns the time until the deadline, not negative. */
    Duration remaining() {
        return Duration.ofNanos(
                hasDeadline ? Math.max(0, deadline - System.nanoTime()) : Long.MAX_VALUE);
    }

    ScopeTasks tasks() {
        return tasks;
    }

    /** Returns the id of the first task, by which events distinguish scopes; 0 if there is none. */
    long id() {
        List<TaskImpl<?>> all = tasks.snapshot();
        return all.isEmpty() ? 0 : all.getFirst().id();
    }

    /** Returns the pool of the task that opened this, or null if another thread did. */
    @Nullable PoolImpl openedIn() {
        Execution by = opener;
        return by == null ? null : by.task().owningPool();
    }

    @Nullable ClassLoader contextClassLoader() {
        return contextClassLoader;
    }

    /** For the owner thread only. */
    boolean isClosed() {
        return closed;
    }

    PogoRuntimeImpl runtime() {
        return runtime;
    }

    /**
     * Warns if this seems to have been left open. For the owner thread, when it opens another scope
     * inside this one.
     */
    void reportIfForgotten() {
        long late = System.nanoTime() - deadline;
        if (hasDeadline && late > 0 && !reportedAsForgotten) {
            reportedAsForgotten = true;
            SafeLog.warn(
                    LOG,
                    "A scope is opened inside {}, whose deadline passed {} ago, so its tasks are"
                            + " cancelled at once. Was that one not closed? Use try-with-resources",
                    this,
                    Durations.describe(Duration.ofNanos(late)));
        }
    }

    /** Returns the innermost open scope of the owner once this is closed, or null. */
    @Nullable PogoScopeImpl outerOfSameThread() {
        return outer != null && outer.owner == owner ? outer : null;
    }

    /**
     * Returns whether this scope is open, directly or through others, inside a task of the runtime.
     */
    boolean isWithinTaskOf(PogoRuntimeImpl other) {
        for (PogoScopeImpl next = this; next != null; next = next.outer) {
            PogoScopeImpl around = next.outer;
            if (around != null && around.owner != next.owner && around.runtime == other) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return "PogoScope[" + tasks + "]";
    }
}
