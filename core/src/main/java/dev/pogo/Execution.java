package dev.pogo;

import dev.pogo.PermitShare.Await;
import dev.pogo.Phase.Cancelled;
import dev.pogo.Phase.Ending;
import dev.pogo.Phase.Failed;
import dev.pogo.sync.WaitObserver;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * An admitted task: its permit, its thread and the run of its work. The thread is new, runs this
 * once, and gives the permit back as nearly its last act.
 *
 * <p>It is also its thread's uncaught-exception handler. That is how code that runs in a task finds
 * the task it runs in ({@link #current()}) without a thread-local map, which would cost every task
 * some 140 bytes. Work that sets another handler on its own thread is taken for a plain thread: the
 * scopes it opens then do not know the deadline around them.
 */
final class Execution implements Phase, Runnable, WaitObserver {
    private static final Logger LOG = LoggerFactory.getLogger(Execution.class);
    private static final VarHandle STAGE;
    private static final VarHandle OUTCOME;
    private static final VarHandle STOP;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STAGE = lookup.findVarHandle(Execution.class, "stage", byte.class);
            OUTCOME = lookup.findVarHandle(Execution.class, "outcome", Object.class);
            STOP = lookup.findVarHandle(Execution.class, "stop", byte.class);
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

    /** Stands for null in {@link #outcome}. */
    private static final Object NULL_VALUE = new Object();

    private static final int YIELDS_BEFORE_PARK = 16;

    /** After that long a thread looks by itself whether its interrupt has been delivered. */
    private static final long LONGEST_PARK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Cut off when the task is taken back: the thread that has not begun may live for long. */
    private Task<?> task;

    /**
     * Leaves {@link #NOT_BEGUN} by one compare-and-set: of the thread, which then owns the permit
     * and the work; of the one who could not start it and keeps the permit; or of the one who stops
     * the cancelled task before it has begun, and gives the permit back. Starting a thread may fail
     * after it was handed to a carrier, and then several of these happen.
     */
    private volatile byte stage = NOT_BEGUN;

    /**
     * Null while the task runs. Leaves that by one compare-and-set, for good: of the thread, to the
     * value of the work or what it failed with, of the one who cancels the task, or of the one who
     * could not start the thread. Here is the value itself, or {@link #NULL_VALUE}, as an object
     * around it would cost each task 24 bytes; all else is an {@link Ending}, a type that work
     * knows nothing of and cannot give.
     */
    private volatile @Nullable Object outcome;

    /** The task's thread; null once it has ended its work, and then {@link #endedAt} is final. */
    private volatile @Nullable Thread thread;

    /** Written by the thread before it sets {@link #stage}. */
    private long startedAt;

    /** Written by the thread before it publishes an outcome or clears {@link #thread}. */
    private long endedAt;

    /**
     * Who stops the work of a cancelled task. Leaves {@link #NOT_STOPPED} by one compare-and-set:
     * to {@link #CLAIMED} by any thread, which takes the task back or interrupts it and then sets
     * {@link #DELIVERED}; or to that at once, by the task's own thread at its end, if there is
     * nothing else to be done. The thread does not end before.
     */
    private volatile byte stop = NOT_STOPPED;

    /** Null until there is anything to keep there; set once, at first or by the task's thread. */
    private volatile @Nullable Dealings dealings;

    /** With the permit that is lent to it, or null for one of its own. */
    Execution(Task<?> task, ThreadFactory threads, @Nullable PermitShare loan) {
        this.task = task;
        this.dealings = loan == null ? null : new Dealings(loan);
        Thread created = threads.newThread(this);
        created.setUncaughtExceptionHandler(this);
        this.thread = created;
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

    Task<?> task() {
        return task;
    }

    @Override
    public Task.State state() {
        Object decided = outcome;
        if (decided == null) {
            return Task.State.RUNNING;
        }
        return decided instanceof Ending ending ? ending.state() : Task.State.SUCCEEDED;
    }

    @Override
    public boolean done() {
        return outcome != null;
    }

    @Override
    public @Nullable Ending ending() {
        return outcome instanceof Ending ending ? ending : null;
    }

    /** Whether the outcome is a value. */
    boolean hasValue() {
        return state() == Task.State.SUCCEEDED;
    }

    /** The value, if there is one. */
    @Nullable Object value() {
        Object value = outcome;
        return value == NULL_VALUE ? null : value;
    }

    /** Decides the task's outcome, unless it has one. */
    boolean decide(Object valueOrEnding) {
        return OUTCOME.compareAndSet(this, null, valueOrEnding);
    }

    @Override
    public Execution execution() {
        return this;
    }

    /** Starts the thread. If that fails the task fails, and the permit stays with the caller. */
    boolean start() {
        Thread unstarted = thread;
        try {
            if (unstarted != null) {
                unstarted.start();
            }
            return true;
        } catch (Throwable e) {
            if (!STAGE.compareAndSet(this, NOT_BEGUN, GIVEN_UP)) {
                return true;
            }
            boolean decided = decide(Failed.of(e, System.nanoTime()));
            thread = null;
            if (!decided) {
                task.owningPool().uncountStuck();
            }
            task.ended(decided, RecordedWork.eventOf(task.takeWork()));
            return false;
        }
    }

    /** The first step of the thread; false if there is nothing for it to do. */
    boolean begin() {
        startedAt = System.nanoTime();
        return STAGE.compareAndSet(this, NOT_BEGUN, BEGUN);
    }

    @Override
    public void run() {
        if (!begin()) {
            return;
        }
        boolean decided = false;
        TaskEvent event = null;
        try {
            task.owningPool().history().begun(task, startedAt);
            Callable<?> work = task.takeWork();
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
        ClassLoader loader = task.scope().contextClassLoader();
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
            if (outcome instanceof Cancelled) {
                awaitStop();
            }
            Thread.interrupted();
            thread = null;
            Dealings had = dealings;
            if (had != null) {
                had.hooks = null;
            }
            if (!decided) {
                task.owningPool().uncountStuck();
            }
            PermitShare used = share();
            try {
                if (used != null && decided) {
                    // First, so that a lender whose await is over by it lends its permit no more.
                    tell = false;
                    task.tellOutcome();
                }
            } finally {
                task.owningPool().release(task.lane(), used, hasValue());
            }
        } finally {
            task.ended(tell, event);
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
            stop();
        } else {
            STOP.compareAndSet(this, NOT_STOPPED, DELIVERED);
        }
    }

    /**
     * Stops the work if the task is cancelled and nobody has done so yet; by any thread. If the
     * thread has not begun, this takes the task back. Else it interrupts it, after what the work
     * has asked for; where the work is in a channel, that closes it, which may take its time.
     */
    void stop() {
        if (!(outcome instanceof Cancelled) || !STOP.compareAndSet(this, NOT_STOPPED, CLAIMED)) {
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
                task.scope().runtime().hookRunner().run(registered);
                passedOn = true;
            }
        } finally {
            if (!passedOn) {
                interruptThread();
            }
        }
    }

    /**
     * The thread has not begun, and finds nothing to do when it does: no work, no permit and no
     * scope.
     */
    private void takeBack() {
        Task<?> taken = task;
        PermitShare unused = share();
        TaskEvent event = RecordedWork.eventOf(taken.takeWork());
        thread = null;
        stop = DELIVERED;
        forgetTask();
        Pool pool = taken.owningPool();
        try {
            pool.uncountStuck();
            pool.release(taken.lane(), unused, false);
        } finally {
            taken.ended(false, event);
        }
    }

    /** Nothing here asks for it from then on. */
    @SuppressWarnings("NullAway")
    private void forgetTask() {
        dealings = null;
        task = null;
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
                    LOG, "A channel in which {} was could not be closed by its interrupt", task, e);
        } finally {
            stop = DELIVERED;
            LockSupport.unpark(running);
        }
    }

    /** Whether the work of the cancelled task has been interrupted, or needs it no more. */
    boolean isStopDelivered() {
        return stop == DELIVERED;
    }

    /** For the task's own thread. */
    CancelHook onCancel(Runnable action) {
        CancelHooks registered = hooks();
        if (registered == null) {
            registered = new CancelHooks(task, this::interruptThread);
            dealings().hooks = registered;
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
            mine = new PermitShare(task);
            dealings().share = mine;
        }
        Pool pool = task.owningPool();
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
        if (!task.owningPool().endAwait(mine, interrupted)) {
            awaitPermit(mine);
        }
    }

    private void awaitPermit(PermitShare mine) {
        boolean interrupted = false;
        for (int tries = 1; mine.returns(); tries++) {
            if (Thread.interrupted()) {
                interrupted = true;
                task.owningPool().goBeside(mine);
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
        task.owningPool().beginAwait(mine, Await.ofChannel());
        return true;
    }

    @Override
    public void endWait(boolean interrupted) {
        endAwait(interrupted);
    }

    /** What the task's thread awaits, or null. */
    @Nullable Awaitable awaits() {
        PermitShare mine = share();
        Await await = mine == null ? null : mine.await;
        return await == null ? null : await.awaited;
    }

    /** The task's part in a permit that others may use as well; null if it has none. */
    @Nullable PermitShare share() {
        Dealings any = dealings;
        PermitShare share = any == null ? null : any.share;
        return share == null || share.permit() == null ? null : share;
    }

    private boolean hasHooks() {
        CancelHooks registered = hooks();
        return registered != null && !registered.isEmpty();
    }

    private @Nullable CancelHooks hooks() {
        Dealings any = dealings;
        return any == null ? null : any.hooks;
    }

    /** For the task's own thread. */
    private Dealings dealings() {
        Dealings any = dealings;
        if (any == null) {
            any = new Dealings(null);
            dealings = any;
        }
        return any;
    }

    /** Innermost open scope of the task's thread, or null; for that thread. */
    @Nullable PogoScope innermostScope() {
        Dealings any = dealings;
        return any == null ? null : any.innermostScope;
    }

    /** For the task's own thread. */
    void setInnermostScope(@Nullable PogoScope scope) {
        if (scope != null || dealings != null) {
            dealings().innermostScope = scope;
        }
    }

    /** The thread, as long as it has not ended its work. */
    @Nullable Thread liveThread() {
        return thread;
    }

    /** Whether the thread has begun to run, {@link #startedAt()} being meaningless before. */
    boolean hasStarted() {
        return stage == BEGUN;
    }

    long startedAt() {
        return startedAt;
    }

    /** When the work ended, or the time now if it has not, as that of a cancelled task may. */
    long endedAtOrNow() {
        Object decided = outcome;
        boolean byItself = decided != null && !(decided instanceof Cancelled);
        return byItself || thread == null ? endedAt : System.nanoTime();
    }

    /** The last resort for an error in the engine itself: all that work throws is an outcome. */
    @Override
    public void uncaughtException(Thread thread, Throwable e) {
        LOG.error("The thread of {} failed; this is an error in Pogo", task, e);
    }
}
