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

    /** The scope's lanes in other pools, or null after the last. */
    final @Nullable Lane next;

    /** The scope's tasks that wait here, in the order in which they lined up. */
    @Nullable Task<?> first;

    /** See {@link #first}. Both, and all below, belong to {@link WaitingTasks}. */
    @Nullable Task<?> last;

    /** Neighbours in the pool's round; of lanes that have waiting tasks only. */
    @Nullable Lane before;

    /** See {@link #before}. */
    @Nullable Lane after;

    Lane(PogoScope scope, Pool pool, @Nullable Lane next) {
        this.scope = scope;
        this.pool = pool;
        this.next = next;
    }
}
