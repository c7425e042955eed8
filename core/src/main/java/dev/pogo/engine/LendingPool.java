package dev.pogo.engine;

import dev.pogo.PoolConfig;
import dev.pogo.engine.PermitShare.Await;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.locks.LockSupport;

/** A pool whose tasks lend their permits while they await others; see {@link SharedPermit}. */
abstract sealed class LendingPool extends PoolState permits PoolImpl {
    final TaskThreads threads;

    LendingPool(PoolConfig config, Timer timer, TaskThreads threads, Permits permits) {
        super(config, timer, permits);
        this.threads = threads;
    }

    /** See {@link PoolImpl#release}. */
    abstract void release(ScopeQueue queue, @Nullable PermitShare used, boolean succeeded);

    /** Begins an await of one of this pool's tasks, whose thread lends its permit meanwhile. */
    final void beginAwait(PermitShare share, Await await) {
        SharedPermit permit = share.permit();
        PermitShare next;
        boolean mayExcuse;
        lock.lock();
        try {
            next = loans.beginAwait(share, await);
            wasPassedOn(next);
            mayExcuse = permit != null && permit.anyReturns();
        } finally {
            lock.unlock();
        }
        if (permit != null && mayExcuse) {
            wakeExcused(permit);
        }
        if (next != null && !proceed(next)) {
            release(next.task.queue(), next, false);
        }
    }

    /**
     * Ends an await, so that nothing more is lent.
     *
     * @param interrupted whether an interrupt has ended the await
     * @return true if the thread may go on; false if the share {@linkplain PermitShare#returns
     *     waits for a permit}
     */
    final boolean endAwait(PermitShare share, boolean interrupted) {
        lock.lock();
        try {
            loans.endAwait(share);
            if (loans.takeIdle(share)) {
                return true;
            }
            ScopeQueue queue = share.task.queue();
            if (!permits.tasksWait() && take(queue)) {
                loans.goOnAlone(share);
                return true;
            }
            if (interrupted || loans.isExcused(share)) {
                goBesideLocked(share);
                return true;
            }
            if (acquireOrKeepWaiting(queue)) {
                loans.goOnAlone(share);
                return true;
            }
            loans.waitToGoOn(share);
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Lets a task that waits to go on continue without a permit, since it was interrupted. */
    final void goBeside(PermitShare share) {
        lock.lock();
        try {
            if (share.returns()) {
                goBesideLocked(share);
            }
        } finally {
            lock.unlock();
        }
    }

    private void goBesideLocked(PermitShare share) {
        loans.goBeside(share);
        history.running(runningLocked());
        leaveWaitingModeIfNobodyWaits();
    }

    /**
     * Ends the share of a task whose work has ended, and passes the permit on among the tasks that
     * still share it.
     *
     * @return false if there are none, so that the caller must return the permit to the pool
     */
    final boolean endShare(PermitShare share) {
        PermitShare ended = share;
        while (true) {
            SharedPermit permit;
            PermitShare next = null;
            boolean mayExcuse = false;
            lock.lock();
            try {
                permit = loans.leave(ended);
                if (permit != null) {
                    next = permit.isIdle() ? passOn(permit) : null;
                    mayExcuse = permit.anyReturns();
                }
            } finally {
                lock.unlock();
            }
            if (permit == null) {
                return false;
            }
            if (mayExcuse) {
                wakeExcused(permit);
            }
            if (next == null || proceed(next)) {
                return true;
            }
            ended = next;
        }
    }

    /**
     * Lets tasks go on that wait for a permit held by a cancelled task, directly or through its
     * loans.
     */
    final void wakeExcused(SharedPermit permit) {
        PermitShare excused;
        do {
            lock.lock();
            try {
                excused = permit.nextExcused();
                if (excused != null) {
                    goBesideLocked(excused);
                }
            } finally {
                lock.unlock();
            }
            if (excused != null) {
                LockSupport.unpark(excused.thread());
            }
        } while (excused != null);
    }

    /** Passes an idle permit on among the tasks that share it. Called with the lock held. */
    private @Nullable PermitShare passOn(SharedPermit permit) {
        PermitShare next = loans.passOn(permit);
        wasPassedOn(next);
        return next;
    }

    /** Must be called with the lock held. */
    private void wasPassedOn(@Nullable PermitShare next) {
        if (next == null) {
            return;
        }
        if (next.thread() == null) {
            wasTakenOut();
        } else {
            leaveWaitingModeIfNobodyWaits();
        }
    }

    /** Lets a task use its new permit; returns false for a loan that it cannot use. */
    private boolean proceed(PermitShare next) {
        Thread waiting = next.thread();
        if (waiting == null) {
            return next.task.start(threads, next);
        }
        LockSupport.unpark(waiting);
        return true;
    }
}
