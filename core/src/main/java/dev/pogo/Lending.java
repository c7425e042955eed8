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
 * <p>Should both of them wait then, the permit lies idle at the end of the chain, with the
 * borrower, and goes to a task that anybody further up awaits.
 *
 * <p>All but {@link #await} is guarded by the pool's lock.
 */
final class Lending {
    /** How far up and down a chain is searched; longer ones have tasks that can go on. */
    private static final int MAX_SEARCHED = 100;

    /**
     * What a thread awaits.
     *
     * @param lane where tasks of this wait in the pool of the one who awaits, or null if they do
     *     not
     * @param reached whether the await is over
     */
    record Await(Awaitable awaited, @Nullable Lane lane, BooleanSupplier reached) {
        /** A task that it could lend a permit to, or null; with the pool's lock held. */
        @Nullable Task<?> nextWaiting(WaitingTasks waiting) {
            return lane == null || reached.getAsBoolean()
                    ? null
                    : awaited.nextWaiting(lane, waiting);
        }
    }

    final Task<?> task;

    /** Whose permit this execution runs on; null if it is its own. */
    private @Nullable Lending lender;

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
        borrower = loan;
    }

    /** Takes this one out from between its lender, if any, and its borrower, if any. */
    void leave() {
        if (lender != null) {
            lender.borrower = borrower;
        }
        if (borrower != null) {
            borrower.lender = lender;
        }
        lender = null;
        borrower = null;
    }

    /** The one at the end of the chain, which has the permit; null if that is too far. */
    @Nullable Lending last() {
        Lending last = this;
        for (int i = 0; last.borrower != null; i++) {
            if (i == MAX_SEARCHED) {
                return null;
            }
            last = last.borrower;
        }
        return last;
    }

    /** A waiting task that this one awaits, or else one from whom it has the permit. */
    @Nullable Task<?> nextWaiting(WaitingTasks waiting) {
        Lending one = this;
        for (int i = 0; one != null && i < MAX_SEARCHED; i++) {
            Await awaits = one.await;
            Task<?> next = awaits == null ? null : awaits.nextWaiting(waiting);
            if (next != null) {
                return next;
            }
            one = one.lender;
        }
        return null;
    }
}
