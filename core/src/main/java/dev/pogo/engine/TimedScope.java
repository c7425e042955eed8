package dev.pogo.engine;

import dev.pogo.CancelReason;
import dev.pogo.engine.TaskState.Cancelled;
import dev.pogo.util.Nanos;
import dev.pogo.util.SafeLog;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A scope's time: its deadline, at which its tasks are cancelled, and its alarm, which also wakes
 * the owner when one of its waits has lasted long enough.
 */
abstract sealed class TimedScope permits NestedScope {
    private static final Logger LOG = LoggerFactory.getLogger(PogoScopeImpl.class);
    private static final VarHandle ALARM;

    static {
        try {
            ALARM =
                    MethodHandles.lookup()
                            .findVarHandle(TimedScope.class, "alarm", ScopeAlarm.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final PogoRuntimeImpl runtime;

    /** The thread that opened this. */
    private final Thread owner = Thread.currentThread();

    /** Time from the opening of the scope, or of one around it, to the deadline, or null. */
    private final @Nullable Duration timeLimit;

    /** A {@link System#nanoTime()} value; meaningless without {@link #timeLimit}. */
    private final long deadline;

    private final ScopeTasks tasks = new ScopeTasks(scope());

    /**
     * Created by the first task or channel, if there is a deadline, else by the first task with a
     * time limit of its own, or by the owner when it first has to wait. Set once, by
     * compare-and-set.
     */
    private volatile @Nullable ScopeAlarm alarm;

    TimedScope(PogoRuntimeImpl runtime, @Nullable TimedScope outer, @Nullable Duration timeLimit) {
        this.runtime = runtime;
        long own = timeLimit == null ? 0 : System.nanoTime() + Nanos.of(timeLimit);
        if (outer != null
                && outer.hasDeadline()
                && (timeLimit == null || outer.deadline - own < 0)) {
            this.timeLimit = outer.timeLimit;
            this.deadline = outer.deadline;
        } else {
            this.timeLimit = timeLimit;
            this.deadline = own;
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
        return timeLimit != null;
    }

    /**
     * Returns the time from the opening of the scope, or of one around it, to the deadline; null
     * without a deadline.
     */
    final @Nullable Duration timeLimit() {
        return timeLimit;
    }

    /**
     * Returns the deadline as a {@link System#nanoTime()} value; meaningless without a deadline.
     */
    final long deadline() {
        return deadline;
    }

    final boolean isPastDeadline() {
        return hasDeadline() && deadline - System.nanoTime() <= 0;
    }

    /** See {@link dev.pogo.PogoScope#remaining()}. */
    public final Duration remaining() {
        return Duration.ofNanos(
                hasDeadline() ? Math.max(0, deadline - System.nanoTime()) : Long.MAX_VALUE);
    }

    /** Returns the time, or the scope's deadline if that is earlier. */
    final long earliest(long time) {
        return hasDeadline() && deadline - time <= 0 ? deadline : time;
    }

    /**
     * Returns whether all tasks are decided at the time because it is the deadline, at which they
     * are cancelled.
     */
    final boolean endsAt(long time) {
        return hasDeadline() && time == deadline;
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
        if (hasDeadline()) {
            alarm().note(deadline);
        }
    }

    /**
     * Sets the alarm to the time limit of a task; otherwise like {@link #noteDeadline}.
     *
     * @return whether the timer must be attended to
     */
    final boolean noteTaskLimit(long time) {
        return alarm().note(time);
    }

    private ScopeAlarm alarm() {
        ScopeAlarm known = alarm;
        if (known != null) {
            return known;
        }
        ScopeAlarm made = new ScopeAlarm(scope(), runtime.timer(), owner);
        ScopeAlarm before = (ScopeAlarm) ALARM.compareAndExchange(this, null, made);
        return before == null ? made : before;
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

    /**
     * Cancels the tasks whose time has passed: all of them at the deadline. Called by the timer's
     * thread.
     *
     * @return the time at which to call this next, or {@link ScopeAlarm#NEVER}
     */
    final long cancelOverdue() {
        if (isPastDeadline()) {
            cancelSoon(CancelReason.SCOPE_DEADLINE);
            return ScopeAlarm.NEVER;
        }
        cancelOverdueTasks();
        long next = tasks.nextTimeLimit();
        if (!hasDeadline()) {
            return next;
        }
        return next == ScopeAlarm.NEVER ? deadline : Nanos.earlier(next, deadline);
    }

    /** Cancels the tasks whose own limits have passed, even if memory has run out. */
    private void cancelOverdueTasks() {
        StopSome stopping = null;
        Cancelled cancelled = null;
        TaskImpl<?> task;
        long now = System.nanoTime(); // before the time of the cancellation
        while ((task = tasks.pollOverdue(now)) != null) {
            if (cancelled == null) {
                cancelled = Cancelled.now(CancelReason.TASK_TIMEOUT);
            }
            Cancellation.decide(task, cancelled);
            try {
                stopping = stopping == null ? new StopSome() : stopping;
                stopping.tasks.add(task);
            } catch (OutOfMemoryError e) {
                Cancellation.stop(task);
            }
        }
        if (stopping != null) {
            runtime.interrupter().run(stopping);
        }
        if (cancelled != null) {
            stopAfterFailure();
        }
    }

    /** Stops the tasks that have been cancelled. */
    final class StopCancelled extends Interrupter.Item {
        @Override
        void run() {
            tasks.stopCancelled();
        }
    }

    /** Stops some of the tasks, which have been cancelled. */
    static final class StopSome extends Interrupter.Item {
        /** Filled before this is handed over. */
        final List<TaskImpl<?>> tasks = new ArrayList<>();

        @Override
        void run() {
            for (TaskImpl<?> task : tasks) {
                Cancellation.stop(task);
            }
        }
    }

    /**
     * Cancels the unfinished tasks of a scope that fails fast, once one has failed; otherwise has
     * no effect. Must be called after whatever may make a task fail. Never throws.
     */
    final void stopAfterFailure() {
        if (tasks.isFailFast() && tasks.hasFailed()) {
            try {
                decideCancelled(CancelReason.SIBLING_FAILED);
            } catch (Throwable e) {
                SafeLog.warn(LOG, "Failed to cancel the tasks beside one that has failed", e);
            }
        }
    }

    /**
     * Cancels the tasks that have no outcome, and leaves it to another thread to stop them, since
     * that may take time. A task that is spawned after this has looked is cancelled by its spawn,
     * or refused.
     */
    final void cancelSoon(CancelReason reason) {
        try {
            decideCancelled(reason);
        } finally {
            tasks.closeChannels();
        }
    }

    private void decideCancelled(CancelReason reason) {
        if (tasks.decideCancelled(Cancelled.now(reason))) {
            stopSoon();
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
