package dev.pogo;

import org.jspecify.annotations.Nullable;

/**
 * What one scope has in one pool: its waiting tasks there, and its turn among the pool's other
 * scopes. Made with the scope's first task in the pool, so that each task needs to know only its
 * lane.
 */
final class Lane {
    final PogoScope scope;
    final Pool pool;

    /** Where the scope takes its permits from, and gives them back to; see {@link Permits}. */
    final int stripe;

    /** The scope's lanes in other pools, or null after the last. */
    final @Nullable Lane next;

    /** The scope's tasks that wait here, in the order in which they lined up. */
    @Nullable Place first;

    /** See {@link #first}. Both, and the next three, belong to {@link WaitingTasks}. */
    @Nullable Place last;

    /** How many wait. */
    int waiting;

    /** Neighbours in the pool's round; of lanes that have waiting tasks only. */
    @Nullable Lane before;

    /** See {@link #before}. */
    @Nullable Lane after;

    /**
     * Tasks that await the whole scope, and whose permits lay idle because none of its tasks was
     * waiting here; null before the first. Guarded by the pool's lock.
     */
    private @Nullable ShareList idleLenders;

    Lane(PogoScope scope, Pool pool, @Nullable Lane next) {
        this.scope = scope;
        this.pool = pool;
        this.stripe = pool.stripe(scope);
        this.next = next;
    }

    /**
     * Whether a task of this pool has opened the scope, and so can lend its permit to those here.
     */
    boolean lentTo() {
        return scope.openedIn() == pool;
    }

    /** Makes sure that {@link #idleLenders} gives a list. */
    void makeIdleLenders() {
        if (idleLenders == null) {
            idleLenders = new ShareList();
        }
    }

    @Nullable ShareList idleLenders() {
        return idleLenders;
    }
}
