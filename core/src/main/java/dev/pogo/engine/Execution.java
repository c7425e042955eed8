package dev.pogo.engine;

import dev.pogo.Task;
import dev.pogo.engine.PermitShare.Await;
import dev.pogo.engine.TaskState.Cancelled;
import dev.pogo.engine.TaskState.Failed;
import dev.pogo.engine.TaskState.Outcome;
import dev.pogo.engine.TaskState.Running;
import dev.pogo.engine.TaskState.Saturated;
import dev.pogo.engine.TaskState.Undecided;
import dev.pogo.engine.TaskState.Waiting;
import dev.pogo.util.SafeLog;
import dev.pogo.util.WaitObserver;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The course of a task from its spawn to its end: its wait for a permit, its thread, the run of its
 * work, its outcome and its cancellation. This is the engine's part of a {@link Task}. It is in one
 * object with the user's part, since each task would pay for a second object.
 *
 * <pre>
 * state:  Waiting ──▶ RUNNING ──▶ the outcome      see {@link TaskState}
 *            └────────────────────────▲
 * stage:  NOT_BEGUN ──▶ BEGUN
 *            └──▶ GIVEN_UP
 * </pre>
 *
 * <p>The state is what others may know of the task; the stage is whether its thread has begun. They
 * are separate because a cancelled task has its outcome while its thread still runs, and a thread
 * may begin late or never. Once the thread has also ended its work, and the permit is back, the
 * task {@linkplain #hasEnded() has ended}.
 *
 * <p>The thread is new, runs this once, and gives the permit back as nearly its last act. It knows
 * its task only by its uncaught-exception handler, which is this object. Code that runs in a task
 * finds its task the same way ({@link #current()}), without a thread-local map, which would cost
 * every task some 140 bytes. Work that sets another handler on its own thread is treated as a plain
 * thread: the scopes it opens then do not know the enclosing deadline.
 */
abstract sealed class Execution extends WaitList implements WaitObserver permits TaskImpl {
    private static final Logger LOG = LoggerFactory.getLogger(Execution.class);
    private static final VarHandle STATE;
    private static final VarHandle WORK_OR_DEALINGS;
    private static final VarHandle STAGE;
    private static final VarHandle THREAD;
    private static final VarHandle STOP;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(Execution.class, "state", Object.class);
            WORK_OR_DEALINGS =
                    lookup.findVarHandle(Execution.class, "workOrDealings", Object.class);
            THREAD = lookup.findVarHandle(Execution.class, "thread", Thread.class);
            STAGE = lookup.findVarHandle(Execution.class, "stage", byte.class);
            STOP = lookup.findVarHandle(Execution.class, "stop", byte.class);
            // Creates what they return when memory runs out, while there is still some.
            lookup.ensureInitialized(Failed.class);
            lookup.ensureInitialized(Cancelled.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Run by the threads of all tasks. */
    private static final class Run implements Runnable {
        static final Run RUN = new Run();

        @Override
        public void run() {
            Thread thread = Thread.currentThread();
            if (thread.getUncaughtExceptionHandler() instanceof Execution execution) {
                execution.run();
            }
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

    private static final int YIELDS_BEFORE_PARK = 16;

    /** Time after which a thread checks by itself whether its interrupt has been delivered. */
    private static final long LONGEST_PARK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Queue of the task's scope in its pool. */
    final ScopeQueue queue;

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

    /**
     * Initially the work, which is taken out once: by the thread that moves {@link #state} out of
     * {@link Waiting} without admitting the task, else by the thread that moves {@link #stage} out
     * of {@link #NOT_BEGUN}. Then null, until there is anything to keep in {@link Dealings}. These
     * are set once: by the thread that admits the task on a permit lent to it, which leaves the
     * work in them, or by the task's thread.
     */
    private volatile @Nullable Object workOrDealings;

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

    @SuppressWarnings("NullAway") // the first statement sets the state
    Execution(ScopeQueue queue, Callable<?> work) {
        this.queue = queue;
        // No fences of volatile writes: a task is published under its scope's lock.
        STATE.set(this, Waiting.SPAWNED);
        WORK_OR_DEALINGS.set(this, work);
    }

    /**
     * Returns the execution that the calling thread belongs to, or null if it is not a task's
     * thread.
     */
    static @Nullable Execution current() {
        Thread current = Thread.currentThread();
        // Work may set the handler of its own thread on other threads that it starts.
        return current.getUncaughtExceptionHandler() instanceof Execution execution
                        && execution.thread == current
                ? execution
                : null;
    }

    final TaskImpl<?> task() {
        return (TaskImpl<?>) this;
    }

    public Task.State state() {
        return state instanceof TaskState phase ? phase.state() : Task.State.SUCCEEDED;
    }

    public boolean done() {
        return !(state instanceof Undecided);
    }

    /** Returns the outcome if there is one that is not a value, else null. */
    final @Nullable Outcome ending() {
        return state instanceof Outcome ending ? ending : null;
    }

    /** Returns whether the outcome is a value. */
    final boolean hasValue() {
        return !(state instanceof TaskState);
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
            forgetThread(made);
        }
        return true;
    }

    /** Decides the outcome of an admitted task, unless it has one. */
    final boolean decide(Object valueOrEnding) {
        return STATE.compareAndSet(this, Running.RUNNING, valueOrEnding);
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

    /** Ends the wait of the task. Returns how it has waited, or null if it no longer waits. */
    private @Nullable Waiting leaveWaiting(TaskState next) {
        while (state instanceof Waiting waiting) {
            if (STATE.compareAndSet(this, waiting, next)) {
                return waiting;
            }
        }
        return null;
    }

    private @Nullable Callable<?> takeWork() {
        Object held = workOrDealings;
        if (held instanceof Dealings given) {
            return given.takeWork();
        }
        WORK_OR_DEALINGS.setRelease(this, null);
        return (Callable<?>) held;
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
                workOrDealings = new Dealings(loan, (Callable<?>) workOrDealings);
            }
            made = threads.forTask(task().givenName()).newThread(Run.RUN);
            made.setUncaughtExceptionHandler(this);
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
            if (stage != GIVEN_UP) {
                threads.start(made);
            }
            return true;
        } catch (Throwable e) {
            if (!STAGE.compareAndSet(this, NOT_BEGUN, GIVEN_UP)) {
                return true;
            }
            boolean decided = decide(Failed.of(e, System.nanoTime()));
            thread = null;
            if (!decided) {
                queue.pool.uncountStuck();
            }
            ended(decided, TracedCallable.eventOf(takeWork()));
            return false;
        }
    }

    /** Performs the first step of the thread; returns false if there is nothing for it to do. */
    final boolean begin() {
        startedAt = System.nanoTime();
        return STAGE.compareAndSet(this, NOT_BEGUN, BEGUN);
    }

    /** Runs the task. For the task's own thread only. */
    final void run() {
        if (!begin()) {
            return;
        }
        boolean decided = false;
        TaskEvent event = null;
        try {
            queue.pool.history().begun(task(), startedAt);
            Callable<?> work = takeWork();
            event = TracedCallable.eventOf(work);
            decided = decide(perform(work));
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
                    endedAt = System.nanoTime();
                }
            }
            return value == null ? NULL_VALUE : value;
        } catch (Throwable e) {
            return Failed.of(e, endedAt);
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
            if (state instanceof Cancelled) {
                awaitStop();
            }
            Thread.interrupted();
            THREAD.setRelease(this, null);
            Dealings had = dealings();
            if (had != null) {
                had.hooks = null;
            }
            if (!decided) {
                queue.pool.uncountStuck();
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
        for (int tries = 1; stop != DELIVERED; tries++) {
            try {
                if (stop == NOT_STOPPED) {
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
            STOP.compareAndSet(this, NOT_STOPPED, DELIVERED);
        }
    }

    /**
     * Cancels the task unless it has an outcome. If this returns true, {@link #stopCancelled()}
     * must follow; for several tasks see {@link Cancellation}.
     */
    final boolean decideCancelled(Cancelled cancelled) {
        while (state instanceof Undecided undecided) {
            boolean runs = undecided == Running.RUNNING;
            if (STATE.compareAndSet(this, undecided, runs ? cancelled.ofRunning() : cancelled)) {
                if (runs) {
                    queue.pool.wasCancelled(share());
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
     * Returns why and when the task was cancelled, as known to the call that cancelled it; null if
     * it was not cancelled.
     */
    final @Nullable Cancelled cancellation() {
        return state instanceof Cancelled cancelled ? cancelled.call() : null;
    }

    /**
     * Stops the work if the task is cancelled and no thread has done so yet. May be called by any
     * thread. If the task's thread has not begun, this takes the task back. Otherwise it interrupts
     * the thread, after running the hooks of the work. If the work is in a channel, the interrupt
     * closes the channel, which may take time.
     */
    final void stopCancelled() {
        if (!(state instanceof Cancelled cancelled)
                || !cancelled.isOfRunning()
                || !STOP.compareAndSet(this, NOT_STOPPED, CLAIMED)) {
            return;
        }
        boolean passedOn = false;
        try {
            if (STAGE.compareAndSet(this, NOT_BEGUN, GIVEN_UP)) {
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
        workOrDealings = null;
        forgetThread(thread);
        stop = DELIVERED;
        try {
            queue.pool.uncountStuck();
            queue.pool.release(queue, unused, false);
        } finally {
            ended(false, event);
        }
    }

    /** Detaches the thread, which has not begun and no longer knows its task after this. */
    private void forgetThread(@Nullable Thread notBegun) {
        if (notBegun != null) {
            notBegun.setUncaughtExceptionHandler(null);
        }
        thread = null;
    }

    private void interruptThread() {
        Thread running = thread;
        try {
            if (running != null) {
                running.interrupt();
            }
        } catch (Throwable e) {
            // The interrupt is set. The thread may not have been woken, but is woken below.
            SafeLog.warn(
                    LOG, "Interrupting {} could not close the channel that it was using", this, e);
        } finally {
            stop = DELIVERED;
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

    private void tellFailure() {
        if (state instanceof Outcome ending && ending.failsScope()) {
            queue.scope.tasks().failed(task());
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

    /** Returns whether the task's thread, if there is one, will not be interrupted any more. */
    final boolean isStopDelivered() {
        return stop == DELIVERED
                || !(state instanceof Cancelled cancelled && cancelled.isOfRunning());
    }

    /** Returns whether a cancellation has nothing left to do here. */
    final boolean isOver() {
        return done() && isStopDelivered();
    }

    /** Registers an action to run on cancellation. For the task's own thread only. */
    final CancelHookImpl registerHook(Runnable action) {
        CancelHooks registered = hooks();
        if (registered == null) {
            registered = new CancelHooks(task(), this::interruptThread);
            makeDealings().hooks = registered;
        }
        CancelHookImpl hook = new CancelHookImpl(registered, action);
        if (!done()) {
            registered.add(hook);
        }
        if (done()) {
            hook.run();
        }
        return hook;
    }

    /** Returns the thread that is running the hooks, or null. */
    @Nullable Thread hookThread() {
        CancelHooks registered = hooks();
        return registered == null ? null : registered.runner();
    }

    /**
     * Returns whether the task's thread already awaits something, and runs a listener, say,
     * meanwhile.
     */
    boolean isAwaiting() {
        PermitShare mine = share();
        return mine != null && mine.await != null;
    }

    /**
     * Begins an await; the task's thread is about to wait for something.
     *
     * @return a supplier of whether the await is over, which stays true once it is
     */
    BooleanSupplier beginAwait(WaitList awaited, BooleanSupplier reached) {
        PermitShare mine = share();
        if (mine == null) {
            mine = new PermitShare(task());
            makeDealings().share = mine;
        }
        PoolImpl pool = queue.pool;
        Await await = new Await(awaited, awaited.queueIn(pool), reached);
        pool.beginAwait(mine, await);
        return await;
    }

    /**
     * Ends the await. The task's thread goes on when it has a permit again. That wait has no bound
     * of its own: it ends with the work of the task that has the permit, see {@link SharedPermit}.
     *
     * @param interrupted whether an interrupt has ended the await
     */
    void endAwait(boolean interrupted) {
        PermitShare mine = share();
        if (mine == null) {
            return;
        }
        if (!queue.pool.endAwait(mine, interrupted)) {
            awaitPermit(mine);
        }
    }

    private void awaitPermit(PermitShare mine) {
        boolean interrupted = false;
        for (int tries = 1; mine.returns(); tries++) {
            if (Thread.interrupted()) {
                interrupted = true;
                queue.pool.goBeside(mine);
            } else {
                awaitPermit(mine, tries);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Waits for the permit. Yields at first, because usually the work that has the permit is over
     * and about to give it back. Never throws, because the thread must not go on without a permit.
     */
    private static void awaitPermit(PermitShare mine, int tries) {
        try {
            if (tries == 1) {
                Thread.yield();
            } else {
                LockSupport.park(mine);
            }
        } catch (StackOverflowError | OutOfMemoryError e) {
            Thread.onSpinWait(); // a virtual thread needs both to unmount from its carrier
        }
    }

    /** Lets the tasks that share the permit use it while this task's thread waits for a channel. */
    @Override
    public boolean beginWait() {
        PermitShare mine = share();
        if (mine == null || mine.await != null || thread != Thread.currentThread()) {
            return false;
        }
        queue.pool.beginAwait(mine, Await.ofChannel());
        return true;
    }

    @Override
    public void endWait(boolean interrupted) {
        if (thread == Thread.currentThread()) {
            endAwait(interrupted);
        }
    }

    /** Returns what the task's thread awaits, or null. */
    @Nullable WaitList awaits() {
        PermitShare mine = share();
        Await await = mine == null ? null : mine.await;
        return await == null ? null : await.awaited;
    }

    /** Returns the task's part in a permit that others may use as well; null if it has none. */
    @Nullable PermitShare share() {
        Dealings any = dealings();
        PermitShare share = any == null ? null : any.share;
        return share == null || share.permit() == null ? null : share;
    }

    private boolean hasHooks() {
        CancelHooks registered = hooks();
        return registered != null && !registered.isEmpty();
    }

    private @Nullable CancelHooks hooks() {
        Dealings any = dealings();
        return any == null ? null : any.hooks;
    }

    private @Nullable Dealings dealings() {
        return workOrDealings instanceof Dealings any ? any : null;
    }

    /** Returns the dealings, created if there are none. For the task's own thread only. */
    private Dealings makeDealings() {
        Dealings any = dealings();
        if (any == null) {
            any = new Dealings(null, null);
            workOrDealings = any;
        }
        return any;
    }

    /** Returns the innermost open scope of the task's thread, or null. For that thread only. */
    @Nullable PogoScopeImpl innermostScope() {
        Dealings any = dealings();
        return any == null ? null : any.innermostScope;
    }

    /** For the task's own thread only. */
    void setInnermostScope(@Nullable PogoScopeImpl scope) {
        if (scope != null || dealings() != null) {
            makeDealings().innermostScope = scope;
        }
    }

    /**
     * Returns the thread that works for the task, even for a cancelled one that has not ended. A
     * task that was taken back has none, although the thread that admits it may be about to set it.
     */
    final @Nullable Thread liveThread() {
        return stage == GIVEN_UP ? null : thread;
    }

    /** Returns whether the thread has begun to run; {@link #startedAt()} is meaningless before. */
    final boolean hasStarted() {
        return stage == BEGUN;
    }

    final long startedAt() {
        return startedAt;
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

    /** Last resort for an error in the engine itself: anything that work throws is an outcome. */
    @Override
    public final void uncaughtException(Thread thread, Throwable e) {
        LOG.error("The thread of {} failed; this is an error in Pogo", this, e);
    }
}
