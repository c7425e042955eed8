package dev.pogo;

import dev.pogo.PermitShare.Await;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The permits that the tasks of one pool share, see {@link SharedPermit} for the rules. Guarded by
 * the pool's lock.
 */
final class Loans {
    /** The pool's waiting tasks. */
    private final WaitingTasks waiting;

    /** Running tasks whose threads await something. */
    private final ShareList awaiting = new ShareList();

    /** Tasks whose await is over and that wait for a permit, in the order in which they came. */
    private final ShareList returning = new ShareList();

    /** How many tasks have a thread beyond the first of each permit. */
    private int sharers;

    /** How many of those run without a permit; atomic because it is also read without the lock. */
    private final AtomicInteger beside = new AtomicInteger();

    Loans(WaitingTasks waiting) {
        this.waiting = waiting;
    }

    /** How many tasks have a thread and neither run nor have a permit to themselves. */
    int lent() {
        return sharers - beside.get();
    }

    /** How many tasks run without a permit. */
    int beside() {
        return beside.get();
    }

    /** How many running tasks await something. */
    int awaiting() {
        return awaiting.size();
    }

    /** One of the running tasks that await something, or null. */
    @Nullable Task<?> anyAwaiting() {
        PermitShare share = awaiting.first();
        return share == null ? null : share.task;
    }

    /** Whether a task waits for a permit to go on with. */
    boolean anyReturns() {
        return !returning.isEmpty();
    }

    /**
     * A task's thread is about to wait.
     *
     * @return who is to go on by it, or null
     */
    @Nullable PermitShare beginAwait(PermitShare share, Await await) {
        SharedPermit permit = sharedBy(share);
        await.makeIdleLenders(); // before anything is changed, for it is what may fail
        share.begin(await);
        awaiting.addLast(share.inPool);
        uncountBeside(share, permit);
        permit.await(share, await);
        return permit.isIdle() ? passOn(permit) : null;
    }

    /** The thread does not await any longer: nothing more is lent for it. */
    void endAwait(PermitShare share) {
        share.await = null;
        share.inPool.leave();
        share.inPermit.leave();
    }

    /** Lets a task go on, whose await is over, if its permit is idle. */
    boolean takeIdle(PermitShare share) {
        SharedPermit permit = sharedBy(share);
        if (permit.isIdle()) {
            permit.use(share);
            return true;
        }
        return false;
    }

    /** Whether the task may go on without a permit because of whom it has lent it to. */
    boolean isExcused(PermitShare share) {
        return sharedBy(share).isExcused(share);
    }

    /** Has a task wait for a permit to go on with. */
    void waitToGoOn(PermitShare share) {
        sharedBy(share).waitToGoOn(share);
        returning.addLast(share.inPool);
        share.setReturns(true);
    }

    /** Lets a task go on without a permit. */
    void goBeside(PermitShare share) {
        sharedBy(share).goBeside(share);
        beside.incrementAndGet();
        returned(share);
    }

    /** Comes last: the thread may go on at once, and looks at its share without the lock. */
    private void returned(PermitShare share) {
        share.inPool.leave();
        share.setReturns(false);
    }

    /**
     * Gives a permit of the pool to the task that has waited longest for one to go on with.
     *
     * @return the task, or null if there is none
     */
    @Nullable PermitShare takeReturning() {
        PermitShare share = returning.first();
        if (share != null) {
            goOnAlone(share);
        }
        return share;
    }

    /** Lets a task go on, whose await is over, with a permit of the pool. */
    void goOnAlone(PermitShare share) {
        sharedBy(share).leave(share);
        sharers--;
        returned(share);
    }

    /**
     * Lends an idle permit to a task that is about to line up, if one of those that share the
     * permit awaits it.
     *
     * @return the loan, or null
     */
    @Nullable PermitShare borrow(Task<?> task) {
        ShareList idle = task.lane().idleLenders();
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
     * A task has ended that shares a permit.
     *
     * @return the permit if it stays with others; null if it is the caller's to return
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
     * @return who is to go on by it: a task whose thread is to be woken, or a loan whose thread is
     *     to be started; null if there is none
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
            Place place = await.nextWaiting(waiting);
            if (place != null) {
                return lend(permit, next, place);
            }
            next.inPermit.leave();
            ShareList idle = await.idleLenders();
            if (idle != null) {
                idle.addLast(next.inPermit);
            }
        }
        return null;
    }

    /** For want of memory the permit stays idle; the task waits on. */
    private @Nullable PermitShare lend(SharedPermit permit, PermitShare lender, Place place) {
        PermitShare loan;
        try {
            loan = permit.lend(lender, place.task);
        } catch (OutOfMemoryError e) {
            return null;
        }
        sharers++;
        waiting.remove(place);
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
