package dev.pogo.engine;

import dev.pogo.CancelReason;
import dev.pogo.engine.TaskState.Cancelled;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/**
 * A scope's time: its deadline, at which its tasks are cancelled, and its alarm, which also wakes
 * the owner when one of its waits has lasted long enough.
 */
abstract sealed class TimedScope permits NestedScope {
    private final PogoRuntimeImpl runtime;

    /** The thread that opened this. */
    private final Thread owner = Thread.currentThread();

    private final boolean hasDeadline;

    /** A {@link System#nanoTime()} value; meaningless without {@link #hasDeadline}. */
    private final long deadline;

    private final ScopeTasks tasks = new ScopeTasks(scope());

    /**
     * Created by the first task or channel, if there is a deadline, else by the owner when it first
     * has to wait.
     */
    private volatile @Nullable ScopeAlarm alarm;

    TimedScope(PogoRuntimeImpl runtime, @Nullable TimedScope outer, boolean timed, long deadline) {
        this.runtime = runtime;
        if (outer != null && outer.hasDeadline && (!timed || outer.deadline - deadline < 0)) {
            this.hasDeadline = true;
            this.deadline = outer.deadline;
        } else {
            this.hasDeadline = timed;
            this.deadline = deadline;
        }
    }

    final PogoScopeImpl scope() {
        return (PogoScopeImpl) this;
    }

    final PogoRuntimeImpl runtime() {
        return runtime;
    }

    final Thread owner() {
        return owner;
    }

    /** Returns the id of the owner, which no other thread has while the owner lives. */
    final long ownerId() {
        return owner.threadId();
    }

    final ScopeTasks tasks() {
        return tasks;
    }

    final boolean hasDeadline() {
        return hasDeadline;
    }

    /**
     * Returns the deadline as a {@link System#nanoTime()} value; meaningless without a deadline.
     */
    final long deadline() {
        return deadline;
    }

    final boolean isPastDeadline() {
        return hasDeadline && deadline - System.nanoTime() <= 0;
    }

    /** Returns the time until the deadline, not negative. */
    final Duration remaining() {
        return Duration.ofNanos(
                hasDeadline ? Math.max(0, deadline - System.nanoTime()) : Long.MAX_VALUE);
    }

    /** Returns the time, or the scope's deadline if that is earlier. */
    final long earliest(long time) {
        return hasDeadline && deadline - time <= 0 ? deadline : time;
    }

    /**
     * Returns whether all tasks are decided at the time because it is the deadline, at which they
     * are cancelled.
     */
    final boolean endsAt(long time) {
        return hasDeadline && time == deadline;
    }

    /** Returns the reason for cancelling when a time that {@link #earliest} returned has passed. */
    final CancelReason reasonAt(long time) {
        return endsAt(time) ? CancelReason.SCOPE_DEADLINE : CancelReason.AWAIT_TIMED_OUT;
    }

    /**
     * Sets the alarm to the deadline, if there is one. The caller may hold the lock of {@link
     * #tasks}; it calls {@link Timer#attend} once it has released that lock.
     */
    final void noteDeadline() {
        if (hasDeadline) {
            alarm().note(deadline);
        }
    }

    private ScopeAlarm alarm() {
        ScopeAlarm made = alarm;
        if (made == null) {
            made = new ScopeAlarm(scope(), runtime.timer(), owner);
            alarm = made;
        }
        return made;
    }

    /**
     * Returns the alarm that wakes the calling thread when its wait for tasks of this scope has
     * lasted long enough; the thread {@linkplain WakeUp#release() releases} it after the wait.
     */
    final WakeUp wakeUp() {
        if (Thread.currentThread() == owner) {
            ScopeAlarm own = alarm();
            if (!own.hasEnded()) {
                return own;
            }
        }
        return new WakeUp.Once(runtime.timer());
    }

    /**
     * Arms the scope's alarm if that is left to the timer's thread, which calls this.
     *
     * @return whether the alarm is set
     */
    final boolean armAlarm() {
        ScopeAlarm made = alarm;
        return made != null && made.armIfSet();
    }

    /** Drops the scope's alarm. Called by the thread that has closed the timer. */
    final void dropAlarm() {
        ScopeAlarm made = alarm;
        if (made != null) {
            made.drop();
        }
    }

    /** Ends the alarm: the scope no longer observes its deadline, and its owner no longer waits. */
    final void endAlarm() {
        ScopeAlarm armed = alarm;
        if (armed != null) {
            armed.end();
        }
    }

    /** Called by the timer's thread. */
    final void cancelAtDeadline() {
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
    final void cancelSoon(CancelReason reason) {
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
}
