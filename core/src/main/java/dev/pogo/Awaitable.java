package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Something that threads wait for: a task's outcome, a scope's last task, the first of several.
 * Whoever changes it changes its state first and calls {@link #wakeAll()} then; whoever waits
 * enlists first and looks at the state then. Both steps are volatile on both sides, so one of the
 * two sees the other.
 *
 * <p>The waiters are a stack without a lock. One that leaves early (interrupted, timed out) stays
 * in it, marked, until it is swept out. Enlisting sweeps whenever the stack has become twice as
 * high as the last sweep left it, which costs O(1) for each waiter on average and keeps the stack
 * in proportion to those who really wait.
 */
abstract sealed class Awaitable permits Task, ScopeTasks, AwaitedTasks, Completions {
    /** One thread's wish to be told; belongs to one awaitable and is told at most once. */
    abstract static class Waiter {
        /**
         * A waiter further down, with only such between as are over. Written by the enlisting
         * thread before this one is published, and by sweeping threads, which all skip more only.
         */
        private volatile @Nullable Waiter below;

        /**
         * How many waiters there are at most from here down, and at how many to sweep. Written like
         * {@link #below}; a value that is read late costs a sweep or delays one.
         */
        private int height;

        private int sweepHeight;

        /** Changed to true once: by compare-and-set for who wakes it, or by leaving. */
        private volatile boolean over;

        /** Called at most once, by a thread that has seen the changed state; must not block. */
        abstract void wake();

        /** Wakes it, unless it has been woken or has left. */
        final void tell() {
            if (!over && OVER.compareAndSet(this, false, true)) {
                wake();
            }
        }

        /** Whether it has been woken or has left, or nobody is there to be woken. */
        boolean isOver() {
            return over;
        }

        /** Says that nobody needs to be woken any more. */
        final void leave() {
            over = true;
        }
    }

    private static final class ParkedThread extends Waiter {
        private final Thread thread = Thread.currentThread();

        @Override
        void wake() {
            LockSupport.unpark(thread);
        }
    }

    private static final int MIN_SWEEP_HEIGHT = 16;
    private static final VarHandle WAITERS;
    private static final VarHandle OVER;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            WAITERS = lookup.findVarHandle(Awaitable.class, "waiters", Waiter.class);
            OVER = lookup.findVarHandle(Waiter.class, "over", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Top of the stack; changed by compare-and-set only. */
    private volatile @Nullable Waiter waiters;

    /** Adds a waiter, which is woken by the next {@link #wakeAll()}. */
    final void enlist(Waiter waiter) {
        while (true) {
            Waiter top = waiters;
            Waiter live = firstLive(top);
            waiter.below = live;
            waiter.height = live == null ? 1 : live.height + 1;
            waiter.sweepHeight = live == null ? MIN_SWEEP_HEIGHT : live.sweepHeight;
            if (waiter.height >= waiter.sweepHeight) {
                sweep(waiter);
            }
            if (WAITERS.compareAndSet(this, top, waiter)) {
                return;
            }
        }
    }

    private static @Nullable Waiter firstLive(@Nullable Waiter from) {
        Waiter waiter = from;
        while (waiter != null && waiter.isOver()) {
            waiter = waiter.below;
        }
        return waiter;
    }

    /** Unlinks those that are over below a waiter that is not published yet. */
    private static void sweep(Waiter top) {
        int height = 1;
        Waiter above = top;
        for (Waiter live = firstLive(top.below); live != null; live = firstLive(live.below)) {
            above.below = live;
            above = live;
            height++;
        }
        above.below = null;
        top.height = height;
        top.sweepHeight = Math.max(MIN_SWEEP_HEIGHT, 2 * height);
        Waiter next = top.below;
        if (next != null) {
            // Should the top leave soon, the next one to enlist starts from here.
            next.height = height - 1;
            next.sweepHeight = top.sweepHeight;
        }
    }

    /** Wakes every waiter enlisted so far. Called after the state has changed. */
    final void wakeAll() {
        if (waiters == null) {
            return;
        }
        Waiter waiter = (Waiter) WAITERS.getAndSet(this, null);
        for (; waiter != null; waiter = waiter.below) {
            waiter.tell();
        }
    }

    /**
     * Where tasks of this wait in the pool, or null if there cannot be any; called once, before.
     */
    abstract @Nullable Lane laneIn(Pool pool);

    /** Where one of them waits there now, or null; called with the pool's lock held. */
    abstract @Nullable Place nextWaiting(Lane lane, WaitingTasks waiting);

    /** Whether tasks may come to it later. */
    abstract boolean mayGrow();

    /** The tasks that make the state change. */
    abstract List<? extends Task<?>> awaited();

    /** What is done at the end of a wait, while the permit of the waiting task is still lent. */
    @FunctionalInterface
    interface Conclusion {
        /**
         * Cancels what the waiting thread does not want any more.
         *
         * @param reached whether the state was reached, and not the deadline
         */
        void conclude(boolean reached);
    }

    /**
     * Waits like {@link #waitUntil} for what tasks bring about, and then concludes, unless the wait
     * was interrupted. If the caller is a task itself, it lends them its permit meanwhile, and goes
     * on when it has a permit again: so what is cancelled at the end of the wait is so before.
     */
    final boolean awaitUntil(BooleanSupplier reached, long deadline, Conclusion conclusion)
            throws InterruptedException {
        Execution caller = Execution.current();
        if (caller == null
                || caller.isAwaiting() // a listener or a hook, which the thread runs meanwhile
                || reached.getAsBoolean()
                || Thread.currentThread().isInterrupted()
                || deadline - System.nanoTime() <= 0) {
            return waitAndConclude(reached, deadline, conclusion);
        }
        BooleanSupplier over = caller.beginAwait(this, reached);
        boolean interrupted = false;
        try {
            return waitAndConclude(over, deadline, conclusion);
        } catch (InterruptedException e) {
            interrupted = true;
            throw e;
        } finally {
            caller.endAwait(interrupted);
        }
    }

    private boolean waitAndConclude(BooleanSupplier reached, long deadline, Conclusion conclusion)
            throws InterruptedException {
        boolean inTime = waitUntil(reached, deadline);
        conclusion.conclude(inTime);
        return inTime;
    }

    /**
     * Waits until the state is reached, at most until the deadline.
     *
     * <p>A thread yields once before it parks, as a short task that it has just spawned is mostly
     * done when it comes back, which saves the park: a virtual thread's tasks stand next in line
     * for its carrier, and those of a platform thread run on another processor meanwhile.
     *
     * @param reached looks at the state; what changes it calls {@link #wakeAll()} afterwards
     * @param deadline in terms of {@link System#nanoTime()}
     * @return whether the state is reached
     * @throws InterruptedException if the thread is interrupted before
     */
    final boolean waitUntil(BooleanSupplier reached, long deadline) throws InterruptedException {
        if (reached.getAsBoolean()) {
            return true;
        }
        if (deadline - System.nanoTime() > 0) {
            Thread.yield();
        }
        Waiter waiter = null;
        try {
            while (!reached.getAsBoolean()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                long nanos = deadline - System.nanoTime();
                if (nanos <= 0) {
                    return false;
                }
                if (waiter == null || waiter.isOver()) {
                    waiter = new ParkedThread();
                    enlist(waiter);
                } else {
                    LockSupport.parkNanos(this, nanos);
                }
            }
            return true;
        } finally {
            if (waiter != null) {
                waiter.leave();
            }
        }
    }
}
