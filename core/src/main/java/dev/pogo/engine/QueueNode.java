package dev.pogo.engine;

import org.jspecify.annotations.Nullable;

/**
 * The state of a task that has found no free permit, and its node in the pool's {@link
 * WaitingTasks}, which owns the links. Only such a task has a node, so the links cost nothing for a
 * task that is admitted at once. The task may get a permit before its node is added.
 */
final class QueueNode extends TaskState.Waiting {
    final TaskImpl<?> task;

    /** Neighbour in the queue. */
    @Nullable QueueNode ahead;

    /** See {@link #ahead}. */
    @Nullable QueueNode behind;

    /** Neighbour by age in the whole pool. */
    @Nullable QueueNode older;

    /** See {@link #older}. */
    @Nullable QueueNode younger;

    QueueNode(TaskImpl<?> task) {
        this.task = task;
    }
}
