package dev.pogo;

import dev.pogo.TaskState.Cancelled;
import dev.pogo.channel.Channel;
import dev.pogo.json.Durations;
import dev.pogo.sync.StackProbe;
import dev.pogo.sync.Timeout;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * The scope of a request: tasks are spawned in it, and none of them outlives it.
 *
 * {@snippet file="dev/pogo/ExampleTest.java" region="scope"}
 *
 * <p>A scope must be closed by the thread that opened it; everything else may be done by any
 * thread. Once it is closed, spawning is refused and all tasks have their outcomes. It retains each
 * of its tasks, with its value, until the scope and its tasks become unreachable together.
 *
 * <p>A scope that is opened by a task, or by a thread that has another scope open, ends no later
 * than that one, even if they belong to different runtimes: its deadline is the earlier of the two.
 * A thread that leaves a scope open therefore cuts its later scopes short, of which the log warns.
 * If it ends without closing a scope, no thread can close that one any more: its tasks are then
 * cancelled, and a warning is logged, in the course of the next uses of the runtime by other
 * threads.
 */
public final class PogoScope implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PogoScope.class);

    private final PogoRuntime runtime;
    private final Thread owner = Thread.currentThread();

    /**
     * The scope around this one, of the same thread or of the task that opened this; null once this
     * is closed and none of its tasks is left to read it. Written by the owner. For a scope that
     * could not be closed it changes when the scope around it is closed.
     */
    private @Nullable PogoScope outer;

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

    PogoScope(
            PogoRuntime runtime,
            @Nullable PogoScope outer,
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

    /**
     * Spawns a task in the pool {@code default}; otherwise like {@link #spawn(String, Callable)}.
     *
     * @param work the work
     * @param <T> the type of the value
     * @return the new task
     */
    public <T extends @Nullable Object> Task<T> spawn(Callable<? extends T> work) {
        return spawn(runtime.defaultPool(), work, null);
    }

    /**
     * Spawns a task. The call never blocks and never runs the work itself: the task is admitted at
     * once if its pool has a free permit, and waits for one otherwise. If the scope's deadline has
     * passed, the task is already cancelled.
     *
     * <p>The work sees the calling thread's SLF4J MDC, and the context class loader of the thread
     * that opened the scope.
     *
     * @param pool the name of the pool
     * @param work the work; its thread is interrupted if the task is cancelled
     * @param <T> the type of the value
     * @return the new task
     * @throws UnknownPoolException if the runtime has no such pool
     * @throws IllegalStateException if the scope or the runtime is closed or being closed
     */
    public <T extends @Nullable Object> Task<T> spawn(String pool, Callable<? extends T> work) {
        Objects.requireNonNull(pool, "pool");
        return spawn(runtime.pool(pool), work, null);
    }

    /**
     * Spawns a task with a name, for logs and error messages; otherwise like {@link #spawn(String,
     * Callable)}.
     *
     * @param pool the name of the pool
     * @param work the work
     * @param name the task's name; need not be unique
     * @param <T> the type of the value
     * @return the new task
     * @throws IllegalArgumentException if the name is blank
     */
    public <T extends @Nullable Object> Task<T> spawn(
            String pool, Callable<? extends T> work, String name) {
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(name, "name");
        if (name.isBlank()) {
            throw new IllegalArgumentException("name must not be blank");
        }
        return spawn(runtime.pool(pool), work, name);
    }

    /**
     * Spawns a job in the pool {@code default}; otherwise like {@link #spawn(String, Class,
     * Object)}.
     *
     * @param job the job's class
     * @param args the args, JSON-compatible; may be null
     * @param <A> the type of the args
     * @param <R> the type of the result
     * @return the new task
     */
    public <A extends @Nullable Object, R extends @Nullable Object> Task<R> spawn(
            Class<? extends Job<A, R>> job, A args) {
        Objects.requireNonNull(job, "job");
        return spawnJob(runtime.defaultPool(), job, args);
    }

    /**
     * Spawns a job. It runs where the pool's worker runs it, by default in this process on an
     * instance of its own. Args and result are snapshots: neither side sees later changes by the
     * other. The task is named after the class.
     *
     * <p>A class that cannot be a job, or a result that is not JSON-compatible, makes the task
     * fail.
     *
     * @param pool the name of the pool
     * @param job the job's class
     * @param args the args, JSON-compatible; may be null
     * @param <A> the type of the args
     * @param <R> the type of the result
     * @return the new task
     * @throws InvalidPayloadException if the args are not JSON-compatible
     * @throws UnknownPoolException if the runtime has no such pool
     * @throws IllegalStateException if the scope or the runtime is closed or being closed
     */
    public <A extends @Nullable Object, R extends @Nullable Object> Task<R> spawn(
            String pool, Class<? extends Job<A, R>> job, A args) {
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(job, "job");
        return spawnJob(runtime.pool(pool), job, args);
    }

    private <A extends @Nullable Object, R extends @Nullable Object> Task<R> spawnJob(
            Pool pool, Class<? extends Job<A, R>> job, A args) {
        return spawn(pool, JobCall.<R>of(this, pool, job, args), job.getSimpleName());
    }

    /**
     * Spawns a job that is named by a string. The class need not implement {@link Job}: one public
     * method named {@code handle} with one parameter is enough. Its name has to be listed in the
     * configuration ({@link PogoConfig#jobs()}); otherwise the task fails, and the class is not
     * loaded. In all other respects this is like {@link #spawn(String, Class, Object)}.
     *
     * @param pool the name of the pool
     * @param jobClass the name of the job's class, as returned by {@link Class#getName()}; it is
     *     loaded by the context class loader of the thread that opened the scope
     * @param args the args, JSON-compatible; may be null
     * @return the new task; its value consists of maps, lists, strings, numbers, booleans and null
     * @throws InvalidPayloadException if the args are not JSON-compatible
     * @throws UnknownPoolException if the runtime has no such pool
     * @throws IllegalStateException if the scope or the runtime is closed or being closed
     */
    public Task<@Nullable Object> spawn(String pool, String jobClass, @Nullable Object args) {
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(jobClass, "jobClass");
        Pool found = runtime.pool(pool);
        String name = jobClass.substring(jobClass.lastIndexOf('.') + 1);
        return spawn(found, JobCall.of(this, found, jobClass, args), name);
    }

    <T extends @Nullable Object> Task<T> spawn(
            Pool pool, Callable<? extends T> work, @Nullable String name) {
        Objects.requireNonNull(work, "work");
        Callable<? extends T> inContext = runtime.inContext(work);
        StackProbe.ensureRoomToSpare();
        Task<T> task = tasks.add(pool, name, Events.recorded(inContext));
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

    /**
     * Creates a channel that is closed with this scope: when its deadline passes, or when its tasks
     * have been cancelled by {@link #close()} or {@link PogoRuntime#close()}, before those wait for
     * the tasks. So no thread waits for the channel any more once the scope is closed. The scope
     * retains the channel until then, even if the channel is closed earlier.
     *
     * {@snippet file="dev/pogo/channel/ChannelExampleTest.java" region="pipeline"}
     *
     * @param capacity number of elements that it can hold without a receiver; 0 for a rendezvous
     * @param <T> the type of the elements
     * @return the new channel; already closed if the scope's deadline has passed
     * @throws IllegalArgumentException if the capacity is negative
     * @throws IllegalStateException if the scope or the runtime is closed or being closed
     */
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

    /**
     * Waits at most 5 seconds for a task by its id; otherwise like {@link #await(long, Duration)}.
     *
     * @param taskId the task's id
     * @return the work's value
     * @throws InterruptedException as {@link #await(long, Duration)}
     */
    public @Nullable Object await(long taskId) throws InterruptedException {
        return await(taskId, Timeout.DEFAULT);
    }

    /**
     * Waits for a task by its id. An id can be awaited once; the {@link Task} itself any number of
     * times. In all other respects this waits and throws like {@link Task#await(Duration)}.
     *
     * @param taskId the task's id
     * @param timeout how long to wait; zero takes the outcome if there is one and cancels the task
     *     otherwise
     * @return the work's value
     * @throws UnknownTaskException if this scope has spawned no task with that id, or the id has
     *     already been awaited
     * @throws IllegalArgumentException if the timeout is negative; the id can still be awaited
     * @throws InterruptedException if the calling thread is interrupted; the id can still be
     *     awaited
     */
    public @Nullable Object await(long taskId, Duration timeout) throws InterruptedException {
        Timeout.nanos(timeout, "timeout");
        StackProbe.ensureRoom();
        Task<?> task = tasks.claim(taskId);
        try {
            return task.await(timeout);
        } catch (InterruptedException | IllegalStateException | StackOverflowError e) {
            tasks.unclaim(task);
            throw e;
        }
    }

    /**
     * Waits at most 5 seconds for all tasks; otherwise like {@link #awaitAll(Duration)}.
     *
     * @throws InterruptedException if the calling thread is interrupted; the tasks continue
     */
    public void awaitAll() throws InterruptedException {
        awaitAll(Timeout.DEFAULT);
    }

    /**
     * Waits until every task of the scope has succeeded, including those spawned meanwhile. As soon
     * as one fails, the others are cancelled and its failure is thrown. Tasks that were cancelled
     * by {@link Task#cancel()}, or as losers of {@link #awaitAny}, do not count as failed. A task
     * whose {@code await} timed out does, and so does one that threw, even if another task won the
     * race that it was in.
     *
     * @param timeout how long to wait, at most until the scope's deadline; when it passes, the
     *     unfinished tasks are cancelled
     * @throws IllegalArgumentException if the timeout is negative; the tasks continue
     * @throws IllegalStateException if a task of this scope calls this, since the wait could never
     *     end
     * @throws InterruptedException if the calling thread is interrupted; the tasks continue
     * @throws TaskFailedException if the first task that failed threw
     * @throws PoolSaturatedException if the first task that failed had waited too long
     * @throws TaskCancelledException if the first task that failed was cancelled, for example by
     *     the scope's deadline
     * @throws AwaitTimeoutException if this call timed out
     */
    public void awaitAll(Duration timeout) throws InterruptedException {
        long nanos = Timeout.nanos(timeout, "timeout");
        StackProbe.ensureRoom();
        ensureNotCalledByOwnTask("awaitAll");
        long until = earliest(System.nanoTime() + nanos);
        tasks.awaitAllDecidedOrOneFailed(
                until,
                decided -> {
                    Task<?> failed = decided ? tasks.firstFailure() : cancelLate(until, timeout);
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
    private @Nullable Task<?> cancelLate(long until, Duration timeout) {
        CancelReason reason = reasonAt(until);
        List<String> cycle = WaitCycle.behind(tasks);
        Cancelled cancelled = Cancelled.now(reason);
        tasks.cancelAll(cancelled);
        List<Task<?>> all = tasks.snapshot();
        List<Task<?>> late = cancelledBy(cancelled, all);
        if (!late.isEmpty() && reason == CancelReason.AWAIT_TIMED_OUT) {
            throw AwaitTimeoutException.of(late, all.size(), timeout, cycle);
        }
        return tasks.firstFailure();
    }

    /**
     * Returns the tasks that have this cancellation. Called afterwards, so that nothing is
     * allocated between deciding a cancellation and completing it.
     */
    private static List<Task<?>> cancelledBy(Cancelled cancelled, List<? extends Task<?>> tasks) {
        Set<Task<?>> late = new LinkedHashSet<>();
        for (Task<?> task : tasks) {
            if (task.cancellation() == cancelled) {
                late.add(task);
            }
        }
        return List.copyOf(late);
    }

    /**
     * Waits for the first of the given tasks to succeed, and cancels the others.
     *
     * @param tasks tasks of this scope, at least one; a task may occur more than once
     * @param timeout how long to wait, at most until the scope's deadline; when it passes, all of
     *     them are cancelled
     * @param <T> the type of the value
     * @return the value of the first task that succeeded
     * @throws NullPointerException also if a task is null
     * @throws IllegalArgumentException if there is no task or the timeout is negative; the tasks
     *     continue
     * @throws UnknownTaskException if a task belongs to another scope; the tasks continue
     * @throws IllegalStateException if one of the tasks itself calls this, since the wait could
     *     never end
     * @throws InterruptedException if the calling thread is interrupted; the tasks continue
     * @throws TaskFailedException if none succeeded and the first of them, in the collection's
     *     order, threw; up to 10 failures of the others are added as suppressed exceptions
     * @throws PoolSaturatedException if none succeeded and the first of them had waited too long
     * @throws TaskCancelledException if none succeeded and the first of them was cancelled
     * @throws AwaitTimeoutException if this call timed out
     */
    public <T extends @Nullable Object> T awaitAny(Collection<Task<T>> tasks, Duration timeout)
            throws InterruptedException {
        Objects.requireNonNull(tasks, "tasks");
        long nanos = Timeout.nanos(timeout, "timeout");
        StackProbe.ensureRoom();
        List<Task<T>> racing = new ArrayList<>(tasks);
        ensureOwnTasks(racing);
        long until = earliest(System.nanoTime() + nanos);
        Task<?>[] all = racing.toArray(new Task<?>[0]);
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
        Task<T> winner = race.winner();
        return winner != null ? winner.result() : race.result();
    }

    /** Cancels the tasks after awaitAny has timed out. */
    private void cancelLate(Race<?> race, Task<?>[] racing, long until, Duration timeout) {
        CancelReason reason = reasonAt(until);
        List<String> cycle = WaitCycle.behind(race);
        Cancelled cancelled = Cancelled.now(reason);
        Cancellation.cancel(racing, 0, racing.length, cancelled);
        List<Task<?>> late = cancelledBy(cancelled, race.awaited());
        if (!late.isEmpty() && reason == CancelReason.AWAIT_TIMED_OUT) {
            throw AwaitTimeoutException.of(late, racing.length, timeout, cycle);
        }
    }

    /**
     * Returns the tasks one by one, in the order in which they end. Those that have ended before
     * this call come first, also in that order. Tasks that end at nearly the same time may come in
     * either order, and a task may come slightly later than it is {@link Task#done() done}.
     *
     * <p>This takes time proportional to the number of tasks, once; each task can then be taken at
     * the same cost, however many there are.
     *
     * @param tasks tasks of this scope, possibly none; one that occurs more than once is given
     *     once. Later changes to the collection have no effect
     * @param <T> the type of the values
     * @return the tasks as they end
     * @throws NullPointerException also if a task is null
     * @throws UnknownTaskException if a task belongs to another scope
     * @throws IllegalStateException if one of the tasks itself calls this
     */
    public <T extends @Nullable Object> Completions<T> completions(
            Collection<? extends Task<? extends T>> tasks) {
        Objects.requireNonNull(tasks, "tasks");
        List<Task<T>> given = new ArrayList<>(tasks.size());
        for (Task<? extends T> task : tasks) {
            @SuppressWarnings("unchecked") // a task takes no values
            Task<T> same = (Task<T>) task;
            given.add(same);
        }
        if (!given.isEmpty()) {
            ensureOwnTasks(given);
        }
        return Completions.of(given);
    }

    /**
     * Waits until every task of the scope has an outcome, whatever it is. When the timeout passes,
     * the unfinished ones are cancelled, so each task in the list is {@link Task#done() done}.
     *
     * @param timeout how long to wait, at most until the scope's deadline
     * @return the tasks in the order in which they were spawned; unmodifiable
     * @throws IllegalArgumentException if the timeout is negative; the tasks continue
     * @throws IllegalStateException if a task of this scope calls this, since the wait could never
     *     end
     * @throws InterruptedException if the calling thread is interrupted; the tasks continue
     */
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
        return tasks.decidedOf(tasks.snapshot());
    }

    /**
     * Returns what the scope's tasks have done so far and where the time went; after {@link
     * #close()} this is final. It costs nothing unless called: each call builds the report from
     * what the tasks know. May be called by any thread.
     *
     * {@snippet file="dev/pogo/ExampleTest.java" region="report"}
     *
     * @return a report of all tasks that have been spawned before this call
     */
    public ScopeReport report() {
        return ScopeReport.of(tasks.snapshot(), runtime.pools());
    }

    /**
     * Cancels every unfinished task, closes the channels of {@link #channel} and waits until the
     * threads of all tasks have ended their work. Scopes that this thread has opened inside this
     * one and not closed are closed first. Closing again has no effect.
     *
     * <p>The tasks' writes happen-before the return. The wait cannot be interrupted; an interrupt
     * is kept until afterwards. Work that ignores its interrupt prolongs the wait, and is reported
     * at level WARN with its stack trace every 5 seconds. Only if {@link PogoConfig#closeGrace()}
     * limits the wait is such work left behind: it is reported, and keeps its permit until it ends.
     *
     * @throws WrongThreadException if called by a thread other than the one that opened the scope
     */
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
        PogoScope innermost = ScopeStack.innermost(opener);
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
    private void closeInner(@Nullable PogoScope innermost) {
        PogoScope inner = innermost;
        if (inner == null || !inner.isWithin(this)) {
            return; // the thread-local was cleared, and others may have been opened since
        }
        Throwable failure = null;
        while (inner != null && inner != this) {
            PogoScope next = inner.outerOfSameThread();
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
    private void leave(@Nullable PogoScope innermost) {
        PogoScope next = innermost;
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
    private boolean isWithin(PogoScope other) {
        PogoScope scope = this;
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

    private void ensureOwnTasks(List<? extends Task<?>> given) {
        if (given.isEmpty()) {
            throw new IllegalArgumentException("tasks must not be empty");
        }
        Execution caller = Execution.current();
        for (int i = 0; i < given.size(); i++) {
            Task<?> task = given.get(i);
            if (task == null) {
                throw new NullPointerException("tasks[" + i + "]");
            }
            if (task.scope() != this) {
                throw new UnknownTaskException(task.id(), "another scope has spawned it");
            }
            if (caller != null && caller.task() == task) {
                throw new IllegalStateException("task " + task.name() + " cannot await itself");
            }
        }
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
        List<Task<?>> all = tasks.snapshot();
        return all.isEmpty() ? 0 : all.getFirst().id();
    }

    /** Returns the pool of the task that opened this, or null if another thread did. */
    @Nullable Pool openedIn() {
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

    PogoRuntime runtime() {
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
    @Nullable PogoScope outerOfSameThread() {
        return outer != null && outer.owner == owner ? outer : null;
    }

    /**
     * Returns whether this scope is open, directly or through others, inside a task of the runtime.
     */
    boolean isWithinTaskOf(PogoRuntime other) {
        for (PogoScope next = this; next != null; next = next.outer) {
            PogoScope around = next.outer;
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
