package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashSet;
import java.util.Set;

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
     * Tasks that await all of the scope and have none to lend their permits to, since none of the
     * scope's waits here; null until there was one. Guarded by the pool's lock.
     */
    private @Nullable Set<Lending> idle;

    Lane(PogoScope scope, Pool pool, @Nullable Lane next) {
        this.scope = scope;
        this.pool = pool;
        this.next = next;
    }

    /**
     * Whether a task of this pool has opened the scope, and so can lend its permit to those here.
     */
    boolean lentTo() {
        return scope.openedIn() == pool;
    }

    void addIdle(Lending lender) {
        if (idle == null) {
            idle = new LinkedHashSet<>();
        }
        idle.add(lender);
    }

    void removeIdle(Lending lender) {
        if (idle != null) {
            idle.remove(lender);
        }
    }

    /** The one that has been idle for longest and whose await is not over, or null. */
    @Nullable Lending idle() {
        if (idle != null) {
            for (Lending lender : idle) {
                Lending.Await await = lender.await;
                if (await != null && !await.reached().getAsBoolean()) {
                    return lender;
                }
            }
        }
        return null;
    }
}
