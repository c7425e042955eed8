package dev.pogo.engine;

import org.jspecify.annotations.Nullable;

/**
 * The waiting tasks of one scope in one pool, and the scope's position in the round of the pool's
 * scopes. Created with the scope's first task in the pool, so that each task only needs a reference
 * to its queue.
 */
final class ScopeQueue {
    final PogoScopeImpl scope;
    final PoolImpl pool;

    /**
     * Stripe of {@link Permits} from which the scope takes permits, and to which it returns them.
     */
    final int stripe;

    /** The scope's next queue, which is in another pool; null for the last. */
    final @Nullable ScopeQueue next;

    /** Head of the scope's waiting tasks, which are in arrival order. */
    @Nullable QueueNode first;

    /** Tail; see {@link #first}. Both, and the next three, belong to {@link WaitingTasks}. */
    @Nullable QueueNode last;

    /** Number of waiting tasks. */
    int waiting;

    /** Predecessor in the pool's round, which contains only queues with waiting tasks. */
    @Nullable ScopeQueue before;

    /** Successor in the round; see {@link #before}. */
    @Nullable ScopeQueue after;

    /**
     * Tasks that await the whole scope, and whose permits became idle because none of the scope's
     * tasks was waiting here; null before the first. Guarded by the pool's lock.
     */
    private @Nullable ShareList idleLenders;

    ScopeQueue(PogoScopeImpl scope, PoolImpl pool, @Nullable ScopeQueue next) {
        this.scope = scope;
        this.pool = pool;
        this.stripe = pool.stripe(scope);
        this.next = next;
    }

    /**
     * Returns whether a task of this pool opened the scope, and so can lend its permit to tasks
     * here.
     */
    boolean lentTo() {
        return scope.openedIn() == pool;
    }

    /** Ensures that {@link #idleLenders} returns a list. */
    void makeIdleLenders() {
        if (idleLenders == null) {
            idleLenders = new ShareList();
        }
    }

    @Nullable ShareList idleLenders() {
        return idleLenders;
    }
}
