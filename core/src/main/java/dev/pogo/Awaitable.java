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
abstract sealed class Awaitable permits Execution, ScopeTasks, AwaitedTasks, Completions {
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

    /** The stack of what does not change any more. */
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
            WAITERS = lookup.findVarHandle(Awaitable.class, "waiters", Waiter.class);
            OVER = lookup.findVarHandle(Waiter.class, "over", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Top of the stack; changed by compare-and-set only, and no more once it is {@link #ENDED}. */
    private volatile @Nullable Waiter waiters;

    /** Adds a waiter, which is woken by the next {@link #wakeAll()}; or at once, after the last. */
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
        Waiter top;
        do {
            top = waiters;
            if (top == null || top == ENDED) {
                return;
            }
        } while (!WAITERS.compareAndSet(this, top, null));
        tell(top);
    }

    /** Likewise, and says that the state will not change any more. Called once. */
    final void wakeAllForGood() {
        tell((Waiter) WAITERS.getAndSet(this, ENDED));
    }

    /** Whether {@link #wakeAllForGood()} has been called. */
    final boolean hasEnded() {
        return waiters == ENDED;
    }

    private static void tell(@Nullable Waiter top) {
        for (Waiter waiter = top; waiter != null; waiter = waiter.below) {
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

    /**
     * One of them, for whose end a thread that waits for this has to wait in any case as long as
     * the state is not reached; or, if there is no such one, any of them.
     */
    abstract Task<?> anyTask();

    /**
     * Whether the state is reached when the deadline passes, by what the timer does then. So a
     * thread need not look at the time itself.
     */
    abstract boolean isReachedAt(long deadline);

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
        boolean inTime = waitUntil(reached, deadline, isReachedAt(deadline));
        conclusion.conclude(inTime);
        return inTime;
    }

    /**
     * Waits until the state is reached, at most until the deadline.
     *
     * @param reached looks at the state; what changes it calls {@link #wakeAll()} afterwards
     * @param deadline in terms of {@link System#nanoTime()}
     * @return whether the state is reached
     * @throws InterruptedException if the thread is interrupted before
     */
    final boolean waitUntil(BooleanSupplier reached, long deadline) throws InterruptedException {
        return waitUntil(reached, deadline, false);
    }

    /**
     * A thread yields once before it parks, where that has paid lately: a short task that it has
     * just spawned may be done when it comes back, which saves the park.
     *
     * <p>No thread parks with a time as long as there is a {@link Timer} thread that wakes it: for
     * a virtual thread the JDK would make and cancel a timer each time, which costs more than the
     * park.
     *
     * @param untimed whether the state is reached at the deadline by itself
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
        Task<?> task = anyTask();
        if (deadline - System.nanoTime() <= 0) {
            return reached.getAsBoolean();
        }
        WakeUp wakeUp = untimed ? null : task.lane.scope.wakeUp();
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
                Task<?> next = anyTask();
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
                    // Looks again, since a pause for the timer's lock may have swallowed a wake-up.
                    continue;
                }
                park(task.lane.scope.runtime().timer(), deadline);
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
     * Yields as long as that pays: who waits for several tasks one after the other may find the one
     * done each time that it waits for.
     *
     * @return whether the state is reached
     */
    private boolean yieldFor(BooleanSupplier reached) {
        Task<?> task = anyTask();
        boolean first = task.lane.scope.isFirstWait();
        while (true) {
            Yields yields = task.lane.pool.yields();
            if (!yields.isWorthATry(task, first)) {
                return false;
            }
            Thread.yield();
            boolean over = reached.getAsBoolean();
            Task<?> next = anyTask();
            // Others may add tasks for ever, but there are only so many older ones.
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
     * Whether it is {@link #anyTask()} that wakes a thread, and this only for a reason of its own.
     */
    boolean waitsInTasks() {
        return false;
    }

    /** With nothing between the last look at the state and the park that may park itself. */
    private void park(Timer timer, long deadline) {
        if (timer.isAttended()) {
            LockSupport.park(this);
        } else {
            LockSupport.parkNanos(this, deadline - System.nanoTime());
        }
    }
}
