package dev.pogo.engine;

/**
 * Estimates whether it pays to yield once before a park, in waits for one pool's tasks. It does for
 * short tasks: those of a virtual thread are queued next for its carrier thread, and those of a
 * platform thread run on another processor meanwhile, so they are mostly done when the yield
 * returns. For tasks that wait themselves the yield is wasted in a request's first wait, and may
 * pay in later ones, as the other tasks are about to end by then.
 *
 * <p>So there are two credits, for first and for later waits. Each yield that has paid raises one,
 * each other yield lowers it; at zero, one wait in 32 tries again. The credits are read and written
 * without memory ordering: a lost write costs a yield or a park. While all yields have the same
 * result the credits are not written at all.
 */
final class Yields {
    private static final int MOST = 8;

    /** Index of the credits, far enough from any other data in memory. */
    private static final int PLACE = 32;

    private final int[] credits = new int[2 * PLACE];

    Yields() {
        credits[PLACE] = MOST;
        credits[PLACE + 1] = MOST;
    }

    /**
     * Returns whether a thread should yield before it parks.
     *
     * @param task the task that it waits for, or one of several
     * @param first whether it has not waited for tasks of this scope before
     */
    boolean isWorthATry(TaskImpl<?> task, boolean first) {
        return credits[first ? PLACE : PLACE + 1] > 0 || isChosen(task.id());
    }

    /** Records whether a yield has paid. */
    void paid(boolean paid, boolean first) {
        int place = first ? PLACE : PLACE + 1;
        int before = credits[place];
        if (paid && before < MOST) {
            credits[place] = before + 1;
        } else if (!paid && before > 0) {
            credits[place] = before - 1;
        }
    }

    /** Returns true for one id in 32, whatever the positions of the tasks in their scopes. */
    private static boolean isChosen(long id) {
        return (id * 0x9E37_79B9_7F4A_7C15L) >>> 59 == 0;
    }
}
