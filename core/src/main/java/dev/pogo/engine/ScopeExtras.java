package dev.pogo.engine;

import org.jspecify.annotations.Nullable;

import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;

/** What most scopes do not need, kept in an object of its own so that they do not pay for it. */
final class ScopeExtras {
    /**
     * What somebody has seen: all failures among the tasks before an index, which all have
     * outcomes.
     *
     * @param to the index
     * @param first the first tasks that have failed
     */
    record Shown(int to, List<TaskImpl<?>> first) {
        static final Shown NOTHING = new Shown(0, List.of());
    }

    /** Whether the first failure cancels the other tasks. Set before the first task is added. */
    boolean failFast;

    /** Whether there may be {@linkplain TaskImpl#isMapped tasks of maps}. Set before the first. */
    volatile boolean mapped;

    /** What {@link TaskFailures#showFailures} has shown. The last write wins. */
    volatile Shown shown = Shown.NOTHING;

    // The fields below are guarded by the lock of the scope's tasks.

    /** Null until a task is dismissed. */
    @Nullable DismissedTasks dismissed;

    /** Null until a task has a time limit of its own. */
    @Nullable LimitedTasks limited;

    /** Indexes of the tasks that {@link ScopeTasks#claim} has returned; null until one is. */
    @Nullable BitSet claimed;

    /** All queues, if there are many; otherwise null. */
    @Nullable IdentityHashMap<PoolImpl, ScopeQueue> queuesByPool;
}
