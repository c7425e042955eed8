package dev.pogo;

import java.util.function.BooleanSupplier;

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
     * Yields if that is worth a try.
     *
     * @param task what is waited for, or one of several
     * @param first whether the thread has not waited for tasks of this scope before
     * @return whether it has paid
     */
    boolean yieldFor(Task<?> task, boolean first, BooleanSupplier reached) {
        int place = first ? PLACE : PLACE + 1;
        int before = credits[place];
        if (before == 0 && !isChosen(task.id())) {
            return false;
        }
        Thread.yield();
        boolean paid = reached.getAsBoolean();
        if (paid && before < MOST) {
            credits[place] = before + 1;
        } else if (!paid && before > 0) {
            credits[place] = before - 1;
        }
        return paid;
    }

    /** One id of 32, whatever place in their scopes the tasks have. */
    private static boolean isChosen(long id) {
        return id * 0x9E37_79B9_7F4A_7C15L >>> 59 == 0;
    }
}
