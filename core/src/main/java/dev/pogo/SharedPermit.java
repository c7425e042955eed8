package dev.pogo;

import org.jspecify.annotations.Nullable;

/**
 * One permit of a pool, and the tasks that use it in turn.
 *
 * <p>A task that awaits tasks of its own pool has no use for its permit meanwhile, and they may be
 * waiting for just that one. So the permit is lent to them:
 *
 * <ol>
 *   <li>While its user awaits something, the permit lies idle.
 *   <li>An idle permit goes to a task that goes on without one (rule 5); else to the one that has
 *       waited longest to go on (rule 4); else to a waiting task that one of the sharers awaits,
 *       and which then shares it too. Of several awaits the newest comes first. A task that lines
 *       up later, and that a sharer awaits, gets the permit then. Nobody else does: what the permit
 *       stands for, a connection say, may still be in the hands of those that await.
 *   <li>One await can have several borrowers that have not ended, for the permit is lent on when
 *       they await something in their turn. Beyond one loan for each await, at most {@value
 *       #MAX_SIDE_LOANS} loans of a permit are outstanding at a time, so that tasks which await do
 *       not multiply without bound.
 *   <li>A task whose await is over takes the permit if it is idle, or a free one of the pool.
 *       Otherwise it waits for either, before all tasks that wait in the pool's line.
 *   <li>It goes on without a permit only if its thread was interrupted, if it is cancelled itself,
 *       or if the permit is used by a task that it has lent to and that is cancelled, or by one
 *       that such a task has lent to: work that ignores its interrupt must not make an await late.
 *   <li>When the last sharer has ended, the permit goes back to the pool.
 * </ol>
 *
 * <p>So at most one sharer runs, but for rule 5; and no permit is made or lost.
 *
 * <p>Each step is O(1) on average, whatever the number of sharers: an await that has nothing to
 * lend to leaves {@link #lenders}, and comes back when a task lines up that it awaits. The
 * exception is rule 5, which looks through the loans between the two tasks.
 *
 * <p>Guarded by the pool's lock.
 */
final class SharedPermit {
    static final int MAX_SIDE_LOANS = 16;

    /**
     * Sharers that await something which may have a waiting task, and have no borrower; the newest
     * await first.
     */
    private final ShareList lenders = new ShareList();

    /** Likewise those that have a borrower, so that a further loan is one on the side. */
    private final ShareList sideLenders = new ShareList();

    /** Sharers whose await is over and that wait for a permit, in the order in which they came. */
    private final ShareList returning = new ShareList();

    /** Sharers that go on without the permit. */
    private final ShareList beside = new ShareList();

    /** Who runs on the permit; null while it lies idle. */
    private @Nullable PermitShare user;

    /** How many tasks share the permit. */
    private int sharers = 1;

    /** How many sharers have a borrower. */
    private int lending;

    /** A permit that one task has to itself. */
    SharedPermit(PermitShare first) {
        user = first;
    }

    boolean isIdle() {
        return user == null;
    }

    /** How many tasks share the permit; 0 once it is the pool's again. */
    int sharers() {
        return sharers;
    }

    boolean goesBeside(PermitShare share) {
        return share.inPermit.isIn(beside);
    }

    /** The sharer has begun an await. */
    void await(PermitShare share, PermitShare.Await await) {
        if (user == share) {
            user = null;
        } else {
            share.inPermit.leave();
        }
        if (await.lane() != null) {
            addLender(share);
        }
    }

    /** Adds one that awaits something which may have a waiting task, and is in no list. */
    private void addLender(PermitShare share) {
        (share.borrowers == 0 ? lenders : sideLenders).addFirst(share.inPermit);
    }

    /** The sharer takes the permit, which lies idle. */
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

    /** A task has lined up that the sharer awaits; but the permit is in use, or may not be lent. */
    void remember(PermitShare lender) {
        lender.inPermit.leave();
        addLender(lender);
    }

    /**
     * Whether the permit can be lent for the sharer's await now.
     *
     * @param lender one that awaits
     */
    boolean mayLendFor(PermitShare lender) {
        return user == null && (lender.borrowers == 0 || mayLendOnTheSide());
    }

    /** Each sharer but the first has a lender, and one borrower of each lender is not counted. */
    private boolean mayLendOnTheSide() {
        return sharers - 1 - lending < MAX_SIDE_LOANS;
    }

    /** Lends the idle permit to a task that the lender awaits. Changes nothing if it fails. */
    PermitShare lend(PermitShare lender, Task<?> task) {
        PermitShare loan = new PermitShare(task, this, lender);
        lender.inPermit.leave();
        lending += lender.borrowers++ == 0 ? 1 : 0;
        addLender(lender);
        sharers++;
        user = loan;
        return loan;
    }

    /** The sharer has ended, or has got another permit. */
    void leave(PermitShare share) {
        PermitShare lender = share.lender();
        if (lender != null) {
            // Its own borrowers are the lender's from now on.
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

    /** The sharer that is to have the idle permit before it is lent to anybody; or null. */
    @Nullable PermitShare next() {
        PermitShare next = beside.first();
        return next != null ? next : returning.first();
    }

    /** The sharer for whose await the permit is to be lent next, if there is a task; or null. */
    @Nullable PermitShare nextLender() {
        PermitShare next = lenders.first();
        return next == null && mayLendOnTheSide() ? sideLenders.first() : next;
    }

    boolean anyReturns() {
        return !returning.isEmpty();
    }

    /** The first of those that wait to go on and need not wait any longer by rule 5, or null. */
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
     * Whether the share's task is cancelled, or the user of the permit has got it through a
     * borrower of the share's that is. A cancelled task is interrupted once only, and may have had
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
