package dev.pogo;

import org.jspecify.annotations.Nullable;

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
 */
final class Lending {
    final Task<?> task;

    /** Whose permit this execution runs on; null if it is its own. Guarded by the pool's lock. */
    @Nullable Lending lender;

    /** Who runs on this one's permit, if anybody does. Guarded by the pool's lock. */
    @Nullable Lending borrower;

    /** Whose waiting tasks it may lend to while it awaits; guarded by the pool's lock. */
    @Nullable Lane lane;

    /** What its thread awaits, or null. Written under the pool's lock. */
    volatile @Nullable Awaitable awaits;

    Lending(Task<?> task) {
        this.task = task;
    }

    /** Takes this one out from between its lender, if any, and its borrower; with the lock held. */
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
}
