package dev.pogo.engine;

import org.jspecify.annotations.Nullable;

import java.util.function.BooleanSupplier;

/**
 * One task's part in a {@link SharedPermit}. Created when the task first awaits something, or when
 * it is admitted on a permit that is lent to it. Unless stated otherwise, fields are guarded by the
 * lock of the task's pool.
 */
final class PermitShare {
    /** A thread's await of something; also tells whether the await is over. */
    static final class Await implements BooleanSupplier {
        /** Null for a channel, as it is not known which task the thread waits for. */
        final @Nullable WaitList awaited;

        /**
         * Queue in which tasks of {@link #awaited} wait, in the pool of the awaiting task; null if
         * none wait there.
         */
        private final @Nullable ScopeQueue queue;

        private final BooleanSupplier reached;

        /**
         * Whether the await is over. Stays true once any thread has seen it to be true, even if the
         * condition no longer holds: the pool may have relied on it and left the permit idle for
         * the thread, which then must not wait any longer.
         */
        private volatile boolean over;

        Await(@Nullable WaitList awaited, @Nullable ScopeQueue queue, BooleanSupplier reached) {
            this.awaited = awaited;
            this.queue = queue;
            this.reached = reached;
        }

        /** Returns an await of a channel or a wait group. */
        static Await ofChannel() {
            return new Await(null, null, () -> false);
        }

        @Override
        public boolean getAsBoolean() {
            if (!over && reached.getAsBoolean()) {
                over = true;
            }
            return over;
        }

        @Nullable ScopeQueue queue() {
            return queue;
        }

        /** Returns the node of an awaited task that waits in the pool, or null. */
        @Nullable QueueNode nextWaiting(WaitingTasks waiting) {
            return queue == null || awaited == null ? null : awaited.nextWaiting(queue, waiting);
        }

        /** Creates the list of {@link #idleLenders}, if there is to be one. */
        void makeIdleLenders() {
            ScopeQueue growing = growing();
            if (growing != null) {
                growing.makeIdleLenders();
            }
        }

        /** Returns the list in which later tasks find the lender, or null if there can be none. */
        @Nullable ShareList idleLenders() {
            ScopeQueue growing = growing();
            return growing == null ? null : growing.idleLenders();
        }

        private @Nullable ScopeQueue growing() {
            return awaited != null && awaited.mayGrow() ? queue : null;
        }
    }

    final TaskImpl<?> task;

    /** Link in at most one list of the permit, or in the idle lenders of a queue. */
    final ShareList.Link inPermit = new ShareList.Link(this);

    /** Link in the pool's lists of tasks that await and of tasks that return. */
    final ShareList.Link inPool = new ShareList.Link(this);

    /** Null once the task has ended or has got another permit. Also read without the lock. */
    private volatile @Nullable SharedPermit permit;

    /**
     * Sharer for whose await the permit was lent; null if this task was the first to have it. Once
     * that sharer no longer shares the permit, it is replaced by its own lender.
     */
    private @Nullable PermitShare lender;

    /** Number of sharers whose {@link #lender()} is this one. */
    int borrowers;

    /** Null while the thread does not await anything. Written by the thread, with the lock held. */
    volatile @Nullable Await await;

    /** The thread that awaits; null until its first await, and so for a task not yet started. */
    private @Nullable Thread thread;

    /**
     * Whether the thread's await is over and the thread waits for a permit to go on. Set by the
     * thread; cleared by the thread that gives it a permit or excuses it from waiting for one, or
     * by the thread itself when it is interrupted.
     */
    private volatile boolean returns;

    /** Creates the share of a task that has a permit to itself so far. */
    PermitShare(TaskImpl<?> task) {
        this.task = task;
        this.permit = new SharedPermit(this);
    }

    /** Creates the share of a task to which the permit is lent. */
    PermitShare(TaskImpl<?> task, SharedPermit permit, PermitShare lender) {
        this.task = task;
        this.permit = permit;
        this.lender = lender;
    }

    /** Records that the thread is about to await something. */
    void begin(Await begun) {
        thread = Thread.currentThread();
        await = begun;
    }

    /** Returns the thread to wake when it has a permit, or null if it has not been started. */
    @Nullable Thread thread() {
        return thread;
    }

    /** Returns the permit, or null once the task has ended or has got another one. */
    @Nullable SharedPermit permit() {
        return permit;
    }

    /** Records that the task has ended or has got another permit. */
    void leave() {
        permit = null;
    }

    boolean returns() {
        return returns;
    }

    void setReturns(boolean waits) {
        returns = waits;
    }

    /**
     * Returns the sharer for whose await this one runs; null if no current sharer has lent the
     * permit.
     */
    @Nullable PermitShare lender() {
        while (lender != null && lender.permit != permit) {
            lender = lender.lender;
        }
        return lender;
    }
}
