package dev.pogo.channel;

import org.jspecify.annotations.Nullable;

/**
 * A waiter's node in the line for one thing: an element, room, or a task. The fields below are
 * guarded by the lock of that thing; once the waiter is chosen for this node, the node is the
 * waiter's alone.
 */
sealed class LineNode permits ThreadWait {
    final ThreadWait waiter;

    /** Index of this node among those of the waiter. */
    final int number;

    /**
     * Element that the pusher gives or the popper gets; {@link Channel#CLOSED} for both, if they
     * are notified of the close.
     */
    @Nullable Object element;

    /** Line that contains this node, or null. */
    @Nullable WaitingLine line;

    /** Neighbours in the line, which owns both fields. */
    @Nullable LineNode ahead;

    /** See {@link #ahead}. */
    @Nullable LineNode behind;

    LineNode(ThreadWait waiter, int number) {
        this.waiter = waiter;
        this.number = number;
    }

    /** For a waiter, which is the first of its own nodes. */
    LineNode() {
        this.waiter = (ThreadWait) this;
        this.number = 0;
    }
}
