package dev.pogo.engine;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Something that threads wait for: a task's outcome, a scope's last task, the first of several. A
 * thread that changes the state does so first and then calls {@link #wakeAll()}. A thread that
 * waits first enlists and then checks the state. Both steps are volatile on both sides, so one of
 * the two threads sees the other.
 *
 * <p>The waiters form a lock-free stack. A waiter that leaves early (interrupted, timed out) stays
 * in it, marked, until it is swept out. Enlisting sweeps whenever the stack has become twice as
 * high as the last sweep left it, which costs O(1) per waiter on average and keeps the stack in
 * proportion to the waiters that have not left.
 */
abstract sealed class WaitList permits TaskWork, TaskList, TaskGroupWait, CompletionsImpl, Mapping {
    /** One thread's request to be woken. Belongs to one wait list; is woken at most once. */
    abstract static class Waiter {
        /**
         * A waiter further down; all waiters in between are over. Written by the enlisting thread
         * before this one is published, and by sweeping threads, which can only skip more.
         */
        private volatile @Nullable Waiter below;

        /**
         * Upper bound on the number of waiters from here down, and the number at which to sweep.
         * Written like {@link #below}; a stale value costs a sweep or delays one.
         */
        private int height;

        private int sweepHeight;

        /** Becomes true once: by compare-and-set in the thread that wakes it, or by leaving. */
        private volatile boolean over;

        /** Called at most once, by a thread that has seen the changed state. Must not block. */
        abstract void wake();

        /** Wakes it, unless it has been woken or has left. */
        final void tell() {
            if (!over && OVER.compareAndSet(this, false, true)) {
                wake();
            }
        }

        /** Returns whether it has been woken or has left, or there is no thread to wake. */
        boolean isOver() {
            return over;
        }

        /** Leaves, since no thread needs to be woken any more. */
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

    /** The stack of a wait list whose state does not change any more. */
    private static final Waiter ENDED =
            new Waiter() {
                @Override
                void wake() {
                    throw new AssertionError("nobody");
                }
            };

    private static final int MIN_SWEEP_HEIGHT = 16;
    private static final VarHandle WAITERS;
    private static final VarHandle OVER;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            WAITERS = lookup.findVarHandle(WaitList.class, "waiters", Waiter.class);
            OVER = lookup.findVarHandle(Waiter.class, "over", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Top of the stack. Changed only atomically, and not any more once it is {@link #ENDED}. */
    private volatile @Nullable Waiter waiters;

    /** Adds a waiter, woken by the next {@link #wakeAll()}, or at once if the state is final. */
    final void enlist(Waiter waiter) {
        while (true) {
            Waiter top = waiters;
            if (top == ENDED) {
                waiter.tell();
                return;
            }
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

    /** Unlinks the waiters that are over, below a waiter that is not published yet. */
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
            // If the top leaves soon, the next waiter to enlist starts from here.
            next.height = height - 1;
            next.sweepHeight = top.sweepHeight;
        }
    }

    /** Wakes every waiter enlisted so far. Must be called after the state has changed. */
    final void wakeAll() {
        Waiter top;
        do {
            top = waiters;
            if (top == null || top == ENDED) {
                return;
            }
        } while (!WAITERS.compareAndSet(this, top, null));
        tell(top);
    }

    /** Wakes every waiter and marks the state as final. Called once, after the last change. */
    final void wakeAllForGood() {
        tell((Waiter) WAITERS.getAndSet(this, ENDED));
    }

    /** Returns whether {@link #wakeAllForGood()} has been called. */
    final boolean hasEnded() {
        return waiters == ENDED;
    }

    private static void tell(@Nullable Waiter top) {
        for (Waiter waiter = top; waiter != null; waiter = waiter.below) {
            waiter.tell();
        }
    }

    /**
     * Returns the queue in which tasks of this wait in the pool, or null if there cannot be any.
     * Called once, before the await begins.
     */
    abstract @Nullable ScopeQueue queueIn(PoolImpl pool);

    /** Returns the node of one that waits there now, or null. Called with the pool's lock held. */
    abstract @Nullable QueueNode nextWaiting(ScopeQueue queue, WaitingTasks waiting);

    /** Returns whether tasks may be added later. */
    abstract boolean mayGrow();

    /** Returns the tasks that make the state change. */
    abstract List<? extends TaskImpl<?>> awaited();

    /**
     * Returns a task for whose end a waiting thread has to wait in any case as long as the state is
     * not reached, or any of the tasks if there is no such one.
     */
    abstract TaskImpl<?> anyTask();

    /**
     * Returns whether what the timer does at the deadline makes the state reached, so that a thread
     * need not check the time itself.
     */
    abstract boolean isReachedAt(long deadline);

    /** Action at the end of a wait, while the permit of the waiting task is still lent. */
    @FunctionalInterface
    interface Conclusion {
        /**
         * Cancels what the waiting thread no longer needs.
         *
         * @param reached true if the state was reached, false if the deadline passed first
         */
        void conclude(boolean reached);
    }

    /**
     * Waits like {@link #waitUntil} for a state that tasks bring about, and then concludes, unless
     * the wait was interrupted. A caller that is itself a task lends them its permit meanwhile, and
     * goes on only when it has a permit again. So the conclusion cancels before that.
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
        boolean inTime = waitUntil(reached, deadline, isReachedAt(deadline));
        conclusion.conclude(inTime);
        return inTime;
    }

    /**
     * Waits until the state is reached, at most until the deadline.
     *
     * @param reached checks the state; a thread that changes it calls {@link #wakeAll()} afterwards
     * @param deadline in terms of {@link System#nanoTime()}
     * @return whether the state is reached
     * @throws InterruptedException if the thread is interrupted before that
     */
    final boolean waitUntil(BooleanSupplier reached, long deadline) throws InterruptedException {
        return waitUntil(reached, deadline, false);
    }

    /**
     * Yields once before parking, if that has paid off lately: a short task that the thread has
     * just spawned may be done when the yield returns, which saves the park.
     *
     * <p>No thread parks with a timeout as long as there is a {@link Timer} thread that wakes it:
     * for a virtual thread the JDK would create and cancel a timer each time, which costs more than
     * the park.
     *
     * @param untimed whether the state is {@linkplain #isReachedAt reached at the deadline} anyway
     */
    private boolean waitUntil(BooleanSupplier reached, long deadline, boolean untimed)
            throws InterruptedException {
        if (reached.getAsBoolean()) {
            return true;
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (yieldFor(reached)) {
            return true;
        }
        TaskImpl<?> task = anyTask();
        if (deadline - System.nanoTime() <= 0) {
            return reached.getAsBoolean();
        }
        WakeUp wakeUp = untimed ? null : task.queue.scope.wakeUp();
        Waiter waiter = null;
        Waiter inTask = null;
        try {
            while (!reached.getAsBoolean()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (waiter == null || waiter.isOver()) {
                    waiter = new ParkedThread();
                    enlist(waiter);
                    continue;
                }
                TaskImpl<?> next = anyTask();
                if (waitsInTasks() && (next != task || inTask == null || inTask.isOver())) {
                    if (inTask != null) {
                        inTask.leave();
                    }
                    task = next;
                    inTask = new ParkedThread();
                    task.enlist(inTask);
                    continue;
                }
                if (wakeUp != null && wakeUp.setFor(deadline)) {
                    // Check again: blocking on the timer's lock may have consumed an unpark.
                    continue;
                }
                park(task.queue.scope.runtime().timer(), deadline);
                if (!reached.getAsBoolean() && deadline - System.nanoTime() <= 0) {
                    return false;
                }
            }
            return true;
        } finally {
            if (waiter != null) {
                waiter.leave();
            }
            if (inTask != null) {
                inTask.leave();
            }
            if (wakeUp != null) {
                wakeUp.release();
            }
        }
    }

    /**
     * Yields as long as that pays off: a thread that waits for several tasks one after the other
     * may find the next one done each time.
     *
     * @return whether the state is reached
     */
    private boolean yieldFor(BooleanSupplier reached) {
        TaskImpl<?> task = anyTask();
        boolean first = task.queue.scope.isFirstWait();
        while (true) {
            Yields yields = task.queue.pool.yields();
            if (!yields.isWorthATry(task, first)) {
                return false;
            }
            Thread.yield();
            boolean over = reached.getAsBoolean();
            TaskImpl<?> next = anyTask();
            // Others may add tasks for ever, but the number of older ones is limited.
            boolean progress = next.id() < task.id();
            yields.paid(over || progress, first);
            if (over || !progress) {
                return over;
            }
            task = next;
            first = false;
        }
    }

    /**
     * Returns whether a waiting thread is woken by {@link #anyTask()}, and by this only for a
     * reason of its own.
     */
    boolean waitsInTasks() {
        return false;
    }

    /** Parks. Nothing between the last check of the state and this park may itself park. */
    private void park(Timer timer, long deadline) {
        if (timer.isAttended()) {
            LockSupport.park(this);
        } else {
            LockSupport.parkNanos(this, deadline - System.nanoTime());
        }
    }
}
