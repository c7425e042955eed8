package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.util.function.BooleanSupplier;

/**
 * One execution's part in lending permits; made when it first awaits something, or runs on a permit
 * that is not its own.
 *
 * <p>A task that awaits tasks of its own pool has no use for its permit meanwhile, and they may be
 * waiting for just that one. So it lends it to one of them, then to the next. Nobody else gets it
 * in between: it goes back to its lender when the borrower has ended, and so it is there again when
 * the await is over. A borrower may lend it in its turn.
 *
 * <pre>
 * grandparent ──lends──▶ parent ──lends──▶ child
 * </pre>
 *
 * <p>An await can end before the borrower has: it was interrupted, ran out of time, or another task
 * won the race. The lender then goes on beside its borrower, on the same permit, because to wait
 * for work that may be ignoring its interrupt would make the await late. When one of the two has
 * ended, the permit is the other's. So no permit is ever made or lost, and what runs beside the
 * bound is only what has been cancelled and not stopped yet, or what an interrupted thread has left
 * alone.
 *
 * <p>Should both of them wait then, the permit lies idle with the borrower. It is lent from there
 * to a task that the lender awaits now. It is not while the lender still awaits what it has lent
 * the permit for: then it is the borrower's, which may go on at any moment.
 *
 * <p>All but {@link #await} is guarded by the pool's lock.
 */
final class Lending {
    /**
     * What a thread awaits.
     *
     * @param lane where tasks of this wait in the pool of the one who awaits, or null if they do
     *     not
     * @param reached whether the await is over
     */
    record Await(Awaitable awaited, @Nullable Lane lane, BooleanSupplier reached) {
        /**
         * Where a task waits that it could lend a permit to, or null; with the pool's lock held.
         */
        @Nullable Place nextWaiting(WaitingTasks waiting) {
            return lane == null || reached.getAsBoolean()
                    ? null
                    : awaited.nextWaiting(lane, waiting);
        }
    }

    final Task<?> task;

    /** Whose permit this execution runs on; null if it is its own. */
    private @Nullable Lending lender;

    /** What the permit was lent for. */
    private @Nullable Await lentFor;

    /** Who runs on this one's permit, if anybody does. */
    private @Nullable Lending borrower;

    /** Null while its thread does not await anything. Written under the pool's lock. */
    volatile @Nullable Await await;

    Lending(Task<?> task) {
        this.task = task;
    }

    @Nullable Lending lender() {
        return lender;
    }

    boolean hasLent() {
        return borrower != null;
    }

    void lendTo(Lending loan) {
        loan.lender = this;
        loan.lentFor = await;
        borrower = loan;
    }

    /** Takes this one out from between its lender, if any, and its borrower, if any. */
    void leave() {
        if (lender != null) {
            lender.borrower = borrower;
        }
        if (borrower != null) {
            borrower.lender = lender;
            borrower.lentFor = lentFor;
        }
        lender = null;
        lentFor = null;
        borrower = null;
    }

    /** Who has this one's permit: itself, its borrower, or null if that has lent it further. */
    @Nullable Lending holder() {
        if (borrower == null) {
            return this;
        }
        return borrower.borrower == null ? borrower : null;
    }

    /** Where a task waits that this one awaits, or its lender has come to await since it lent. */
    @Nullable Place nextWaiting(WaitingTasks waiting) {
        Await mine = await;
        Place own = mine == null ? null : mine.nextWaiting(waiting);
        if (own != null || lender == null) {
            return own;
        }
        Await lenders = lender.await;
        return lenders == null || lenders == lentFor ? null : lenders.nextWaiting(waiting);
    }
}
