package dev.pogo.engine;

import dev.pogo.engine.PermitShare.Await;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The permits that the tasks of one pool share; see {@link SharedPermit} for the rules. Guarded by
 * the pool's lock.
 */
final class Loans {
    /** The pool's waiting tasks. */
    private final WaitingTasks waiting;

    /** Running tasks whose threads are awaiting something. */
    private final ShareList awaiting = new ShareList();

    /** Tasks whose await is over and that wait for a permit, in order of arrival. */
    private final ShareList returning = new ShareList();

    /** Number of tasks that have a thread, beyond the first task of each permit. */
    private int sharers;

    /** Number of those without a permit. Atomic because it is also read without the lock. */
    private final AtomicInteger beside = new AtomicInteger();

    Loans(WaitingTasks waiting) {
        this.waiting = waiting;
    }

    /**
     * Returns the number of tasks that have a thread, but neither run nor have a permit to
     * themselves.
     */
    int lent() {
        return sharers - beside.get();
    }

    /** Returns the number of tasks that run without a permit. */
    int beside() {
        return beside.get();
    }

    /** Returns the number of running tasks that are awaiting something. */
    int awaiting() {
        return awaiting.size();
    }

    /** Returns one of the running tasks that are awaiting something, or null. */
    @Nullable TaskImpl<?> anyAwaiting() {
        PermitShare share = awaiting.first();
        return share == null ? null : share.task;
    }

    /** Returns whether a task waits for a permit to continue. */
    boolean anyReturns() {
        return !returning.isEmpty();
    }

    /**
     * Called when a task's thread is about to wait.
     *
     * @return the share that is to continue on the permit, or null
     */
    @Nullable PermitShare beginAwait(PermitShare share, Await await) {
        SharedPermit permit = sharedBy(share);
        await.makeIdleLenders(); // first, as only this can fail
        share.begin(await);
        awaiting.addLast(share.inPool);
        uncountBeside(share, permit);
        permit.await(share, await);
        return permit.isIdle() ? passOn(permit) : null;
    }

    /** Called when the thread no longer awaits anything. No further loans are made for it. */
    void endAwait(PermitShare share) {
        share.await = null;
        share.inPool.leave();
        share.inPermit.leave();
    }

    /** Lets a task whose await is over continue if its permit is idle; returns whether it may. */
    boolean takeIdle(PermitShare share) {
        SharedPermit permit = sharedBy(share);
        if (permit.isIdle()) {
            permit.use(share);
            return true;
        }
        return false;
    }

    /**
     * Returns whether the task may continue without its permit because of a task that borrowed it.
     */
    boolean isExcused(PermitShare share) {
        return sharedBy(share).isExcused(share);
    }

    /** Makes a task wait for a permit to continue. */
    void waitToGoOn(PermitShare share) {
        sharedBy(share).waitToGoOn(share);
        returning.addLast(share.inPool);
        share.setReturns(true);
    }

    /** Lets a task continue without a permit. */
    void goBeside(PermitShare share) {
        sharedBy(share).goBeside(share);
        beside.incrementAndGet();
        returned(share);
    }

    /** Must come last: the thread may continue at once, and reads its share without the lock. */
    private void returned(PermitShare share) {
        share.inPool.leave();
        share.setReturns(false);
    }

    /**
     * Gives a permit of the pool to the task that has waited longest for one to continue.
     *
     * @return the share of that task, or null if there is none
     */
    @Nullable PermitShare takeReturning() {
        PermitShare share = returning.first();
        if (share != null) {
            goOnAlone(share);
        }
        return share;
    }

    /** Lets a task whose await is over continue with a permit of the pool. */
    void goOnAlone(PermitShare share) {
        sharedBy(share).leave(share);
        sharers--;
        returned(share);
    }

    /**
     * Lends an idle permit to a task that is about to be queued, if one of the tasks that share the
     * permit awaits it.
     *
     * @return the loan, or null
     */
    @Nullable PermitShare borrow(TaskImpl<?> task) {
        ShareList idle = task.queue().idleLenders();
        PermitShare lender;
        while (idle != null && (lender = idle.first()) != null) {
            SharedPermit permit = sharedBy(lender);
            if (permit.mayLendFor(lender) && !isOver(lender)) {
                PermitShare loan = permit.lend(lender, task);
                sharers++;
                return loan;
            }
            permit.remember(lender);
        }
        return null;
    }

    /**
     * Called when a task that shares a permit has ended.
     *
     * @return the permit if other tasks still share it; null if the caller must return it to the
     *     pool
     */
    @Nullable SharedPermit leave(PermitShare share) {
        SharedPermit permit = sharedBy(share);
        uncountBeside(share, permit);
        permit.leave(share);
        if (permit.sharers() == 0) {
            return null;
        }
        sharers--;
        return permit;
    }

    /**
     * Passes an idle permit on.
     *
     * @return the share that is to continue on it: a task whose thread must be unparked, or a loan
     *     whose thread must be started; null if there is none
     */
    @Nullable PermitShare passOn(SharedPermit permit) {
        PermitShare next = permit.next();
        if (next != null) {
            boolean ran = uncountBeside(next, permit);
            permit.use(next);
            returned(next);
            return ran ? null : next;
        }
        while ((next = permit.nextLender()) != null) {
            Await await = next.await;
            if (await == null || await.getAsBoolean()) {
                return null; // its thread is about to take the permit
            }
            QueueNode node = await.nextWaiting(waiting);
            if (node != null) {
                return lend(permit, next, node);
            }
            next.inPermit.leave();
            ShareList idle = await.idleLenders();
            if (idle != null) {
                idle.addLast(next.inPermit);
            }
        }
        return null;
    }

    /** If memory runs out, the permit stays idle and the task keeps waiting. */
    private @Nullable PermitShare lend(SharedPermit permit, PermitShare lender, QueueNode node) {
        PermitShare loan;
        try {
            loan = permit.lend(lender, node.task);
        } catch (OutOfMemoryError e) {
            return null;
        }
        sharers++;
        waiting.remove(node);
        return loan;
    }

    private boolean uncountBeside(PermitShare share, SharedPermit permit) {
        boolean beside = permit.goesBeside(share);
        if (beside) {
            this.beside.decrementAndGet();
        }
        return beside;
    }

    private static boolean isOver(PermitShare lender) {
        Await await = lender.await;
        return await == null || await.getAsBoolean();
    }

    private static SharedPermit sharedBy(PermitShare share) {
        SharedPermit permit = share.permit();
        if (permit == null) {
            throw new AssertionError(share.task + " shares no permit");
        }
        return permit;
    }
}
