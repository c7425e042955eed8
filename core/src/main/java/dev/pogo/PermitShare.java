package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.util.function.BooleanSupplier;

/**
 * One task's part in a {@link SharedPermit}. It is made when the task first awaits something, or
 * when it is admitted on a permit that is lent to it. All fields that do not say otherwise are
 * guarded by the lock of the task's pool.
 */
final class PermitShare {
    /** What a thread awaits; also tells whether the await is over. */
    static final class Await implements BooleanSupplier {
        /** Null for a channel, of which no task is known that it waits for. */
        final @Nullable Awaitable awaited;

        /**
         * Where tasks of {@link #awaited} wait in the pool of the one who awaits, or null if they
         * do not.
         */
        private final @Nullable Lane lane;

        private final BooleanSupplier reached;

        /**
         * Whether the await is over. Stays true once anybody has seen it so, even if what was
         * reached has changed since: the pool may have relied on it and left the permit idle for
         * the thread, which then must not wait on.
         */
        private volatile boolean over;

        Await(@Nullable Awaitable awaited, @Nullable Lane lane, BooleanSupplier reached) {
            this.awaited = awaited;
            this.lane = lane;
            this.reached = reached;
        }

        /** An await of a channel or a wait group. */
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

        @Nullable Lane lane() {
            return lane;
        }

        /** An awaited task that waits in the pool, or null. */
        @Nullable Place nextWaiting(WaitingTasks waiting) {
            return lane == null || awaited == null ? null : awaited.nextWaiting(lane, waiting);
        }

        /** Makes the list of {@link #idleLenders}, if there is to be one. */
        void makeIdleLenders() {
            Lane growing = growing();
            if (growing != null) {
                growing.makeIdleLenders();
            }
        }

        /** Where its lender is found by tasks that come later; null if none can come. */
        @Nullable ShareList idleLenders() {
            Lane growing = growing();
            return growing == null ? null : growing.idleLenders();
        }

        private @Nullable Lane growing() {
            return awaited != null && awaited.mayGrow() ? lane : null;
        }
    }

    final Task<?> task;

    /** Its place in at most one list of its permit, or among the idle lenders of a lane. */
    final ShareList.Link inPermit = new ShareList.Link(this);

    /** Its place in the pool's lists of tasks that await and of tasks that return. */
    final ShareList.Link inPool = new ShareList.Link(this);

    /** Null once the task has ended or has got another permit; also read without the lock. */
    private volatile @Nullable SharedPermit permit;

    /**
     * Whose await the permit was lent for; null if this task was the first to have it. Once that
     * one shares the permit no longer, it is replaced by its own lender.
     */
    private @Nullable PermitShare lender;

    /** How many sharers have this one as their {@link #lender()}. */
    int borrowers;

    /** Null while the thread does not await anything. Written under the lock, by the thread. */
    volatile @Nullable Await await;

    /** The thread that awaits; null until it first does, which is so for a task not yet started. */
    private @Nullable Thread thread;

    /**
     * Whether the thread's await is over and the thread waits for a permit to go on with. Set by
     * the thread; cleared by whoever gives it a permit or excuses it from waiting for one, or by
     * the thread itself when it is interrupted.
     */
    private volatile boolean returns;

    /** The share of a task that has a permit to itself so far. */
    PermitShare(Task<?> task) {
        this.task = task;
        this.permit = new SharedPermit(this);
    }

    /** The share of a task that the permit is lent to. */
    PermitShare(Task<?> task, SharedPermit permit, PermitShare lender) {
        this.task = task;
        this.permit = permit;
        this.lender = lender;
    }

    /** The thread is about to await something. */
    void begin(Await begun) {
        thread = Thread.currentThread();
        await = begun;
    }

    /** The thread that is to be woken when it has a permit; null if it has not been started. */
    @Nullable Thread thread() {
        return thread;
    }

    /** The permit, or null once the task has ended or has got another one. */
    @Nullable SharedPermit permit() {
        return permit;
    }

    /** The task has ended or has got another permit. */
    void leave() {
        permit = null;
    }

    boolean returns() {
        return returns;
    }

    void setReturns(boolean waits) {
        returns = waits;
    }

    /** Whose await this one runs for; null if nobody who shares the permit has lent it. */
    @Nullable PermitShare lender() {
        while (lender != null && lender.permit != permit) {
            lender = lender.lender;
        }
        return lender;
    }
}
