package dev.pogo.engine;

import dev.pogo.engine.PermitShare.Await;
import dev.pogo.util.WaitObserver;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The work of a task, and what it has to do with Pogo while it runs: the scopes that it opens, the
 * hooks for its cancellation, and its waits. While the thread of a task waits for tasks of its own
 * pool, it lends them its permit, and it goes on only when it has a permit again; see {@link
 * SharedPermit}.
 */
abstract sealed class TaskWork extends WaitList implements WaitObserver permits TaskProgress {
    private static final VarHandle WORK_OR_EXTRAS;

    static {
        try {
            WORK_OR_EXTRAS =
                    MethodHandles.lookup()
                            .findVarHandle(TaskWork.class, "workOrExtras", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * The scopes that the work opens, the permits that it lends while it awaits, and the hooks for
     * its cancellation. Created when the first of these is needed: most work needs none of them,
     * and each task would pay for the fields.
     */
    static final class Extras {
        /** The innermost open scope of the task's thread; used by that thread only. */
        @Nullable PogoScopeImpl innermostScope;

        /**
         * Null while the task has a permit to itself and has not awaited anything on it. Written by
         * the thread that admits the task, or by the task's thread.
         */
        volatile @Nullable PermitShare share;

        /**
         * Hooks to run if the work is cancelled; null until the work registers any, and after the
         * end. The task's thread writes this and then reads the task's outcome; a thread that
         * cancels sets the outcome and then reads this, so one of them sees the other.
         */
        volatile @Nullable CancelHooks hooks;

        /** Work of a task that was admitted on a loan, until it is taken; otherwise null. */
        private @Nullable Callable<?> work;

        /**
         * @param loan the permit that is lent to the task, or null if it has its own
         * @param work the work, if there is a loan
         */
        Extras(@Nullable PermitShare loan, @Nullable Callable<?> work) {
            this.share = loan;
            this.work = work;
        }

        @Nullable Callable<?> takeWork() {
            Callable<?> taken = work;
            work = null;
            return taken;
        }
    }

    /** Queue of the task's scope in its pool. */
    final ScopeQueue queue;

    /**
     * Initially the work, which is taken out once: by the thread that ends the wait of the task
     * without admitting it, else by the thread that decides whether the task's thread begins. Then
     * null, until there is anything to keep in {@link Extras}. These are set once: by the thread
     * that admits the task on a permit lent to it, which leaves the work in them, or by the task's
     * thread.
     */
    private volatile @Nullable Object workOrExtras;

    TaskWork(ScopeQueue queue, Callable<?> work) {
        this.queue = queue;
        // No fence of a volatile write: a task is published under its scope's lock.
        WORK_OR_EXTRAS.set(this, work);
    }

    /** Returns the thread that works for the task, or null. */
    abstract @Nullable Thread liveThread();

    final TaskImpl<?> task() {
        return (TaskImpl<?>) this;
    }

    final @Nullable Callable<?> takeWork() {
        Object held = workOrExtras;
        if (held instanceof Extras given) {
            return given.takeWork();
        }
        WORK_OR_EXTRAS.setRelease(this, null);
        return (Callable<?>) held;
    }

    /** Sets the permit that is lent to the task. Called before the admission. */
    final void setLoan(PermitShare loan) {
        workOrExtras = new Extras(loan, (Callable<?>) workOrExtras);
    }

    /** Returns the task's part in a permit that others may use as well; null if it has none. */
    final @Nullable PermitShare share() {
        Extras any = extras();
        PermitShare share = any == null ? null : any.share;
        return share == null || share.permit() == null ? null : share;
    }

    final @Nullable CancelHooks hooks() {
        Extras any = extras();
        return any == null ? null : any.hooks;
    }

    final @Nullable Extras extras() {
        return workOrExtras instanceof Extras any ? any : null;
    }

    /** Returns the extras, created if there are none. For the task's own thread only. */
    final Extras makeExtras() {
        Extras any = extras();
        if (any == null) {
            any = new Extras(null, null);
            workOrExtras = any;
        }
        return any;
    }

    /** Drops the extras of a task that has ended, with all that they refer to. */
    final void dropExtras() {
        workOrExtras = null;
    }

    /** Returns the innermost open scope of the task's thread, or null. For that thread only. */
    final @Nullable PogoScopeImpl innermostScope() {
        Extras any = extras();
        return any == null ? null : any.innermostScope;
    }

    /** For the task's own thread only. */
    final void setInnermostScope(@Nullable PogoScopeImpl scope) {
        if (scope != null || extras() != null) {
            makeExtras().innermostScope = scope;
        }
    }

    /** Returns the thread that is running the hooks, or null. */
    final @Nullable Thread hookThread() {
        CancelHooks registered = hooks();
        return registered == null ? null : registered.runner();
    }

    final boolean hasHooks() {
        CancelHooks registered = hooks();
        return registered != null && !registered.isEmpty();
    }

    /**
     * Returns whether the task's thread already awaits something, and runs a listener, say,
     * meanwhile.
     */
    final boolean isAwaiting() {
        PermitShare mine = share();
        return mine != null && mine.await != null;
    }

    /**
     * Begins an await; the task's thread is about to wait for something.
     *
     * @return a supplier of whether the await is over, which stays true once it is
     */
    final BooleanSupplier beginAwait(WaitList awaited, BooleanSupplier reached) {
        PermitShare mine = share();
        if (mine == null) {
            mine = new PermitShare(task());
            makeExtras().share = mine;
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
    final void endAwait(boolean interrupted) {
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
    public final boolean beginWait() {
        PermitShare mine = share();
        if (mine == null || mine.await != null || liveThread() != Thread.currentThread()) {
            return false;
        }
        queue.pool.beginAwait(mine, Await.ofChannel());
        return true;
    }

    @Override
    public final void endWait(boolean interrupted) {
        if (liveThread() == Thread.currentThread()) {
            endAwait(interrupted);
        }
    }

    /** Returns what the task's thread awaits, or null. */
    final @Nullable WaitList awaits() {
        PermitShare mine = share();
        Await await = mine == null ? null : mine.await;
        return await == null ? null : await.awaited;
    }
}
