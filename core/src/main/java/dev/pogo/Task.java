package dev.pogo;

import dev.pogo.TaskState.Cancelled;
import dev.pogo.TaskState.Outcome;
import dev.pogo.channel.Selectable;
import dev.pogo.channel.Source;
import dev.pogo.sync.StackProbe;
import dev.pogo.sync.Timeout;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

/**
 * A unit of work that a {@link PogoScope} has spawned, and the handle to it. It waits for a permit
 * of its pool, runs on a thread of its own, and has exactly one outcome: a value, a failure, or a
 * cancellation.
 *
 * <p>All methods may be called by any thread, during the scope and after it. Actions before {@code
 * spawn} happen-before the work. Actions of the work happen-before actions that follow {@link
 * #await()} or {@link #result()}, whether they return a value or throw, or {@link #done()} that
 * returned {@code true}; unless the task was cancelled: it may then still be running, and only
 * {@link PogoScope#close()} is certain to come after it.
 *
 * <p>A task keeps its scope reachable, and thereby the scope's other tasks and their values.
 *
 * @param <T> the type of the value
 */
public final class Task<T extends @Nullable Object> extends Execution implements Selectable<T> {
    /** The state of a task. */
    public enum State {
        /** The task waits for a permit of its pool. */
        WAITING,
        /** The task has its permit and its thread. */
        RUNNING,
        /** The task has returned its value. */
        SUCCEEDED,
        /** The task threw, waited longer than the pool's {@code max_wait}, or got no thread. */
        FAILED,
        /** The task was cancelled; it never ran, or may not have ended yet. */
        CANCELLED
    }

    private final long id;
    private final @Nullable String name;
    private final long spawnedAt;

    Task(
            long id,
            ScopeQueue queue,
            @Nullable String name,
            Callable<? extends T> work,
            long spawnedAt) {
        super(queue, work);
        this.id = id;
        this.name = name;
        this.spawnedAt = spawnedAt;
    }

    /**
     * Returns the task whose work the calling thread runs. The work can ask it whether it is still
     * wanted, and for how long:
     *
     * {@snippet file="dev/pogo/ExampleTest.java" region="current"}
     *
     * <p>This is known only to the task's own thread: not to other threads that the work starts,
     * and not after the thread has been given another uncaught-exception handler.
     *
     * @return the task
     * @throws IllegalStateException if the calling thread is not a task's
     */
    public static Task<?> current() {
        Execution execution = Execution.current();
        if (execution == null) {
            throw new IllegalStateException(Thread.currentThread() + " does not run a task");
        }
        return execution.task();
    }

    /**
     * Returns the task's number, which is unique in the process and never 0.
     *
     * @return the id
     */
    public long id() {
        return id;
    }

    /**
     * Returns the name of the pool that the task was spawned into.
     *
     * @return the pool's name
     */
    public String pool() {
        return queue.pool.name();
    }

    /**
     * Returns the name that was given to {@code spawn}, or else pool and id: {@code
     * external_api#17}.
     *
     * @return the name
     */
    public String name() {
        return name != null ? name : queue.pool.name() + "#" + id;
    }

    /**
     * Returns how long the task has waited: from {@code spawn} until its work started, until its
     * outcome if it never started, or until now.
     *
     * @return the time waited, not negative
     */
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

    /**
     * Returns how long the task's work has run: zero if it has not started, until now if it has not
     * ended. The time of a cancelled task includes its work up to its actual end.
     *
     * @return the time run, not negative
     */
    public Duration ran() {
        return hasStarted()
                ? Duration.ofNanos(Math.max(0, endedAtOrNow() - startedAt()))
                : Duration.ZERO;
    }

    /**
     * Waits for the outcome for at most 5 seconds; otherwise like {@link #await(Duration)}.
     *
     * @return the work's value
     * @throws InterruptedException if the calling thread is interrupted; the task continues
     */
    public T await() throws InterruptedException {
        return await(Timeout.DEFAULT);
    }

    /**
     * Waits for the outcome until the timeout elapses or the scope's deadline is reached. If time
     * runs out the task is cancelled, so that no work is left behind. Awaiting again yields the
     * same outcome.
     *
     * @param timeout how long to wait; zero takes the outcome if there is one and cancels the task
     *     otherwise
     * @return the work's value
     * @throws IllegalArgumentException if the timeout is negative; the task continues
     * @throws IllegalStateException if the task itself calls this, since that wait could never end
     * @throws InterruptedException if the calling thread is interrupted before there is an outcome;
     *     the task continues
     * @throws TaskFailedException if the work threw, or no thread could be started for it; the
     *     cause is what was thrown
     * @throws PoolSaturatedException if the task waited for a permit for as long as its pool allows
     * @throws AwaitTimeoutException if this call ran out of time and cancelled the task
     * @throws TaskCancelledException if the task was cancelled in any other way, including by the
     *     scope's deadline
     */
    public T await(Duration timeout) throws InterruptedException {
        long nanos = Timeout.nanos(timeout, "timeout");
        StackProbe.ensureRoom();
        if (!done()) {
            awaitOutcome(nanos, timeout);
        }
        return result();
    }

    private void awaitOutcome(long nanos, Duration timeout) throws InterruptedException {
        ensureNotCalledByItself("await");
        long deadline = queue.scope.earliest(System.nanoTime() + nanos);
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
        CancelReason reason = queue.scope.reasonAt(deadline);
        List<String> cycle = WaitCycle.behind(this);
        if (cancel(reason) && reason == CancelReason.AWAIT_TIMED_OUT) {
            throw AwaitTimeoutException.of(this, timeout, cycle);
        }
    }

    /** Rejects a wait of the calling task for itself, which could never end. */
    void ensureNotCalledByItself(String verb) {
        Execution caller = Execution.current();
        if (caller != null && caller.task() == this) {
            throw new IllegalStateException("task " + name() + " cannot " + verb + " itself");
        }
    }

    /**
     * Returns the outcome as of now, without waiting.
     *
     * @return the work's value
     * @throws IllegalStateException if there is no outcome yet
     * @throws TaskFailedException as {@link #await(Duration)}
     * @throws PoolSaturatedException as {@link #await(Duration)}
     * @throws TaskCancelledException as {@link #await(Duration)}; also after an await has timed out
     */
    @SuppressWarnings({"unchecked", "NullAway"}) // the value came from a Callable<? extends T>
    public T result() {
        if (hasValue()) {
            return (T) value();
        }
        throw failure();
    }

    /** Returns what {@link #result()} throws if the outcome is not a value. */
    RuntimeException failure() {
        Outcome ending = ending();
        return ending != null
                ? ending.exception(this)
                : new IllegalStateException(
                        "task "
                                + name()
                                + " has no outcome yet, it is "
                                + (isWaiting() ? State.WAITING : State.RUNNING));
    }

    /**
     * Cancels the task unless it has an outcome. A waiting task never starts. A running task is
     * interrupted once, after its {@linkplain #onCancel cancel hooks}, and keeps its permit until
     * its work has actually ended.
     *
     * @return whether this call decided the outcome
     */
    public boolean cancel() {
        StackProbe.ensureRoom();
        return cancel(CancelReason.CANCEL_CALLED);
    }

    /**
     * Returns whether the task is cancelled. A long computation may poll this instead of {@link
     * Thread#interrupted()}; it becomes true a moment before the interrupt.
     *
     * @return true from the cancellation on, permanently
     */
    public boolean isCancelled() {
        return ending() instanceof Cancelled;
    }

    /**
     * Returns the reason why the task was cancelled.
     *
     * @return the reason; empty if it is not cancelled
     */
    public Optional<CancelReason> cancelReason() {
        return ending() instanceof Cancelled cancelled
                ? Optional.of(cancelled.reason())
                : Optional.empty();
    }

    /**
     * Returns how long the work of a cancelled task has continued since the cancellation: until it
     * ended, or until now if it has not.
     *
     * @return the time, not negative; zero if the task is not cancelled or never ran
     */
    public Duration tookToStop() {
        return ending() instanceof Cancelled cancelled && hasStarted()
                ? Duration.ofNanos(Math.max(0, endedAtOrNow() - cancelled.at()))
                : Duration.ZERO;
    }

    /**
     * Returns the time until the task's scope, or an enclosing one, reaches its deadline.
     *
     * @return the time, zero if it has passed; without a deadline {@link Long#MAX_VALUE}
     *     nanoseconds, which is about 292 years
     */
    public Duration remaining() {
        return queue.scope.remaining();
    }

    /**
     * Registers an action to run if this task is cancelled, for work that an interrupt does not
     * stop: close its socket, cancel its statement. Must be called by the task's own work:
     *
     * {@snippet file="dev/pogo/ExampleTest.java" region="onCancel"}
     *
     * <p>The action runs at most once, on another thread, before the work is interrupted; it should
     * therefore not wait for the work. If the task is already cancelled, the calling thread runs it
     * at once. Of several actions the newest runs first. If an action throws, that is logged. The
     * task does not end before its actions have ended.
     *
     * <p>The thread that cancels the task does not wait for its actions. Each task's actions are
     * run by a new thread with the context class loader of the scope's owner. There are few of
     * those threads at once, and more only while actions block, up to 256 in a runtime; actions of
     * further tasks wait for their turn. If the system provides no thread at all, the thread that
     * cancels runs them.
     *
     * @param action the action
     * @return a handle that removes the action; close it before the work passes on what the action
     *     would stop, such as a connection that goes back to its pool
     * @throws IllegalStateException if a thread other than the task's own calls this
     */
    public CancelHook onCancel(Runnable action) {
        Objects.requireNonNull(action, "action");
        StackProbe.ensureRoom();
        Execution caller = Execution.current();
        if (caller == null || caller.task() != this) {
            throw new IllegalStateException(
                    "onCancel of task " + name() + " is for its own work to call");
        }
        return registerHook(action);
    }

    /** For {@link dev.pogo.channel.Select}, which accepts tasks. */
    @Override
    public Source<T> source() {
        return new TaskSource<>(this);
    }

    boolean cancel(CancelReason reason) {
        if (done()) {
            return false;
        }
        try {
            return decideCancelled(Cancelled.now(reason));
        } finally {
            stopCancelled();
        }
    }

    /** Returns whether {@link PogoScope#awaitAll()} must not succeed after the task's outcome. */
    boolean failsScope() {
        Outcome ending = ending();
        return ending != null && ending.failsScope();
    }

    /** Returns the name that was given to {@code spawn}, or null. */
    @Nullable String givenName() {
        return name;
    }

    ScopeQueue queue() {
        return queue;
    }

    @Override
    @Nullable ScopeQueue queueIn(Pool pool) {
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
    Task<?> anyTask() {
        return this;
    }

    @Override
    boolean isReachedAt(long deadline) {
        return queue.scope.endsAt(deadline);
    }

    @Override
    List<? extends Task<?>> awaited() {
        return List.of(this);
    }

    PogoScope scope() {
        return queue.scope;
    }

    Pool owningPool() {
        return queue.pool;
    }

    /** Returns the {@link System#nanoTime()} of the outcome, which must exist. */
    long decidedAt() {
        Outcome ending = ending();
        return ending != null ? ending.at() : endedAtOrNow();
    }

    long spawnedAt() {
        return spawnedAt;
    }

    @Override
    public String toString() {
        return "Task[" + name() + ", pool " + queue.pool.name() + ", " + state() + "]";
    }
}
