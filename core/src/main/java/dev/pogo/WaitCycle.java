package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds tasks and pools that wait for each other in a circle, such as a task in each of two pools
 * that awaits one waiting in the other. No permit can be lent out of that; it ends when a wait runs
 * out of time, and the exception says why.
 *
 * <p>The search follows one way only: from a pool whose permits are all held by awaiting tasks to
 * one of those, to what that one awaits, and so on. In a real deadlock every way leads into a
 * circle. It takes one pool's lock at a time, so it may, seldom, miss a circle or put one together
 * that did not exist at any one moment; and of several awaited tasks it follows one, though for an
 * {@code awaitAny} another may be able to go on.
 */
final class WaitCycle {
    private static final int MAX_STEPS = 100;
    private static final int MAX_LOOKED_AT = 1_000;

    /** A running task that awaits another one. */
    record Step(Task<?> task, Task<?> awaited) {
        /** Apart from equals(), whose first call would link it, on whatever stack is left. */
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
     * What keeps all permits of the pool from being given back. Never throws, for a task is about
     * to have its outcome.
     *
     * @return a line for each task in the circle; empty if there is none
     */
    static List<String> through(Pool pool) {
        try {
            return from(pool.stalled());
        } catch (Throwable e) {
            return List.of();
        }
    }

    /** Likewise what has kept a thread waiting, which has just run out of time. */
    static List<String> behind(Awaitable awaited) {
        try {
            Task<?> late = undoneOf(awaited);
            return late == null ? List.of() : from(next(late));
        } catch (Throwable e) {
            return List.of();
        }
    }

    /** As the end of a sentence; empty for no circle. */
    static String describe(List<String> cycle) {
        return cycle.isEmpty() ? "" : "; tasks wait for each other: " + String.join("; ", cycle);
    }

    private static List<String> from(@Nullable Task<?> running) {
        List<Step> steps = new ArrayList<>();
        Task<?> task = running;
        while (task != null && steps.size() < MAX_STEPS) {
            Awaitable awaits = task.awaits();
            Task<?> awaited = awaits == null ? null : undoneOf(awaits);
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

    /** Who has to go on before the task can: itself, or one that holds a permit it waits for. */
    private static @Nullable Task<?> next(Task<?> undone) {
        return undone.isWaiting() ? undone.owningPool().stalled() : undone;
    }

    /** One that has no outcome, and waits for a permit if there is such a one. */
    private static @Nullable Task<?> undoneOf(Awaitable awaited) {
        Task<?> undone = null;
        List<? extends Task<?>> tasks = awaited.awaited();
        for (Task<?> task : tasks.subList(0, Math.min(tasks.size(), MAX_LOOKED_AT))) {
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
