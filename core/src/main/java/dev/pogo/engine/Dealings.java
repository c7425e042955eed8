package dev.pogo.engine;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Callable;

/**
 * The interaction of one execution's work with Pogo: the scopes that it opens, the permits that it
 * lends while it awaits, and the hooks for its cancellation. Created when the first of these is
 * needed: most work needs none of them, and each task would pay for the fields.
 */
final class Dealings {
    /** The innermost open scope of the task's thread; used by that thread only. */
    @Nullable PogoScopeImpl innermostScope;

    /**
     * Null while the task has a permit to itself and has not awaited anything on it. Written by the
     * thread that admits the task, or by the task's thread.
     */
    volatile @Nullable PermitShare share;

    /**
     * Hooks to run if the work is cancelled; null until the work registers any, and after the end.
     * The task's thread writes this and then reads the execution's outcome; a thread that cancels
     * sets the outcome and then reads this, so one of them sees the other.
     */
    volatile @Nullable CancelHooks hooks;

    /** Work of a task that was admitted on a loan, until it is taken; otherwise null. */
    private @Nullable Callable<?> work;

    /**
     * @param loan the permit that is lent to the execution, or null if it has its own
     * @param work the work, if there is a loan
     */
    Dealings(@Nullable PermitShare loan, @Nullable Callable<?> work) {
        this.share = loan;
        this.work = work;
    }

    @Nullable Callable<?> takeWork() {
        Callable<?> taken = work;
        work = null;
        return taken;
    }
}
