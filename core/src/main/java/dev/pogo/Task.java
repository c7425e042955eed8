package dev.pogo;

import dev.pogo.Phase.Cancelled;
import dev.pogo.Phase.Ending;
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
 * One piece of work that a {@link PogoScope} has spawned, and the handle to it. It waits for a
 * permit of its pool, runs on a thread of its own, and has exactly one outcome: a value, a failure,
 * or that it was cancelled.
 *
 * <p>All methods may be called by any thread, during the scope and after it. What was done before
 * {@code spawn} happens-before the work. What the work did happens-before whatever follows the end
 * of {@link #await()} or {@link #result()}, with a value or an exception, or {@link #done()} with
 * {@code true}; unless the task was cancelled: then it may still be running, and only {@link
 * PogoScope#close()} comes after it for certain.
 *
 * <p>A task keeps its scope from being garbage, and so the scope's other tasks and their values.
 *
 * @param <T> the type of the value
 */
public final class Task<T extends @Nullable Object> extends Execution implements Selectable<T> {
    /** Where a task stands. */
    public enum State {
        /** It waits for a permit of its pool. */
        WAITING,
        /** It has its permit and its thread. */
        RUNNING,
        /** It has given its value. */
        SUCCEEDED,
        /** It threw, waited longer than the pool's {@code max_wait}, or could not get a thread. */
        FAILED,
        /** It was cancelled, and never ran, or may still be on its way to the end. */
        CANCELLED
    }

    private final long id;
    private final @Nullable String name;
    private final long spawnedAt;

    Task(long id, Lane lane, @Nullable String name, Callable<? extends T> work, long spawnedAt) {
        super(lane, work);
        this.id = id;
        this.name = name;
        this.spawnedAt = spawnedAt;
    }

    /**
     * The task whose work the calling thread runs. Work finds out by it whether it is still wanted,
     * and for how long:
     *
     * {@snippet file="dev/pogo/ExampleTest.java" region="current"}
     *
     * <p>Only the task's own thread knows it, not others that the work starts, and not one that has
     * been given another uncaught-exception handler.
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
     * The task's number: unique in the process, never 0.
     *
     * @return the id
     */
    public long id() {
        return id;
    }

    /**
     * The name of the pool that the task was spawned into.
     *
     * @return the pool's name
     */
    public String pool() {
        return lane.pool.name();
    }

    /**
     * The name that was given to {@code spawn}, else pool and id: {@code external_api#17}.
     *
     * @return the name
     */
    public String name() {
        return name != null ? name : lane.pool.name() + "#" + id;
    }

    /**
     * How long the task has waited: from {@code spawn} to the start of its work, or to its outcome
     * if it never started, or until now.
     *
     * @return the time waited, not negative
     */
    public Duration waited() {
        // In this order: what the work ends with comes after its start.
        Ending ending = ending();
        long until;
        if (hasStarted()) {
            until = startedAt();
        } else {
            until = ending != null ? ending.at() : System.nanoTime();
        }
        return Duration.ofNanos(Math.max(0, until - spawnedAt));
    }

    /**
     * How long the task's work has run: zero if it has not started, until now if it has not ended.
     * A cancelled task counts on until its thread has really ended its work.
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
     * @throws InterruptedException if the calling thread is interrupted; the task goes on
     */
    public T await() throws InterruptedException {
        return await(Timeout.DEFAULT);
    }

    /**
     * Waits for the outcome, at most for the timeout and at most until the scope's deadline. If
     * time runs out the task is cancelled, so that asking too late leaves no work behind. Awaiting
     * again gives the same outcome again.
     *
     * @param timeout how long to wait; zero takes the outcome if it is there and cancels otherwise
     * @return the work's value
     * @throws IllegalArgumentException if the timeout is negative; the task goes on
     * @throws IllegalStateException if the task itself calls this, which could never end
     * @throws InterruptedException if the calling thread is interrupted before there is an outcome;
     *     the task goes on
     * @throws TaskFailedException if the work threw, or no thread could be started for it; the
     *     cause is what was thrown
     * @throws PoolSaturatedException if the task waited for a permit for as long as its pool allows
     * @throws AwaitTimeoutException if this call ran out of time and cancelled the task
     * @throws TaskCancelledException if the task was cancelled in another way, the scope's deadline
     *     among them
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
        long deadline = lane.scope.earliest(System.nanoTime() + nanos);
        awaitUntil(
                this::done,
                deadline,
                reached -> {
                    if (!reached) {
                        cancelLate(deadline, timeout);
                    }
                });
    }

    /** Waits until nothing of it runs any more; false if the time has come before. */
    boolean awaitEnd(long until) throws InterruptedException {
        if (hasValue()) {
            Thread.yield(); // its thread is about to give the permit back
        }
        return waitUntil(new End(), until);
    }

    /** No lambda, for a close may be the first to need it where the stack is nearly used up. */
    final class End implements BooleanSupplier {
        @Override
        public boolean getAsBoolean() {
            return hasEnded();
        }
    }

    /** Time ran out in an await. */
    private void cancelLate(long deadline, Duration timeout) {
        CancelReason reason = lane.scope.reasonAt(deadline);
        List<String> cycle = WaitCycle.behind(this);
        if (cancel(reason) && reason == CancelReason.AWAIT_TIMED_OUT) {
            throw AwaitTimeoutException.of(this, timeout, cycle);
        }
    }

    /** Refuses what could never end, for it would wait for the calling task itself. */
    void ensureNotCalledByItself(String verb) {
        Execution caller = Execution.current();
        if (caller != null && caller.task() == this) {
            throw new IllegalStateException("task " + name() + " cannot " + verb + " itself");
        }
    }

    /**
     * The outcome as of now, without waiting.
     *
     * @return the work's value
     * @throws IllegalStateException if there is no outcome yet
     * @throws TaskFailedException as {@link #await(Duration)}
     * @throws PoolSaturatedException as {@link #await(Duration)}
     * @throws TaskCancelledException as {@link #await(Duration)}; also after an await ran out of
     *     time
     */
    @SuppressWarnings({"unchecked", "NullAway"}) // the value came from a Callable<? extends T>
    public T result() {
        if (hasValue()) {
            return (T) value();
        }
        throw failure();
    }

    /** What {@link #result()} throws for an outcome that is not a value. */
    RuntimeException failure() {
        Ending ending = ending();
        return ending != null
                ? ending.exception(this)
                : new IllegalStateException(
                        "task "
                                + name()
                                + " has no outcome yet, it is "
                                + (isWaiting() ? State.WAITING : State.RUNNING));
    }

    /**
     * Cancels the task unless it has an outcome. A waiting task never starts. A running one is
     * interrupted once, after what it has asked for {@linkplain #onCancel in this case}, and keeps
     * its permit until its work has really ended.
     *
     * @return whether this call decided the outcome
     */
    public boolean cancel() {
        StackProbe.ensureRoom();
        return cancel(CancelReason.CANCEL_CALLED);
    }

    /**
     * Whether the task is cancelled. Work that computes may ask this now and then instead of {@link
     * Thread#interrupted()}; it is true a moment before the interrupt comes.
     *
     * @return true from the cancellation on, for good
     */
    public boolean isCancelled() {
        return ending() instanceof Cancelled;
    }

    /**
     * Why the task was cancelled.
     *
     * @return the reason; empty if it is not cancelled
     */
    public Optional<CancelReason> cancelReason() {
        return ending() instanceof Cancelled cancelled
                ? Optional.of(cancelled.reason())
                : Optional.empty();
    }

    /**
     * How long the work of a cancelled task has gone on since: until it ended, or until now if it
     * has not.
     *
     * @return the time, not negative; zero if the task is not cancelled or never ran
     */
    public Duration tookToStop() {
        return ending() instanceof Cancelled cancelled && hasStarted()
                ? Duration.ofNanos(Math.max(0, endedAtOrNow() - cancelled.at()))
                : Duration.ZERO;
    }

    /**
     * The time until the task's scope, or one around it, reaches its deadline.
     *
     * @return the time, zero if it has passed; without a deadline {@link Long#MAX_VALUE}
     *     nanoseconds, which is about 292 years
     */
    public Duration remaining() {
        return lane.scope.remaining();
    }

    /**
     * Asks for something to be done if this task is cancelled, for work that an interrupt does not
     * stop: close its socket, cancel its statement. For the task's own work to call:
     *
     * {@snippet file="dev/pogo/ExampleTest.java" region="onCancel"}
     *
     * <p>The action runs at most once, on another thread, before the work is interrupted; it should
     * therefore not wait for the work. If the task is cancelled already, the calling thread runs it
     * at once. Of several actions the newest is run first. One that throws is logged. The task does
     * not end before they have ended.
     *
     * <p>Whoever cancels the task does not wait for its actions. Each task's are run by a new
     * thread with the context class loader of the scope's owner. There are few of those threads at
     * once, and more only while actions block, up to 256 in a runtime; further tasks' actions wait
     * for their turn. If the system gives no thread at all, the one that cancels runs them.
     *
     * @param action what to do
     * @return a handle that takes the action back; close it before the work gives what the action
     *     would stop to anybody else, such as a connection to its pool
     * @throws IllegalStateException if another thread than the task's own calls this
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

    /** For {@link dev.pogo.channel.Select}, to which a task can be given. */
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

    /** Whether it has an outcome after which {@link PogoScope#awaitAll()} must not succeed. */
    boolean failsScope() {
        Ending ending = ending();
        return ending != null && ending.failsScope();
    }

    /** The name that was given to {@code spawn}, or null. */
    @Nullable String givenName() {
        return name;
    }

    Lane lane() {
        return lane;
    }

    @Override
    @Nullable Lane laneIn(Pool pool) {
        return lane.pool == pool ? lane : null;
    }

    @Override
    @Nullable Place nextWaiting(Lane lane, WaitingTasks waiting) {
        Place place = place();
        return place != null && waiting.contains(place) ? place : null;
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
        return lane.scope.endsAt(deadline);
    }

    @Override
    List<? extends Task<?>> awaited() {
        return List.of(this);
    }

    PogoScope scope() {
        return lane.scope;
    }

    Pool owningPool() {
        return lane.pool;
    }

    /** {@link System#nanoTime()} of the outcome, which there must be. */
    long decidedAt() {
        Ending ending = ending();
        return ending != null ? ending.at() : endedAtOrNow();
    }

    long spawnedAt() {
        return spawnedAt;
    }

    @Override
    public String toString() {
        return "Task[" + name() + ", pool " + lane.pool.name() + ", " + state() + "]";
    }
}
