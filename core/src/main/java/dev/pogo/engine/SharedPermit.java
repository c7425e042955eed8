package dev.pogo.engine;

import org.jspecify.annotations.Nullable;

/**
 * One permit of a pool, and the tasks that use it in turn.
 *
 * <p>A task that awaits tasks of its own pool does not use its permit meanwhile, and they may be
 * waiting for that very permit. The permit is therefore lent to them:
 *
 * <ol>
 *   <li>While its user awaits something, the permit is idle.
 *   <li>An idle permit goes to a task that goes on without one (rule 5); else to the task that has
 *       waited longest to go on (rule 4); else to a waiting task that one of the sharers awaits,
 *       and which then shares it too. Of several awaits the newest comes first. A task that is
 *       queued later, and that a sharer awaits, gets the permit then. No other task does: what the
 *       permit stands for, such as a connection, may still be in use by the awaiting tasks.
 *   <li>One await can have several borrowers that have not ended, because the permit is lent on
 *       when they await something in turn. Beyond one loan for each await, at most {@value
 *       #MAX_SIDE_LOANS} loans of a permit are outstanding at a time, so that awaiting tasks do not
 *       multiply without bound.
 *   <li>A task whose await is over takes the permit if it is idle, or a free one of the pool.
 *       Otherwise it waits for either, ahead of all tasks in the pool's queue.
 *   <li>It goes on without a permit only if its thread was interrupted, if it is itself cancelled,
 *       or if the permit is used by a cancelled task that it has lent to, or by one that such a
 *       task has lent to: work that ignores its interrupt must not delay the end of an await.
 *   <li>When the last sharer has ended, the permit goes back to the pool.
 * </ol>
 *
 * <p>So at most one sharer runs, except under rule 5, and no permit is created or lost.
 *
 * <p>Each step is O(1) on average, however many sharers there are: an await that has nothing to
 * lend to leaves {@link #lenders}, and comes back when a task that it awaits is queued. The
 * exception is rule 5, which searches the loans between the two tasks.
 *
 * <p>Guarded by the pool's lock.
 */
final class SharedPermit {
    static final int MAX_SIDE_LOANS = 16;

    /**
     * Sharers that have no borrower and await something that may have a waiting task; the newest
     * await first.
     */
    private final ShareList lenders = new ShareList();

    /** Like {@link #lenders}, but with a borrower, so that a further loan is a side loan. */
    private final ShareList sideLenders = new ShareList();

    /** Sharers whose await is over and that wait for a permit, in order of arrival. */
    private final ShareList returning = new ShareList();

    /** Sharers that go on without the permit. */
    private final ShareList beside = new ShareList();

    /** Sharer that runs on the permit; null while the permit is idle. */
    private @Nullable PermitShare user;

    /** Number of tasks that share the permit. */
    private int sharers = 1;

    /** Number of sharers that have a borrower. */
    private int lending;

    /** Creates a permit that one task has to itself. */
    SharedPermit(PermitShare first) {
        user = first;
    }

    boolean isIdle() {
        return user == null;
    }

    /** Returns the number of tasks that share the permit; 0 once it is the pool's again. */
    int sharers() {
        return sharers;
    }

    boolean goesBeside(PermitShare share) {
        return share.inPermit.isIn(beside);
    }

    /** Records that the sharer has begun an await. */
    void await(PermitShare share, PermitShare.Await await) {
        if (user == share) {
            user = null;
        } else {
            share.inPermit.leave();
        }
        if (await.queue() != null) {
            addLender(share);
        }
    }

    /** Adds a sharer that is in no list and awaits something that may have a waiting task. */
    private void addLender(PermitShare share) {
        (share.borrowers == 0 ? lenders : sideLenders).addFirst(share.inPermit);
    }

    /** Gives the permit, which is idle, to the sharer. */
    void use(PermitShare share) {
        share.inPermit.leave();
        user = share;
    }

    void goBeside(PermitShare share) {
        share.inPermit.leave();
        beside.addLast(share.inPermit);
    }

    void waitToGoOn(PermitShare share) {
        share.inPermit.leave();
        returning.addLast(share.inPermit);
    }

    /**
     * Records that a task that the sharer awaits was queued, but the permit is in use or may not be
     * lent.
     */
    void remember(PermitShare lender) {
        lender.inPermit.leave();
        addLender(lender);
    }

    /**
     * Returns whether the permit can be lent now for the sharer's await.
     *
     * @param lender a sharer that awaits
     */
    boolean mayLendFor(PermitShare lender) {
        return user == null && (lender.borrowers == 0 || mayLendOnTheSide());
    }

    /**
     * Returns whether another side loan is allowed. Each sharer but the first has a lender, and one
     * borrower of each lender is not counted.
     */
    private boolean mayLendOnTheSide() {
        return sharers - 1 - lending < MAX_SIDE_LOANS;
    }

    /** Lends the idle permit to a task that the lender awaits. Changes nothing if this fails. */
    PermitShare lend(PermitShare lender, TaskImpl<?> task) {
        PermitShare loan = new PermitShare(task, this, lender);
        lender.inPermit.leave();
        lending += lender.borrowers++ == 0 ? 1 : 0;
        addLender(lender);
        sharers++;
        user = loan;
        return loan;
    }

    /** Removes a sharer that has ended or has got another permit. */
    void leave(PermitShare share) {
        PermitShare lender = share.lender();
        if (lender != null) {
            // Its own borrowers become the lender's.
            lender.borrowers += share.borrowers - 1;
            if (lender.borrowers == 0) {
                lending--;
                if (lender.inPermit.isIn(sideLenders)) {
                    lender.inPermit.leave();
                    addLender(lender);
                }
            }
        }
        share.inPermit.leave();
        if (user == share) {
            user = null;
        }
        share.leave();
        sharers--;
        lending -= share.borrowers > 0 ? 1 : 0;
    }

    /** Returns the sharer that gets the idle permit before it is lent to any task, or null. */
    @Nullable PermitShare next() {
        PermitShare next = beside.first();
        return next != null ? next : returning.first();
    }

    /**
     * Returns the sharer for whose await the permit is to be lent next, if there is a task; or
     * null.
     */
    @Nullable PermitShare nextLender() {
        PermitShare next = lenders.first();
        return next == null && mayLendOnTheSide() ? sideLenders.first() : next;
    }

    boolean anyReturns() {
        return !returning.isEmpty();
    }

    /**
     * Returns the first sharer that waits to go on and by rule 5 need not wait any longer, or null.
     */
    @Nullable PermitShare nextExcused() {
        for (PermitShare share = returning.first();
                share != null;
                share = returning.after(share.inPermit)) {
            if (isExcused(share)) {
                return share;
            }
        }
        return null;
    }

    /**
     * Returns whether the share's task is cancelled, or the permit's user has got it through a
     * cancelled borrower of the share. A cancelled task is interrupted only once, and may have had
     * its interrupt before.
     */
    boolean isExcused(PermitShare share) {
        if (share.task.isCancelled()) {
            return true;
        }
        PermitShare below = user;
        while (below != null) {
            PermitShare lender = below.lender();
            if (lender == share) {
                return below.task.isCancelled();
            }
            below = lender;
        }
        return false;
    }
}
