package dev.pogo;

import java.util.function.BooleanSupplier;

/**
 * Whether it pays to yield once before a park, in the waits for one pool's tasks. It does for short
 * tasks: those of a virtual thread stand next in line for its carrier, and those of a platform
 * thread run on another processor meanwhile, so they are mostly done when it comes back. For tasks
 * that wait themselves it is lost.
 *
 * <p>So there is a credit, which each yield that has paid raises, and each other one lowers;
 * without any, one wait of 32 tries again. It is read and written without any order: a lost write
 * costs a yield or a park. While all go the same way it is not written at all.
 */
final class Yields {
    private static final int MOST = 8;

    /** Where the credit is, far enough from what else there may be in memory. */
    private static final int PLACE = 32;

    private final int[] credit = new int[2 * PLACE];

    Yields() {
        credit[PLACE] = MOST;
    }

    /**
     * Yields if that is worth a try.
     *
     * @param task what is waited for, or one of several
     * @return whether it has paid
     */
    boolean yieldFor(Task<?> task, BooleanSupplier reached) {
        int before = credit[PLACE];
        if (before == 0 && !isChosen(task.id())) {
            return false;
        }
        Thread.yield();
        boolean paid = reached.getAsBoolean();
        if (paid && before < MOST) {
            credit[PLACE] = before + 1;
        } else if (!paid && before > 0) {
            credit[PLACE] = before - 1;
        }
        return paid;
    }

    /** One id of 32, whatever place in their scopes the tasks have. */
    private static boolean isChosen(long id) {
        return id * 0x9E3779B97F4A7C15L >>> 59 == 0;
    }
}
