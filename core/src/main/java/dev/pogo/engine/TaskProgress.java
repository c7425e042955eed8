package dev.pogo.engine;

import dev.pogo.PogoScope;
import dev.pogo.Task;
import dev.pogo.engine.TaskState.Cancelled;
import dev.pogo.engine.TaskState.Failed;
import dev.pogo.engine.TaskState.Outcome;
import dev.pogo.engine.TaskState.Running;
import dev.pogo.engine.TaskState.Undecided;
import dev.pogo.engine.TaskState.Waiting;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Callable;

/**
 * How far a task has come, and the single steps in which that changes; {@link Execution} says who
 * takes them.
 *
 * <pre>
 * state:  Waiting ──▶ RUNNING ──▶ the outcome      see {@link TaskState}
 *            └────────────────────────▲
 * stage:  NOT_BEGUN ──▶ BEGUN
 *            └──▶ GIVEN_UP
 * stop:   NOT_STOPPED ──▶ CLAIMED ──▶ DELIVERED
 *            └────────────────────────▲
 * </pre>
 *
 * <p>The state is what others may know of the task; the stage is whether its thread has begun. They
 * are separate because a cancelled task has its outcome while its thread still runs, and a thread
 * may begin late or never.
 */
abstract sealed class TaskProgress extends TaskWork permits Execution {
    private static final VarHandle STATE;
    private static final VarHandle STAGE;
    private static final VarHandle THREAD;
    private static final VarHandle STOP;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(TaskProgress.class, "state", Object.class);
            THREAD = lookup.findVarHandle(TaskProgress.class, "thread", Thread.class);
            STAGE = lookup.findVarHandle(TaskProgress.class, "stage", byte.class);
            STOP = lookup.findVarHandle(TaskProgress.class, "stop", byte.class);
            // Creates what they return when memory runs out, while there is still some.
            lookup.ensureInitialized(Failed.class);
            lookup.ensureInitialized(Cancelled.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Values of {@link #stage}. */
    private static final byte NOT_BEGUN = 0;

    private static final byte BEGUN = 1;
    private static final byte GIVEN_UP = 2;

    /** Values of {@link #stop}. */
    private static final byte NOT_STOPPED = 0;

    private static final byte CLAIMED = 1;
    private static final byte DELIVERED = 2;

    /** Represents null in {@link #state}. */
    private static final Object NULL_VALUE = new Object();

    /**
     * A {@link TaskState}, or the value of the work, or {@link #NULL_VALUE}. Each step is one
     * compare-and-set. Out of {@link Waiting} it decides between admission, expiry and
     * cancellation. Out of {@link Running} it decides between the end of the work, by the task's
     * thread, cancellation, and failure to start a thread. The outcome is final. A value is stored
     * directly, as an object around it would cost each task 16 bytes; no work can return a {@link
     * TaskState}, as it has no access to that type.
     */
    private volatile Object state;

    /**
     * Leaves {@link #NOT_BEGUN} by one compare-and-set: by the task's thread, which then owns the
     * permit and the work; by the thread that could not start it and keeps the permit; or by the
     * thread that stops the cancelled task before it has begun, and gives the permit back. Starting
     * a thread may fail after it was handed to a carrier, and then several of these are attempted.
     */
    private volatile byte stage;

    /**
     * The task's thread; null until just after the task is admitted, and again once the thread has
     * ended its work, when {@link #endedAt} is final. Written by the thread that admits the task,
     * which then reads {@link #stage}, and by the thread that has moved {@link #stage} out of
     * {@link #NOT_BEGUN}.
     */
    private volatile @Nullable Thread thread;

    /** Written by the thread before it sets {@link #stage}. */
    private long startedAt;

    /** Written by the thread before it publishes an outcome or clears {@link #thread}. */
    private long endedAt;

    /**
     * Progress of stopping the work of a task that was cancelled while running. Leaves {@link
     * #NOT_STOPPED} by one compare-and-set: to {@link #CLAIMED} by any thread, which takes the task
     * back or interrupts it and then sets {@link #DELIVERED}; or directly to {@link #DELIVERED} by
     * the task's own thread at its end, if there is nothing else to be done. The thread does not
     * end before {@link #DELIVERED} is set.
     */
    private volatile byte stop;

    /**
     * Whether somebody has asked for the outcome, or been given it. Only set, by any thread, after
     * the outcome.
     */
    private volatile boolean seen;

    /**
     * Whether the outcome does not count for the scope, since another task has won the race that
     * this one was in. Only set, by the thread that has awaited the race, after the outcome.
     */
    private volatile boolean excused;

    @SuppressWarnings("NullAway") // the statement sets the state
    TaskProgress(ScopeQueue queue, Callable<?> work) {
        super(queue, work);
        // No fence of a volatile write: a task is published under its scope's lock.
        STATE.set(this, Waiting.SPAWNED);
    }

    public Task.State state() {
        return state instanceof TaskState phase ? phase.state() : Task.State.SUCCEEDED;
    }

    public boolean done() {
        return !(state instanceof Undecided);
    }

    /** Returns the state of a task without an outcome; null if it has one. */
    final @Nullable Undecided undecided() {
        return state instanceof Undecided undecided ? undecided : null;
    }

    /** Returns the outcome if there is one that is not a value, else null. */
    final @Nullable Outcome ending() {
        return state instanceof Outcome ending ? ending : null;
    }

    /** Records that somebody knows the outcome. */
    final void markSeen() {
        if (!seen) {
            seen = true;
        }
    }

    final boolean isSeen() {
        return seen;
    }

    /** Ensures that the outcome does not count for the scope. */
    final void excuse() {
        excused = true;
    }

    /** Returns whether {@link PogoScope#awaitAll()} must not succeed after the outcome. */
    final boolean failsScope() {
        Outcome ending = ending();
        return ending != null && ending.failsScope() && !excused;
    }

    /** Returns whether the outcome is a value. */
    final boolean hasValue() {
        return !(state instanceof TaskState);
    }

    /** Returns how a value of the work is stored as the state. */
    static Object stateOf(@Nullable Object value) {
        return value == null ? NULL_VALUE : value;
    }

    /** Returns the value, if there is one. */
    final @Nullable Object value() {
        Object value = state;
        return value == NULL_VALUE ? null : value;
    }

    final boolean isWaiting() {
        return state instanceof Waiting;
    }

    /**
     * Returns the task's node, which may not be in the queue; null if the task has not had to
     * queue, or no longer waits.
     */
    final @Nullable QueueNode node() {
        return state instanceof QueueNode node ? node : null;
    }

    /** Returns whether the thread has begun to run; {@link #startedAt()} is meaningless before. */
    final boolean hasStarted() {
        return stage == BEGUN;
    }

    final long startedAt() {
        return startedAt;
    }

    /**
     * Returns the thread that works for the task, even for a cancelled one that has not ended. A
     * task that was taken back has none, although the thread that admits it may be about to set it.
     */
    @Override
    final @Nullable Thread liveThread() {
        return stage == GIVEN_UP ? null : thread;
    }

    /**
     * Returns why and when the task was cancelled, as known to the call that cancelled it; null if
     * it was not cancelled.
     */
    final @Nullable Cancelled cancellation() {
        return state instanceof Cancelled cancelled ? cancelled.call() : null;
    }

    /**
     * Returns when the work ended, or the time now if it has not, as is possible for a cancelled
     * task.
     */
    final long endedAtOrNow() {
        Object decided = state;
        boolean byItself = !(decided instanceof Undecided || decided instanceof Cancelled);
        return byItself || liveThread() == null ? endedAt : System.nanoTime();
    }

    /** Records that the task may be found in its node from now on, unless it no longer waits. */
    final boolean lineUp(QueueNode node) {
        return STATE.compareAndSet(this, Waiting.SPAWNED, node);
    }

    /** Admits the task, unless it has expired or was cancelled. */
    final boolean admit(Thread made) {
        if (leaveWaiting(Running.RUNNING) == null) {
            return false;
        }
        thread = made;
        if (stage == GIVEN_UP) {
            // It was taken back at once, by a thread that may not have seen this one.
            forget(made);
        }
        return true;
    }

    /** Ends the wait of the task. Returns how it has waited, or null if it no longer waits. */
    final @Nullable Waiting leaveWaiting(TaskState next) {
        while (state instanceof Waiting waiting) {
            if (STATE.compareAndSet(this, waiting, next)) {
                return waiting;
            }
        }
        return null;
    }

    /** Decides the outcome of an admitted task, unless it has one. */
    final boolean decide(Object valueOrEnding) {
        return STATE.compareAndSet(this, Running.RUNNING, valueOrEnding);
    }

    /**
     * Cancels the task if it is still in that state.
     *
     * @return whether this call decided the outcome
     */
    final boolean cancelFrom(Undecided undecided, Cancelled cancelled) {
        return STATE.compareAndSet(
                this, undecided, undecided == Running.RUNNING ? cancelled.ofRunning() : cancelled);
    }

    /** Performs the first step of the thread; returns false if there is nothing for it to do. */
    final boolean begin() {
        startedAt = System.nanoTime();
        return STAGE.compareAndSet(this, NOT_BEGUN, BEGUN);
    }

    /** Decides that the thread will not run the task, unless it has begun to. */
    final boolean giveUpThread() {
        return STAGE.compareAndSet(this, NOT_BEGUN, GIVEN_UP);
    }

    final boolean isThreadGivenUp() {
        return stage == GIVEN_UP;
    }

    /** Returns the {@link System#nanoTime()} of the outcome, which must exist. */
    final long decidedAt() {
        Outcome ending = ending();
        return ending != null ? ending.at() : endedAtOrNow();
    }

    /** Records that the work has ended. For the task's own thread only. */
    final void workEnded() {
        endedAt = System.nanoTime();
    }

    /** Returns when the work ended; for the thread that has called {@link #workEnded}. */
    final long endedAt() {
        return endedAt;
    }

    /** Records that the thread has ended its work and will not be interrupted. */
    final void detachThread() {
        THREAD.setRelease(this, null);
    }

    /** Detaches the thread, which has not begun and no longer knows its task after this. */
    final void forgetThread() {
        forget(thread);
    }

    private void forget(@Nullable Thread notBegun) {
        if (notBegun != null) {
            notBegun.setUncaughtExceptionHandler(null);
        }
        thread = null;
    }

    /** Records that the calling thread is going to stop the work, unless a thread has done so. */
    final boolean claimStop() {
        return STOP.compareAndSet(this, NOT_STOPPED, CLAIMED);
    }

    final boolean isStopClaimed() {
        return stop != NOT_STOPPED;
    }

    /** Records that the work was stopped. For the thread that has claimed to do that. */
    final void stopDelivered() {
        stop = DELIVERED;
    }

    /** Records that there is nothing to stop, unless a thread has claimed to stop the work. */
    final void stopNotNeeded() {
        STOP.compareAndSet(this, NOT_STOPPED, DELIVERED);
    }

    /** Returns whether the task's thread, if there is one, will not be interrupted any more. */
    final boolean isStopDelivered() {
        return stop == DELIVERED
                || !(state instanceof Cancelled cancelled && cancelled.isOfRunning());
    }

    /**
     * Returns whether a cancellation has nothing left to do here: there is an outcome, and if it is
     * to be stopped, a thread does that.
     */
    final boolean isOver() {
        return done() && (isStopDelivered() || isStopClaimed());
    }
}
