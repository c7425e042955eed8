package dev.pogo.channel;

import org.jspecify.annotations.Nullable;

/**
 * A waiter's place in the line of those who wait for one thing: for an element, for room, for a
 * task. The fields below are guarded by the lock of that thing; once its waiter is chosen for it,
 * the place is the waiter's alone.
 */
sealed class Place permits Waiter {
    final Waiter waiter;

    /** Which of the waiter's places this is. */
    final int number;

    /**
     * What its pusher gives, or what its popper gets; {@link Channel#CLOSED} for both, if they are
     * told of that.
     */
    @Nullable Object element;

    /** The line in which it stands, or null. */
    @Nullable WaitingLine line;

    /** Neighbours in the line, to which both belong. */
    @Nullable Place ahead;

    /** See {@link #ahead}. */
    @Nullable Place behind;

    Place(Waiter waiter, int number) {
        this.waiter = waiter;
        this.number = number;
    }

    /** For a waiter, which is the first of its own places. */
    Place() {
        this.waiter = (Waiter) this;
        this.number = 0;
    }
}
