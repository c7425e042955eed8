package dev.pogo;

import org.jspecify.annotations.Nullable;

/**
 * The phase of a task that has found no permit free: its place in its pool's line. Only such a task
 * has one, so that the links of the line cost nothing to one that is admitted at once. It is in the
 * line only if {@link WaitingTasks}, to which the links belong, contains it: it may get a permit
 * before it joins.
 */
final class Place extends Phase.Waiting {
    final Task<?> task;

    /** Neighbours in the lane. */
    @Nullable Place ahead;

    /** See {@link #ahead}. */
    @Nullable Place behind;

    /** Neighbours by age in the whole pool. */
    @Nullable Place older;

    /** See {@link #older}. */
    @Nullable Place younger;

    Place(Task<?> task) {
        this.task = task;
    }
}
