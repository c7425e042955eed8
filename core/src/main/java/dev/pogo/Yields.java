package dev.pogo;

/**
 * Whether it pays to yield once before a park, in the waits for one pool's tasks. It does for short
 * tasks: those of a virtual thread stand next in line for its carrier, and those of a platform
 * thread run on another processor meanwhile, so they are mostly done when it comes back. For tasks
 * that wait themselves it is lost in a request's first wait, and may pay in the ones after it, as
 * the others are about to end by then.
 *
 * <p>So there are two credits, for first and for later waits. Each yield that has paid raises one,
 * each other one lowers it; without any, one wait of 32 tries again. They are read and written
 * without any order: a lost write costs a yield or a park. While all go the same way they are not
 * written at all.
 */
final class Yields {
    private static final int MOST = 8;

    /** Where the credits are, far enough from what else there may be in memory. */
    private static final int PLACE = 32;

    private final int[] credits = new int[2 * PLACE];

    Yields() {
        credits[PLACE] = MOST;
        credits[PLACE + 1] = MOST;
    }

    /**
     * Whether a thread should yield before it parks.
     *
     * @param task what it waits for, or one of several
     * @param first whether it has not waited for tasks of this scope before
     */
    boolean isWorthATry(Task<?> task, boolean first) {
        return credits[first ? PLACE : PLACE + 1] > 0 || isChosen(task.id());
    }

    /** It has yielded, and that has paid or not. */
    void paid(boolean paid, boolean first) {
        int place = first ? PLACE : PLACE + 1;
        int before = credits[place];
        if (paid && before < MOST) {
            credits[place] = before + 1;
        } else if (!paid && before > 0) {
            credits[place] = before - 1;
        }
    }

    /** One id of 32, whatever place in their scopes the tasks have. */
    private static boolean isChosen(long id) {
        return (id * 0x9E37_79B9_7F4A_7C15L) >>> 59 == 0;
    }
}
