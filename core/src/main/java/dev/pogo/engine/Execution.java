package dev.pogo.engine;

import dev.pogo.Task;
import dev.pogo.engine.Events.TaskEvent;
import dev.pogo.engine.Events.TracedCallable;
import dev.pogo.engine.TaskState.Cancelled;
import dev.pogo.engine.TaskState.Failed;
import dev.pogo.engine.TaskState.Outcome;
import dev.pogo.engine.TaskState.Running;
import dev.pogo.engine.TaskState.Saturated;
import dev.pogo.engine.TaskState.Undecided;
import dev.pogo.util.SafeLog;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The course of a task from its spawn to its end: its wait for a permit, its thread, the run of its
 * work, its outcome and its cancellation. This is the engine's part of a {@link Task}. It is in one
 * object with the user's part, since each task would pay for a second object.
 *
 * <p>Once the thread has ended its work, and the permit is back, the task {@linkplain #hasEnded()
 * has ended}, which for a cancelled task comes later than its outcome.
 *
 * <p>The thread is new, runs this once, and gives the permit back as nearly its last act. It knows
 * its task only by its uncaught-exception handler, which is this object. Code that runs in a task
 * finds its task the same way ({@link #current()}), without a thread-local map, which would cost
 * every task some 140 bytes. Work that sets another handler on its own thread is treated as a plain
 * thread: the scopes it opens then do not know the enclosing deadline.
 */
abstract sealed class Execution extends TaskProgress permits TaskImpl {
    private static final Logger LOG = LoggerFactory.getLogger(Execution.class);

    private static final int YIELDS_BEFORE_PARK = 16;

    /** Time after which a thread checks by itself whether its interrupt has been delivered. */
    private static final long LONGEST_PARK_NANOS = TimeUnit.SECONDS.toNanos(1);

    Execution(ScopeQueue queue, Callable<?> work) {
        super(queue, work);
    }

    /**
     * Returns the execution that the calling thread belongs to, or null if it is not a task's
     * thread.
     */
    static @Nullable Execution current() {
        Thread current = Thread.currentThread();
        // Work may set the handler of its own thread on other threads that it starts.
        return current.getUncaughtExceptionHandler() instanceof Execution execution
                        && execution.liveThread() == current
                ? execution
                : null;
    }

    /**
     * Ends a task that was neither admitted nor cancelled, such as one that has waited too long.
     */
    final boolean giveUp(Outcome ending) {
        if (leaveWaiting(ending) == null) {
            return false;
        }
        Callable<?> dropped = takeWork();
        if (ending instanceof Saturated saturated) {
            Events.saturated(task(), saturated);
        }
        ended(true, TracedCallable.eventOf(dropped));
        return true;
    }

    /**
     * Admits the task and starts its thread. The caller holds a permit for it, and keeps the permit
     * if this returns false: the task was cancelled or has expired, or no thread was available, in
     * which case it has failed.
     *
     * @param loan the permit if it is borrowed, else null
     */
    final boolean start(TaskThreads threads, @Nullable PermitShare loan) {
        Thread made;
        try {
            if (loan != null) {
                setLoan(loan);
            }
            made = threads.newThread(this);
        } catch (Throwable e) {
            giveUp(Failed.of(e, System.nanoTime()));
            return false;
        }
        if (!admit(made)) {
            takeWork(); // the cancelling thread may have missed it in a loan
            return false;
        }
        return startThread(threads, made);
    }

    private boolean startThread(TaskThreads threads, Thread made) {
        try {
            if (!isThreadGivenUp()) {
                threads.start(made);
            }
            return true;
        } catch (Throwable e) {
            if (!giveUpThread()) {
                return true;
            }
            boolean decided = decide(Failed.of(e, System.nanoTime()));
            detachThread();
            if (!decided) {
                queue.pool.uncountStopping(decidedAt());
            }
            ended(decided, TracedCallable.eventOf(takeWork()));
            return false;
        }
    }

    /** Runs the task. For the task's own thread only. */
    final void run() {
        if (!begin()) {
            return;
        }
        boolean decided = false;
        TaskEvent event = null;
        try {
            queue.pool.history().begun(task(), startedAt());
            Callable<?> work = takeWork();
            event = TracedCallable.eventOf(work);
            decided = decide(perform(work));
            if (ending() != null && queue.scope.tasks().isFailFast()) {
                Thread.interrupted(); // that of the work
                tellFailure(); // before the permit goes to a sibling that is to be cancelled
            }
        } finally {
            // Whatever has failed, a task must have an outcome, because others wait for it.
            decided |= !done() && decide(Failed.UNKNOWN);
            end(decided, event);
        }
    }

    /** Runs the work, unless the task was cancelled after its admission and cannot finish. */
    private Object perform(@Nullable Callable<?> work) {
        try {
            Object value = null;
            try {
                if (!done()) {
                    useContextClassLoader();
                    value = Objects.requireNonNull(work).call();
                }
            } finally {
                try {
                    ScopeStack.closeForgotten(this);
                } finally {
                    workEnded();
                }
            }
            return stateOf(value);
        } catch (Throwable e) {
            return TaskState.ofThrown(e, queue.pool, endedAt());
        }
    }

    private void useContextClassLoader() {
        ClassLoader loader = queue.scope.contextClassLoader();
        Thread thread = Thread.currentThread();
        if (thread.getContextClassLoader() != loader) {
            thread.setContextClassLoader(loader);
        }
    }

    /**
     * Ends the task after its work. No interrupt may reach what follows (the next task's start, the
     * log): if the task was cancelled and another thread is about to interrupt this one, this waits
     * for that interrupt and clears it.
     */
    private void end(boolean decided, @Nullable TaskEvent event) {
        boolean tell = decided;
        try {
            if (ending() instanceof Cancelled) {
                awaitStop();
            }
            Thread.interrupted();
            detachThread();
            Extras had = extras();
            if (had != null) {
                had.hooks = null;
            }
            if (!decided) {
                queue.pool.uncountStopping(decidedAt());
            }
            PermitShare used = share();
            try {
                if (used != null && decided) {
                    // First, so that a lender whose await this ends no longer lends its permit.
                    tell = false;
                    tellOutcome();
                }
            } finally {
                queue.pool.release(queue, used, hasValue());
            }
        } finally {
            ended(tell, event);
        }
    }

    /**
     * Waits until the stop of a cancelled task is delivered. For the task's own thread only. If
     * another thread has claimed to stop the work, the wait has no bound of its own: usually that
     * thread is between two statements, but it may be closing a channel or running the hooks of the
     * work.
     */
    private void awaitStop() {
        for (int tries = 1; !isStopDelivered(); tries++) {
            try {
                if (!isStopClaimed()) {
                    stopHere();
                } else if (tries <= YIELDS_BEFORE_PARK) {
                    Thread.yield();
                } else {
                    Thread.interrupted(); // the work's own interrupt, which would prevent parking
                    LockSupport.parkNanos(this, LONGEST_PARK_NANOS);
                }
            } catch (Throwable e) {
                // For example, no memory to unmount from the carrier. The permit must go back.
                Thread.onSpinWait();
            }
        }
    }

    /** Stops the task on its own thread. Without hooks there is nothing left to stop. */
    private void stopHere() {
        if (hasHooks()) {
            stopCancelled();
        } else {
            stopNotNeeded();
        }
    }

    /**
     * Cancels the task unless it has an outcome. If this returns true, {@link #stopCancelled()}
     * must follow; for several tasks see {@link Cancellation}.
     */
    final boolean decideCancelled(Cancelled cancelled) {
        Undecided undecided;
        while ((undecided = undecided()) != null) {
            if (cancelFrom(undecided, cancelled)) {
                if (undecided == Running.RUNNING) {
                    queue.pool.wasCancelled(share(), cancelled.at());
                    tellOutcome();
                } else {
                    endCancelled(undecided);
                }
                return true;
            }
        }
        return false;
    }

    private void endCancelled(Undecided waited) {
        Callable<?> dropped = takeWork();
        try {
            if (waited instanceof QueueNode node) {
                queue.pool.forget(node);
            }
        } finally {
            ended(true, TracedCallable.eventOf(dropped));
        }
    }

    /**
     * Stops the work if the task is cancelled and no thread has done so yet. May be called by any
     * thread. If the task's thread has not begun, this takes the task back. Otherwise it interrupts
     * the thread, after running the hooks of the work. If the work is in a channel, the interrupt
     * closes the channel, which may take time.
     */
    final void stopCancelled() {
        if (!(ending() instanceof Cancelled cancelled)
                || !cancelled.isOfRunning()
                || !claimStop()) {
            return;
        }
        boolean passedOn = false;
        try {
            if (giveUpThread()) {
                passedOn = true;
                takeBack();
                return;
            }
            CancelHooks registered = hooks();
            if (registered != null && hasHooks()) {
                queue.scope.runtime().hookRunner().run(registered);
                passedOn = true;
            }
        } finally {
            if (!passedOn) {
                interruptThread();
            }
        }
    }

    /**
     * Takes the task back. Its thread has not begun, and may not for long; when it does, it finds
     * nothing to do: no task, no work and no scope.
     */
    private void takeBack() {
        PermitShare unused = share();
        TaskEvent event = TracedCallable.eventOf(takeWork());
        dropExtras();
        forgetThread();
        stopDelivered();
        try {
            queue.pool.uncountStopping(decidedAt());
            queue.pool.release(queue, unused, false);
        } finally {
            ended(false, event);
        }
    }

    final void interruptThread() {
        Thread running = liveThread();
        try {
            if (running != null) {
                running.interrupt();
            }
        } catch (Throwable e) {
            // The interrupt is set. The thread may not have been woken, but is woken below.
            SafeLog.warn(
                    LOG, "Interrupting {} could not close the channel that it was using", this, e);
        } finally {
            stopDelivered();
            LockSupport.unpark(running);
        }
    }

    /**
     * Reports the outcome. For the thread that has decided it, while the task has not ended yet.
     */
    private void tellOutcome() {
        try {
            tellFailure();
        } finally {
            wakeAll();
        }
    }

    /**
     * Records a failure. A thread that cancels tasks calls {@link TimedScope#stopAfterFailure} once
     * it has cancelled all of them.
     */
    private void tellFailure() {
        if (failsScope()) {
            queue.scope.tasks().failed(task());
            if (!(ending() instanceof Cancelled) && queue.scope.tasks().isFailFast()) {
                wakeAll(); // they need not wait for what follows
                queue.scope.stopAfterFailure();
            }
        }
    }

    /**
     * Completes the task, of which nothing runs any more and whose permit, if it had one, is back.
     *
     * @param decided whether the caller has also decided the outcome, and has not reported it yet
     * @param event the event that records the task, or null
     */
    private void ended(boolean decided, @Nullable TaskEvent event) {
        try {
            if (decided) {
                tellFailure();
            }
            queue.pool.history().ended(task());
            TaskListeners listeners = queue.scope.runtime().listeners();
            if (event != null || !listeners.isEmpty()) {
                wakeAll(); // they need not wait for what follows
                Events.ended(task(), event);
                listeners.ended(task());
            }
        } finally {
            wakeAllForGood();
        }
    }

    /** Last resort for an error in the engine itself: anything that work throws is an outcome. */
    @Override
    public final void uncaughtException(Thread thread, Throwable e) {
        LOG.error("The thread of {} failed; this is an error in Pogo", this, e);
    }
}
