package dev.pogo.engine;

import dev.pogo.AwaitTimeoutException;
import dev.pogo.CancelReason;
import dev.pogo.PoolLoad;
import dev.pogo.Task;
import dev.pogo.TaskException;
import dev.pogo.TaskException.Facts;
import dev.pogo.TaskSpec;
import dev.pogo.channel.Source;
import dev.pogo.engine.CancelHooks.Hook;
import dev.pogo.engine.TaskState.Cancelled;
import dev.pogo.engine.TaskState.Failed;
import dev.pogo.engine.TaskState.Outcome;
import dev.pogo.engine.TaskState.Saturated;
import dev.pogo.util.Nanos;
import dev.pogo.util.StackProbe;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

/** The engine's {@link Task}. */
public final class TaskImpl<T extends @Nullable Object> extends Execution implements Task<T> {
    private final long id;

    /**
     * The name, or the {@link TaskSpec} that was given to {@code spawn}, or {@link Mapping#ITEM},
     * or null.
     */
    private final @Nullable Object label;

    private final long spawnedAt;

    TaskImpl(
            long id,
            ScopeQueue queue,
            @Nullable Object label,
            Callable<? extends T> work,
            long spawnedAt) {
        super(queue, work);
        this.id = id;
        this.label = label;
        this.spawnedAt = spawnedAt;
    }

    /** See {@link Task#current()}. */
    public static TaskImpl<?> current() {
        Execution execution = Execution.current();
        if (execution == null) {
            throw new IllegalStateException(Thread.currentThread() + " does not run a task");
        }
        return execution.task();
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public String pool() {
        return queue.pool.name();
    }

    @Override
    public String name() {
        String given = givenName();
        return given != null ? given : queue.pool.name() + "#" + id;
    }

    @Override
    public Duration waited() {
        // Read in this order: the outcome of the work comes after its start.
        Outcome ending = ending();
        long until;
        if (hasStarted()) {
            until = startedAt();
        } else {
            until = ending != null ? ending.at() : System.nanoTime();
        }
        return Duration.ofNanos(Math.max(0, until - spawnedAt));
    }

    @Override
    public Duration ran() {
        return hasStarted()
                ? Duration.ofNanos(Math.max(0, endedAtOrNow() - startedAt()))
                : Duration.ZERO;
    }

    @Override
    public T await() throws InterruptedException {
        StackProbe.ensureRoom();
        if (!done()) {
            Duration timeout = queue.scope.runtime().awaitTimeout();
            awaitOutcome(isTimed() ? Nanos.FOREVER : Nanos.of(timeout), timeout);
        }
        return result();
    }

    @Override
    public T await(Duration timeout) throws InterruptedException {
        long nanos = Nanos.of(timeout, "timeout");
        StackProbe.ensureRoom();
        if (!done()) {
            awaitOutcome(nanos, timeout);
        }
        return result();
    }

    private void awaitOutcome(long nanos, Duration timeout) throws InterruptedException {
        ensureNotCalledByItself("await");
        long deadline = earliest(System.nanoTime() + nanos);
        awaitUntil(
                this::done,
                deadline,
                reached -> {
                    if (!reached) {
                        cancelLate(deadline, timeout);
                    }
                });
    }

    /** Waits until nothing of the task runs any more; returns false if time runs out before. */
    boolean awaitEnd(long until) throws InterruptedException {
        if (hasValue()) {
            Thread.yield(); // its thread is about to release the permit
        }
        return waitUntil(new End(), until);
    }

    /** Not a lambda: a close may be the first to need it when the stack is nearly exhausted. */
    final class End implements BooleanSupplier {
        @Override
        public boolean getAsBoolean() {
            return hasEnded();
        }
    }

    /** Called when an await has run out of time. */
    private void cancelLate(long deadline, Duration timeout) {
        CancelReason reason =
                isOwnLimit(deadline) ? CancelReason.TASK_TIMEOUT : queue.scope.reasonAt(deadline);
        List<String> cycle = WaitCycle.behind(this);
        if (cancelAs(Cancelled.now(reason, timeout)) && reason == CancelReason.AWAIT_TIMED_OUT) {
            markSeen();
            throw new AwaitTimeoutException(facts(), timeout, 1, 1, cycle);
        }
    }

    /** Returns the time, or the scope's deadline or the task's own limit if that is earlier. */
    private long earliest(long time) {
        long until = queue.scope.earliest(time);
        return within() != null && limitedTo() - until < 0 ? limitedTo() : until;
    }

    private boolean isOwnLimit(long time) {
        return within() != null && time == limitedTo() && !queue.scope.endsAt(time);
    }

    /** Returns whether the scope has a deadline, or the task a limit of its own. */
    boolean isTimed() {
        return within() != null || queue.scope.hasDeadline();
    }

    /** Returns the time from the spawn on that the task may take, or null. */
    @Nullable Duration within() {
        return label instanceof TaskSpec spec ? spec.within() : null;
    }

    /** Returns when that time has passed, in terms of {@link System#nanoTime()}. */
    long limitedTo() {
        Duration within = within();
        return spawnedAt + (within == null ? Nanos.FOREVER : Nanos.of(within, "within"));
    }

    /** Rejects a wait of the calling task for itself, which could never end. */
    void ensureNotCalledByItself(String verb) {
        Execution caller = Execution.current();
        if (caller != null && caller.task() == this) {
            throw new IllegalStateException("task " + name() + " cannot " + verb + " itself");
        }
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // the value came from a Callable<? extends T>
    public T result() {
        if (hasValue()) {
            return (T) value();
        }
        if (!done()) {
            throw new IllegalStateException(
                    "task "
                            + name()
                            + " has no outcome yet, it is "
                            + (isWaiting() ? State.WAITING : State.RUNNING));
        }
        throw exception();
    }

    /** Returns what {@link #result()} throws, for somebody to see; the outcome is not a value. */
    TaskException exception() {
        markSeen();
        return Objects.requireNonNull(ending()).exception(this);
    }

    @Override
    public T resultOr(T other) {
        if (hasValue()) {
            return result();
        }
        if (done()) {
            markSeen();
        }
        return other;
    }

    @Override
    public Optional<Throwable> failure() {
        Outcome ending = ending();
        if (!(ending instanceof Failed || ending instanceof Saturated)) {
            return Optional.empty();
        }
        markSeen();
        return Optional.of(
                ending instanceof Failed failed ? failed.cause() : ending.exception(this));
    }

    @Override
    public boolean cancel() {
        StackProbe.ensureRoom();
        return cancelAs(Cancelled.now(CancelReason.CANCEL_CALLED));
    }

    @Override
    public boolean isCancelled() {
        return ending() instanceof Cancelled;
    }

    @Override
    public Optional<CancelReason> cancelReason() {
        return ending() instanceof Cancelled cancelled
                ? Optional.of(cancelled.reason())
                : Optional.empty();
    }

    @Override
    public Duration tookToStop() {
        return ending() instanceof Cancelled cancelled && hasStarted()
                ? Duration.ofNanos(Math.max(0, endedAtOrNow() - cancelled.at()))
                : Duration.ZERO;
    }

    @Override
    public Duration remaining() {
        return isTimed()
                ? Duration.ofNanos(
                        Math.max(0, earliest(spawnedAt + Nanos.FOREVER) - System.nanoTime()))
                : queue.scope.remaining();
    }

    @Override
    public Hook onCancel(Runnable action) {
        Objects.requireNonNull(action, "action");
        StackProbe.ensureRoom();
        Execution caller = Execution.current();
        if (caller == null || caller.task() != this) {
            throw new IllegalStateException(
                    "onCancel of task " + name() + " is for its own work to call");
        }
        return registerHook(action);
    }

    /** Registers an action to run on cancellation. For the task's own thread only. */
    private Hook registerHook(Runnable action) {
        CancelHooks registered = hooks();
        if (registered == null) {
            registered = new CancelHooks(this, this::interruptThread);
            makeExtras().hooks = registered;
        }
        Hook hook = new Hook(registered, action);
        if (!done()) {
            registered.add(hook);
        }
        if (done()) {
            hook.run();
        }
        return hook;
    }

    /** For {@link dev.pogo.channel.Select}, which accepts tasks. */
    @Override
    public Source<T> source() {
        return new OutcomeSource<>(this);
    }

    /** Cancels the task unless it has an outcome; {@code cancelled} becomes its outcome. */
    boolean cancelAs(Cancelled cancelled) {
        if (done()) {
            return false;
        }
        boolean decided = false;
        try {
            decided = decideCancelled(cancelled);
            return decided;
        } finally {
            stopCancelled();
            if (decided && isFailure(cancelled.reason())) {
                queue.scope.stopAfterFailure();
            }
        }
    }

    /** Returns whether a task that was cancelled for the reason may be the first that fails. */
    private static boolean isFailure(CancelReason reason) {
        return reason == CancelReason.AWAIT_TIMED_OUT || reason == CancelReason.TASK_TIMEOUT;
    }

    /** Returns the facts about this task and its pool at this moment. */
    Facts facts() {
        return facts(queue.pool.load());
    }

    /** Returns the facts about this task, with the load of its pool at an earlier moment. */
    Facts facts(PoolLoad load) {
        return new Facts(id, name(), queue.pool.name(), waited(), ran(), load);
    }

    /** Returns the name that was given to {@code spawn}, or null. */
    @Nullable String givenName() {
        if (label instanceof TaskSpec spec) {
            return spec.name();
        }
        return label instanceof String name ? name : null;
    }

    /** Returns whether this belongs to a {@link Mapping}. */
    boolean isMapped() {
        return label == Mapping.ITEM;
    }

    ScopeQueue queue() {
        return queue;
    }

    @Override
    @Nullable ScopeQueue queueIn(PoolImpl pool) {
        return queue.pool == pool ? queue : null;
    }

    @Override
    @Nullable QueueNode nextWaiting(ScopeQueue queue, WaitingTasks waiting) {
        QueueNode node = node();
        return node != null && waiting.contains(node) ? node : null;
    }

    @Override
    boolean mayGrow() {
        return false;
    }

    @Override
    TaskImpl<?> anyTask() {
        return this;
    }

    @Override
    boolean isReachedAt(long deadline) {
        return queue.scope.endsAt(deadline) || isOwnLimit(deadline);
    }

    @Override
    List<? extends TaskImpl<?>> awaited() {
        return List.of(this);
    }

    PogoScopeImpl scope() {
        return queue.scope;
    }

    PoolImpl owningPool() {
        return queue.pool;
    }

    long spawnedAt() {
        return spawnedAt;
    }

    @Override
    public String toString() {
        return "Task[" + name() + ", pool " + queue.pool.name() + ", " + state() + "]";
    }
}
