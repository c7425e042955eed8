package dev.pogo;

import dev.pogo.PermitShare.Await;
import dev.pogo.Phase.Cancelled;
import dev.pogo.Phase.Ending;
import dev.pogo.Phase.Failed;
import dev.pogo.Phase.Running;
import dev.pogo.Phase.Saturated;
import dev.pogo.Phase.Undecided;
import dev.pogo.Phase.Waiting;
import dev.pogo.sync.WaitObserver;

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
 * How a task gets from its spawn to its end: its wait for a permit, its thread, the run of its
 * work, its outcome and its cancellation. It is the engine's part of a {@link Task}, in one object
 * with the user's part, since each task would pay for a second one.
 *
 * <pre>
 * state:  Waiting ──▶ RUNNING ──▶ the outcome      see {@link Phase}
 *            └────────────────────────▲
 * stage:  NOT_BEGUN ──▶ BEGUN
 *            └──▶ GIVEN_UP
 * </pre>
 *
 * <p>The first says what others may know of the task; the second whether its thread has begun. They
 * are apart because a cancelled task has its outcome while its thread still runs, and a thread may
 * begin late or never. When the thread has ended its work too, and the permit is back, the task
 * {@linkplain #hasEnded() has ended}.
 *
 * <p>The thread is new, runs this once, and gives the permit back as nearly its last act. It knows
 * its task only by its uncaught-exception handler, which this is: so does code that runs in a task
 * ({@link #current()}), without a thread-local map, which would cost every task some 140 bytes.
 * Work that sets another handler on its own thread is taken for a plain thread: the scopes it opens
 * then do not know the deadline around them.
 */
abstract sealed class Execution extends Awaitable implements WaitObserver permits Task {
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
            // What they give where there is no memory is to be made while there is some.
            lookup.ensureInitialized(Failed.class);
            lookup.ensureInitialized(Cancelled.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** What all tasks' threads run. */
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

    /** Stands for null in {@link #state}. */
    private static final Object NULL_VALUE = new Object();

    private static final int YIELDS_BEFORE_PARK = 16;

    /** After that long a thread looks by itself whether its interrupt has been delivered. */
    private static final long LONGEST_PARK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The task's scope and pool. */
    final Lane lane;

    /**
     * A {@link Phase}, or the value of the work, or {@link #NULL_VALUE}. Each step is one
     * compare-and-set. Out of {@link Waiting} it decides between admission, expiry and
     * cancellation. Out of {@link Running} it decides between the end of the work, which its thread
     * brings about, cancellation, and that no thread could be started. The outcome is final. A
     * value stands here itself, as an object around it would cost each task 16 bytes; no work can
     * give a phase, as none knows that type.
     */
    private volatile Object state;

    /**
     * Leaves {@link #NOT_BEGUN} by one compare-and-set: of the thread, which then owns the permit
     * and the work; of the one who could not start it and keeps the permit; or of the one who stops
     * the cancelled task before it has begun, and gives the permit back. Starting a thread may fail
     * after it was handed to a carrier, and then several of these happen.
     */
    private volatile byte stage;

    /**
     * The task's thread; null until just after the task is admitted, and once the thread has ended
     * its work, when {@link #endedAt} is final. Written by who admits the task and looks at {@link
     * #stage} then, and by who has taken that out of {@link #NOT_BEGUN}.
     */
    private volatile @Nullable Thread thread;

    /**
     * First the work, which is taken out once: by the thread that takes {@link #state} out of
     * {@link Waiting} and does not admit the task, else by the one that takes {@link #stage} out of
     * {@link #NOT_BEGUN}. Then null, until there is anything for {@link Dealings}; they are set
     * once: by who admits the task on a permit that is lent to it, and who then leaves the work in
     * them, or by the task's thread.
     */
    private volatile @Nullable Object workOrDealings;

    /** Written by the thread before it sets {@link #stage}. */
    private long startedAt;

    /** Written by the thread before it publishes an outcome or clears {@link #thread}. */
    private long endedAt;

    /**
     * Who stops the work of a task that was cancelled while running. Leaves {@link #NOT_STOPPED} by
     * one compare-and-set: to {@link #CLAIMED} by any thread, which takes the task back or
     * interrupts it and then sets {@link #DELIVERED}; or to that at once, by the task's own thread
     * at its end, if there is nothing else to be done. The thread does not end before.
     */
    private volatile byte stop;

    @SuppressWarnings("NullAway") // the first statement sets the state
    Execution(Lane lane, Callable<?> work) {
        this.lane = lane;
        // Without the fences of volatile writes: a task is published under its scope's lock.
        STATE.set(this, Waiting.SPAWNED);
        WORK_OR_DEALINGS.set(this, work);
    }

    /** The execution that the calling thread belongs to, or null if it is not a task's thread. */
    static @Nullable Execution current() {
        Thread current = Thread.currentThread();
        // Work may give the handler of its own thread to others that it starts.
        return current.getUncaughtExceptionHandler() instanceof Execution execution
                        && execution.thread == current
                ? execution
                : null;
    }

    final Task<?> task() {
        return (Task<?>) this;
    }

    /**
     * Where the task stands at this moment.
     *
     * @return the state
     */
    public Task.State state() {
        return state instanceof Phase phase ? phase.state() : Task.State.SUCCEEDED;
    }

    /**
     * Whether the task has its outcome. A cancelled task is done although its thread may not have
     * ended yet.
     *
     * @return true once {@link Task#result()} will no longer refuse
     */
    public boolean done() {
        return !(state instanceof Undecided);
    }

    /** The outcome if there is one that is not a value, else null. */
    final @Nullable Ending ending() {
        return state instanceof Ending ending ? ending : null;
    }

    /** Whether the outcome is a value. */
    final boolean hasValue() {
        return !(state instanceof Phase);
    }

    /** The value, if there is one. */
    final @Nullable Object value() {
        Object value = state;
        return value == NULL_VALUE ? null : value;
    }

    final boolean isWaiting() {
        return state instanceof Waiting;
    }

    /**
     * Its place, which may not be in the line; null if it has not had to line up, or waits no more.
     */
    final @Nullable Place place() {
        return state instanceof Place place ? place : null;
    }

    /** Says that the task may be found in its place from now on, unless it waits no longer. */
    final boolean lineUp(Place place) {
        return STATE.compareAndSet(this, Waiting.SPAWNED, place);
    }

    /** Admits the task, unless it is expired or cancelled. */
    final boolean admit(Thread made) {
        if (leaveWaiting(Running.RUNNING) == null) {
            return false;
        }
        thread = made;
        if (stage == GIVEN_UP) {
            // It was taken back at once, by who may not have seen the thread.
            forgetThread(made);
        }
        return true;
    }

    /** Decides the outcome of an admitted task, unless it has one. */
    final boolean decide(Object valueOrEnding) {
        return STATE.compareAndSet(this, Running.RUNNING, valueOrEnding);
    }

    /** Ends a task that nobody has admitted or cancelled: it has waited too long, or worse. */
    final boolean giveUp(Ending ending) {
        if (leaveWaiting(ending) == null) {
            return false;
        }
        Callable<?> dropped = takeWork();
        if (ending instanceof Saturated saturated) {
            Events.saturated(task(), saturated);
        }
        ended(true, RecordedWork.eventOf(dropped));
        return true;
    }

    /** How the task has waited, if this call has ended that, else null. */
    private @Nullable Waiting leaveWaiting(Phase next) {
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
     * Admits the task and starts its thread. The caller holds a permit for it, and keeps it if this
     * returns false: the task was cancelled or expired, or there was no thread to be had, and then
     * it has failed.
     *
     * @param loan the permit if it is a borrowed one, else null
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
            takeWork(); // which who has cancelled it may have missed in a loan
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
                lane.pool.uncountStuck();
            }
            ended(decided, RecordedWork.eventOf(takeWork()));
            return false;
        }
    }

    /** The first step of the thread; false if there is nothing for it to do. */
    final boolean begin() {
        startedAt = System.nanoTime();
        return STAGE.compareAndSet(this, NOT_BEGUN, BEGUN);
    }

    /** For the task's thread. */
    final void run() {
        if (!begin()) {
            return;
        }
        boolean decided = false;
        TaskEvent event = null;
        try {
            lane.pool.history().begun(task(), startedAt);
            Callable<?> work = takeWork();
            event = RecordedWork.eventOf(work);
            decided = decide(perform(work));
        } finally {
            // Whatever has failed: a task has an outcome, for others wait for it.
            decided |= !done() && decide(Failed.UNKNOWN);
            end(decided, event);
        }
    }

    /** Runs the work, unless the task was cancelled since its admission and cannot finish. */
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
                    OpenScopes.closeForgotten(this);
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
        ClassLoader loader = lane.scope.contextClassLoader();
        Thread thread = Thread.currentThread();
        if (thread.getContextClassLoader() != loader) {
            thread.setContextClassLoader(loader);
        }
    }

    /**
     * The work is over. No interrupt may reach what follows (the next task's start, the log): if
     * the task was cancelled and another thread is about to interrupt this one, that is waited for
     * and cleared.
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
                lane.pool.uncountStuck();
            }
            PermitShare used = share();
            try {
                if (used != null && decided) {
                    // First, so that a lender whose await is over by it lends its permit no more.
                    tell = false;
                    tellOutcome();
                }
            } finally {
                lane.pool.release(lane, used, hasValue());
            }
        } finally {
            ended(tell, event);
        }
    }

    /**
     * For the task's own thread, when it is cancelled. Where another thread has claimed to stop the
     * work, the wait has no bound of its own: mostly that one stands between two statements, but it
     * may be in a channel that it closes, or in what the work has asked for.
     */
    private void awaitStop() {
        for (int tries = 1; stop != DELIVERED; tries++) {
            try {
                if (stop == NOT_STOPPED) {
                    stopHere();
                } else if (tries <= YIELDS_BEFORE_PARK) {
                    Thread.yield();
                } else {
                    Thread.interrupted(); // the work's own, which would keep this from parking
                    LockSupport.parkNanos(this, LONGEST_PARK_NANOS);
                }
            } catch (Throwable e) {
                // Such as that there is no memory to leave the carrier. The permit is to go back.
                Thread.onSpinWait();
            }
        }
    }

    /** With no hooks there is nothing left to stop. */
    private void stopHere() {
        if (hasHooks()) {
            stopCancelled();
        } else {
            STOP.compareAndSet(this, NOT_STOPPED, DELIVERED);
        }
    }

    /**
     * Cancels the task unless it has an outcome. If it does, {@link #stopCancelled()} is to follow;
     * for several tasks see {@link Cancellation}.
     */
    final boolean decideCancelled(Cancelled cancelled) {
        while (state instanceof Undecided undecided) {
            boolean runs = undecided == Running.RUNNING;
            if (STATE.compareAndSet(this, undecided, runs ? cancelled.ofRunning() : cancelled)) {
                if (runs) {
                    lane.pool.wasCancelled(share());
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
            if (waited instanceof Place place) {
                lane.pool.forget(place);
            }
        } finally {
            ended(true, RecordedWork.eventOf(dropped));
        }
    }

    /** Why and when it was cancelled, as the call knows it that did so; null if it was not. */
    final @Nullable Cancelled cancellation() {
        return state instanceof Cancelled cancelled ? cancelled.call() : null;
    }

    /**
     * Stops the work if the task is cancelled and nobody has done so yet; by any thread. If the
     * thread has not begun, this takes the task back. Else it interrupts it, after what the work
     * has asked for; where the work is in a channel, that closes it, which may take its time.
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
                lane.scope.runtime().hookRunner().run(registered);
                passedOn = true;
            }
        } finally {
            if (!passedOn) {
                interruptThread();
            }
        }
    }

    /**
     * The thread has not begun, and may not for long; when it does it finds nothing to do: no task,
     * no work and no scope.
     */
    private void takeBack() {
        PermitShare unused = share();
        TaskEvent event = RecordedWork.eventOf(takeWork());
        workOrDealings = null;
        forgetThread(thread);
        stop = DELIVERED;
        try {
            lane.pool.uncountStuck();
            lane.pool.release(lane, unused, false);
        } finally {
            ended(false, event);
        }
    }

    /** By this the thread that has not begun does not know its task any more. */
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
            // The interrupt is set. Its thread may not have been woken, but is so below.
            Report.warn(
                    LOG, "A channel in which {} was could not be closed by its interrupt", this, e);
        } finally {
            stop = DELIVERED;
            LockSupport.unpark(running);
        }
    }

    /** For who has decided the outcome, while the task has not ended yet. */
    private void tellOutcome() {
        try {
            tellFailure();
        } finally {
            wakeAll();
        }
    }

    private void tellFailure() {
        if (state instanceof Ending ending && ending.failsScope()) {
            lane.scope.tasks().failed(task());
        }
    }

    /**
     * Nothing of the task runs any more and its permit, if it had one, is back.
     *
     * @param decided whether the caller has also decided the outcome, and told nobody yet
     * @param event what records the task, or null
     */
    private void ended(boolean decided, @Nullable TaskEvent event) {
        try {
            if (decided) {
                tellFailure();
            }
            lane.pool.history().ended(task());
            TaskListeners listeners = lane.scope.runtime().listeners();
            if (event != null || !listeners.isEmpty()) {
                wakeAll(); // they need not wait for what follows
                Events.ended(task(), event);
                listeners.ended(task());
            }
        } finally {
            wakeAllForGood();
        }
    }

    /** Whether its thread, if there is one, will not be interrupted any more. */
    final boolean isStopDelivered() {
        return stop == DELIVERED
                || !(state instanceof Cancelled cancelled && cancelled.isOfRunning());
    }

    /** Whether a cancel finds nothing to do here any more. */
    final boolean isOver() {
        return done() && isStopDelivered();
    }

    /** For the task's own thread. */
    final CancelHook registerHook(Runnable action) {
        CancelHooks registered = hooks();
        if (registered == null) {
            registered = new CancelHooks(task(), this::interruptThread);
            makeDealings().hooks = registered;
        }
        CancelHook hook = new CancelHook(registered, action);
        if (!done()) {
            registered.add(hook);
        }
        if (done()) {
            hook.run();
        }
        return hook;
    }

    /** The thread that runs the hooks at present, or null. */
    @Nullable Thread hookThread() {
        CancelHooks registered = hooks();
        return registered == null ? null : registered.runner();
    }

    /** Whether the task's thread awaits something already, and runs a listener, say, meanwhile. */
    boolean isAwaiting() {
        PermitShare mine = share();
        return mine != null && mine.await != null;
    }

    /**
     * The task's thread is about to wait for something.
     *
     * @return whether the await is over, which stays so
     */
    BooleanSupplier beginAwait(Awaitable awaited, BooleanSupplier reached) {
        PermitShare mine = share();
        if (mine == null) {
            mine = new PermitShare(task());
            makeDealings().share = mine;
        }
        Pool pool = lane.pool;
        Await await = new Await(awaited, awaited.laneIn(pool), reached);
        pool.beginAwait(mine, await);
        return await;
    }

    /**
     * It waits no longer, and goes on when it has a permit again. That wait has no bound of its
     * own: it ends with the work of the task that has the permit, see {@link SharedPermit}.
     *
     * @param interrupted whether an interrupt has ended the await
     */
    void endAwait(boolean interrupted) {
        PermitShare mine = share();
        if (mine == null) {
            return;
        }
        if (!lane.pool.endAwait(mine, interrupted)) {
            awaitPermit(mine);
        }
    }

    private void awaitPermit(PermitShare mine) {
        boolean interrupted = false;
        for (int tries = 1; mine.returns(); tries++) {
            if (Thread.interrupted()) {
                interrupted = true;
                lane.pool.goBeside(mine);
            } else {
                awaitPermit(mine, tries);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Yields at first: mostly the work that has the permit is over, and is about to give it back.
     * Never throws, for the thread must not go on without a permit.
     */
    private static void awaitPermit(PermitShare mine, int tries) {
        try {
            if (tries == 1) {
                Thread.yield();
            } else {
                LockSupport.park(mine);
            }
        } catch (StackOverflowError | OutOfMemoryError e) {
            Thread.onSpinWait(); // a virtual thread needs both to be taken off its carrier
        }
    }

    /** Lets those who share the permit use it while the task's thread waits for a channel. */
    @Override
    public boolean beginWait() {
        PermitShare mine = share();
        if (mine == null || mine.await != null || thread != Thread.currentThread()) {
            return false;
        }
        lane.pool.beginAwait(mine, Await.ofChannel());
        return true;
    }

    @Override
    public void endWait(boolean interrupted) {
        if (thread == Thread.currentThread()) {
            endAwait(interrupted);
        }
    }

    /** What the task's thread awaits, or null. */
    @Nullable Awaitable awaits() {
        PermitShare mine = share();
        Await await = mine == null ? null : mine.await;
        return await == null ? null : await.awaited;
    }

    /** The task's part in a permit that others may use as well; null if it has none. */
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

    /** For the task's own thread. */
    private Dealings makeDealings() {
        Dealings any = dealings();
        if (any == null) {
            any = new Dealings(null, null);
            workOrDealings = any;
        }
        return any;
    }

    /** Innermost open scope of the task's thread, or null; for that thread. */
    @Nullable PogoScope innermostScope() {
        Dealings any = dealings();
        return any == null ? null : any.innermostScope;
    }

    /** For the task's own thread. */
    void setInnermostScope(@Nullable PogoScope scope) {
        if (scope != null || dealings() != null) {
            makeDealings().innermostScope = scope;
        }
    }

    /** The thread that works for the task, also for a cancelled one that has not ended. */
    final @Nullable Thread liveThread() {
        return thread;
    }

    /** Whether the thread has begun to run, {@link #startedAt()} being meaningless before. */
    final boolean hasStarted() {
        return stage == BEGUN;
    }

    final long startedAt() {
        return startedAt;
    }

    /** When the work ended, or the time now if it has not, as that of a cancelled task may. */
    final long endedAtOrNow() {
        Object decided = state;
        boolean byItself = !(decided instanceof Undecided || decided instanceof Cancelled);
        return byItself || thread == null ? endedAt : System.nanoTime();
    }

    /** The last resort for an error in the engine itself: all that work throws is an outcome. */
    @Override
    public final void uncaughtException(Thread thread, Throwable e) {
        LOG.error("The thread of {} failed; this is an error in Pogo", this, e);
    }
}
