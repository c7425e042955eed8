package dev.pogo;

import dev.pogo.channel.Selectable;
import dev.pogo.engine.TaskImpl;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Optional;

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
 * <p>Implemented by Pogo only; further methods may be added.
 *
 * <p>A task keeps its scope reachable, and thereby the scope's other tasks and their values.
 *
 * @param <T> the type of the value
 */
public interface Task<T extends @Nullable Object> extends Selectable<T> {
    /** The state of a task. */
    enum State {
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
    static Task<?> current() {
        return TaskImpl.current();
    }

    /**
     * Returns the task's number, which is unique in the process and never 0.
     *
     * @return the id
     */
    long id();

    /**
     * Returns the name of the pool that the task was spawned into.
     *
     * @return the pool's name
     */
    String pool();

    /**
     * Returns the name that was given to {@code spawn}; for a job without one, the simple name of
     * its class; otherwise pool and id: {@code external_api#17}.
     *
     * @return the name
     */
    String name();

    /**
     * Returns the task's current state.
     *
     * @return the state
     */
    Task.State state();

    /**
     * Returns whether the task has its outcome. A cancelled task is done although its thread may
     * not have ended yet.
     *
     * @return true once {@link Task#result()} will no longer refuse
     */
    boolean done();

    /**
     * Returns how long the task has waited: from {@code spawn} until its work started, until its
     * outcome if it never started, or until now.
     *
     * @return the time waited, not negative
     */
    Duration waited();

    /**
     * Returns how long the task's work has run: zero if it has not started, until now if it has not
     * ended. The time of a cancelled task includes its work up to its actual end.
     *
     * @return the time run, not negative
     */
    Duration ran();

    /**
     * Waits for the outcome until the deadline of the scope or the task's own time limit ({@link
     * TaskSpec#within}) is reached, whichever comes first; if there is neither, for {@link
     * PogoConfig#awaitTimeout()}, by default 5 seconds. Otherwise like {@link #await(Duration)}.
     *
     * @return the work's value
     * @throws InterruptedException if the calling thread is interrupted; the task continues
     */
    T await() throws InterruptedException;

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
     * @throws AwaitTimeoutException if this or another await ran out of time and cancelled the task
     * @throws DeadlineExceededException if the deadline of the scope, or the time limit of the
     *     task, cancelled the task
     * @throws TaskCancelledException if the task was cancelled in any other way. In a scope that is
     *     to {@linkplain PogoScope#failFast fail fast}, a task that was cancelled because another
     *     one failed throws the failure of that one instead
     */
    T await(Duration timeout) throws InterruptedException;

    /**
     * Returns the outcome as of now, without waiting.
     *
     * @return the work's value
     * @throws IllegalStateException if there is no outcome yet
     * @throws TaskFailedException as {@link #await(Duration)}
     * @throws PoolSaturatedException as {@link #await(Duration)}
     * @throws TaskTimeoutException as {@link #await(Duration)}
     * @throws TaskCancelledException as {@link #await(Duration)}
     */
    T result();

    /**
     * Returns the value if the task has succeeded, otherwise the given one: also if it has no
     * outcome yet. Never throws.
     *
     * @param other the value to return instead; may be null if the task's may
     * @return one of the two
     */
    T resultOr(T other);

    /**
     * Returns why the task has {@linkplain State#FAILED failed}: what its work threw, why it got no
     * thread, or the {@link PoolSaturatedException} of a task that waited too long.
     *
     * @return the original failure; empty if the task has not failed, also if it was cancelled,
     *     which has a {@linkplain #cancelReason() reason}
     */
    Optional<Throwable> failure();

    /**
     * Cancels the task unless it has an outcome. A waiting task never starts. A running task is
     * interrupted once, after its {@linkplain #onCancel cancel hooks}, and keeps its permit until
     * its work has actually ended.
     *
     * @return whether this call decided the outcome
     */
    boolean cancel();

    /**
     * Returns whether the task is cancelled. A long computation may poll this instead of {@link
     * Thread#interrupted()}; it becomes true a moment before the interrupt.
     *
     * @return true from the cancellation on, permanently
     */
    boolean isCancelled();

    /**
     * Returns the reason why the task was cancelled.
     *
     * @return the reason; empty if it is not cancelled
     */
    Optional<CancelReason> cancelReason();

    /**
     * Returns how long the work of a cancelled task has continued since the cancellation: until it
     * ended, or until now if it has not.
     *
     * @return the time, not negative; zero if the task is not cancelled or never ran
     */
    Duration tookToStop();

    /**
     * Returns the time until the task is cancelled because its time is up: until its scope, or an
     * enclosing one, reaches its deadline, or its own time limit has passed.
     *
     * @return the time, zero if it has passed; without a limit {@link Long#MAX_VALUE} nanoseconds,
     *     which is about 292 years
     */
    Duration remaining();

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
    CancelHook onCancel(Runnable action);
}
