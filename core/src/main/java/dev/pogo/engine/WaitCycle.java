package dev.pogo.engine;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds tasks and pools that wait for each other in a cycle, such as a task in each of two pools
 * that awaits a task waiting in the other. No loan of a permit resolves that; it ends when a wait
 * times out, and the exception says why.
 *
 * <p>The search follows a single path: from a pool whose permits are all held by awaiting tasks to
 * one of those tasks, to what that task awaits, and so on. In a real deadlock every path leads into
 * a cycle. The search takes one pool's lock at a time, so in rare cases it may miss a cycle, or
 * assemble one that did not exist at any one moment. Of several awaited tasks it follows one,
 * though for an {@code awaitAny} another may be able to go on.
 */
final class WaitCycle {
    private static final int MAX_STEPS = 100;
    private static final int MAX_LOOKED_AT = 1_000;

    /** A running task that awaits another task. */
    record Step(TaskImpl<?> task, TaskImpl<?> awaited) {
        /** Separate from equals(), whose first call would link it, on whatever stack is left. */
        boolean isSame(Step other) {
            return task == other.task && awaited == other.awaited;
        }

        @Override
        public String toString() {
            return "%s, which runs in %s, awaits %s, which %s %s"
                    .formatted(
                            task.name(),
                            task.pool(),
                            awaited.name(),
                            awaited.isWaiting() ? "waits for" : "runs in",
                            awaited.pool());
        }
    }

    private WaitCycle() {}

    /**
     * Returns the cycle that keeps all permits of the pool from being given back. Never throws,
     * because a task is about to have its outcome.
     *
     * @return a line for each task in the cycle; empty if there is none
     */
    static List<String> through(PoolState pool) {
        try {
            return from(pool.stalled());
        } catch (Throwable e) {
            return List.of();
        }
    }

    /** Like {@link #through}, for the wait list of a thread whose wait has just timed out. */
    static List<String> behind(WaitList awaited) {
        try {
            TaskImpl<?> late = undoneOf(awaited);
            return late == null ? List.of() : from(next(late));
        } catch (Throwable e) {
            return List.of();
        }
    }

    private static List<String> from(@Nullable TaskImpl<?> running) {
        List<Step> steps = new ArrayList<>();
        TaskImpl<?> task = running;
        while (task != null && steps.size() < MAX_STEPS) {
            WaitList awaits = task.awaits();
            TaskImpl<?> awaited = awaits == null ? null : undoneOf(awaits);
            if (awaited == null) {
                break;
            }
            Step step = new Step(task, awaited);
            List<String> circle = new ArrayList<>();
            for (Step earlier : steps) {
                if (!circle.isEmpty() || earlier.isSame(step)) {
                    circle.add(earlier.toString());
                }
            }
            if (!circle.isEmpty()) {
                return List.copyOf(circle);
            }
            steps.add(step);
            task = next(awaited);
        }
        return List.of();
    }

    /**
     * Returns the task that has to go on before the given task can: the task itself, or one that
     * holds a permit that it waits for.
     */
    private static @Nullable TaskImpl<?> next(TaskImpl<?> undone) {
        return undone.isWaiting() ? undone.owningPool().stalled() : undone;
    }

    /** Returns an awaited task that has no outcome, preferably one that waits for a permit. */
    private static @Nullable TaskImpl<?> undoneOf(WaitList awaited) {
        TaskImpl<?> undone = null;
        List<? extends TaskImpl<?>> tasks = awaited.awaited();
        for (TaskImpl<?> task : tasks.subList(0, Math.min(tasks.size(), MAX_LOOKED_AT))) {
            if (task.isWaiting()) {
                return task;
            }
            if (undone == null && !task.done()) {
                undone = task;
            }
        }
        return undone;
    }
}
