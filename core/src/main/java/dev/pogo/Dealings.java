package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Callable;

/**
 * What the work of one execution has to do with Pogo itself: the scopes that it opens, the permits
 * that it lends while it awaits, and what it wants done if it is cancelled. Made for the first of
 * these, because most work does none of it and each task would pay for the fields.
 */
final class Dealings {
    /** Innermost open scope of the task's thread; used by that thread only. */
    @Nullable PogoScope innermostScope;

    /**
     * Null while it has a permit to itself and has not awaited anything on it; written by who
     * admits the task, or by its thread.
     */
    volatile @Nullable PermitShare share;

    /**
     * What the work wants done if it is cancelled; null until it asks for anything, and after the
     * end. Written by the task's thread, which looks at the execution's outcome afterwards; who
     * cancels does it the other way round, so one of them sees the other.
     */
    volatile @Nullable CancelHooks hooks;

    /** The work of a task that was admitted on a loan, until it is taken; else null. */
    private @Nullable Callable<?> work;

    /**
     * @param loan the permit that is lent to the execution, or null for one of its own
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
