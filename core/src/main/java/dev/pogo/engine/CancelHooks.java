package dev.pogo.engine;

import dev.pogo.CancelHook;
import dev.pogo.util.SafeLog;
import dev.pogo.util.SpinLock;
import dev.pogo.util.StackProbe;
import dev.pogo.util.Uninterruptibles;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The {@link CancelHook}s of one execution. When its task is cancelled, a thread of the {@link
 * Interrupter} for hooks runs them, newest first, and then interrupts the task's thread. The
 * cancelling thread does not run them, because it may be at a deadline or have other tasks to
 * cancel, and closing a connection may take time.
 *
 * <p>This object, the links between the hooks, and the interrupt action are created when the work
 * asks for them, because memory may have run out when the task is cancelled.
 */
final class CancelHooks extends Interrupter.Item implements Thread.UncaughtExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(CancelHooks.class);

    private final TaskImpl<?> task;
    private final Runnable interrupt;

    /** Guards {@link #newest} and the links of the hooks. No other lock is taken under it. */
    private final SpinLock lock = SpinLock.outer();

    /** The most recently registered hook that is neither closed nor taken to be run. */
    private @Nullable Hook newest;

    /** The thread that is running the hooks, or null. */
    private volatile @Nullable Thread runner;

    CancelHooks(TaskImpl<?> task, Runnable interrupt) {
        this.task = task;
        this.interrupt = interrupt;
    }

    /** Returns the hooks that the calling thread is dedicated to, or null. */
    static @Nullable CancelHooks current() {
        return Thread.currentThread().getUncaughtExceptionHandler() instanceof CancelHooks hooks
                ? hooks
                : null;
    }

    TaskImpl<?> task() {
        return task;
    }

    /** Returns the thread that is running the hooks, or null. */
    @Nullable Thread runner() {
        return runner;
    }

    /** Adds a hook. For the task's own thread only. */
    void add(Hook hook) {
        lock.lock();
        try {
            Hook older = newest;
            hook.older = older;
            if (older != null) {
                older.newer = hook;
            }
            newest = hook;
        } finally {
            lock.unlock();
        }
    }

    /** Removes the hook if it is present. */
    void remove(Hook hook) {
        lock.lock();
        try {
            unlink(hook);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns whether there are no hooks. Once the task's thread has ended its work, {@code true}
     * is final.
     */
    boolean isEmpty() {
        lock.lock();
        try {
            return newest == null;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Hook takeNewest() {
        lock.lock();
        try {
            Hook taken = newest;
            if (taken != null) {
                unlink(taken);
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void unlink(Hook hook) {
        Hook older = hook.older;
        Hook newer = hook.newer;
        if (newer != null) {
            newer.older = older;
        } else if (newest == hook) {
            newest = older;
        } else {
            return;
        }
        if (older != null) {
            older.newer = newer;
        }
        hook.older = null;
        hook.newer = null;
    }

    /**
     * Lets {@link #current()} find these hooks, and lets them see the classes that the task's work
     * sees.
     */
    @Override
    void prepare(Thread thread) {
        thread.setUncaughtExceptionHandler(this);
        thread.setContextClassLoader(task.scope().contextClassLoader());
    }

    /**
     * Runs the hooks. A hook that is added later is run by the work itself, which sees that it is
     * cancelled.
     */
    @Override
    void run() {
        runner = Thread.currentThread();
        try {
            Hook hook;
            while ((hook = takeNewest()) != null) {
                hook.run();
            }
        } finally {
            runner = null;
            interrupt.run();
        }
    }

    /**
     * Logs an error in the engine itself, as a last resort. Anything that a hook's action throws is
     * caught earlier.
     */
    @Override
    public void uncaughtException(Thread thread, Throwable e) {
        LOG.error("The cancellation of {} failed; this is an error in Pogo", task, e);
    }

    /** One action that the work has registered. */
    static final class Hook implements CancelHook {
        private enum State {
            REGISTERED,
            RUNNING,
            OVER
        }

        private final CancelHooks hooks;
        private final Runnable action;

        /** Next older hook of the {@link CancelHooks}, which owns this field and {@link #newer}. */
        @Nullable Hook older;

        /** Next newer hook; see {@link #older}. */
        @Nullable Hook newer;

        /**
         * Leaves {@code REGISTERED} by one compare-and-set: to {@code RUNNING} by the thread that
         * runs the action, which finally sets it to {@code OVER}, or to {@code OVER} by closing.
         */
        private final AtomicReference<State> state = new AtomicReference<>(State.REGISTERED);

        private final CountDownLatch ran = new CountDownLatch(1);

        /**
         * Id of the thread that runs the action. Written before the action runs, and read by
         * threads that have seen {@code RUNNING}.
         */
        private volatile long runner;

        Hook(CancelHooks hooks, Runnable action) {
            this.hooks = hooks;
            this.action = action;
        }

        /** Runs the action, unless it has been run already or the hook was closed. */
        void run() {
            if (!state.compareAndSet(State.REGISTERED, State.RUNNING)) {
                return;
            }
            runner = Thread.currentThread().threadId();
            try {
                action.run();
            } catch (Throwable e) {
                SafeLog.warn(LOG, "A cancellation hook of {} failed", hooks.task(), e);
            } finally {
                state.set(State.OVER);
                ran.countDown();
            }
        }

        @Override
        public void close() {
            StackProbe.ensureRoom();
            hooks.remove(this);
            if (state.compareAndSet(State.REGISTERED, State.OVER)) {
                return;
            }
            if (state.get() == State.RUNNING && runner != Thread.currentThread().threadId()) {
                Uninterruptibles.await(ran);
            }
        }

        @Override
        public String toString() {
            return "CancelHook[" + hooks.task() + ", " + state.get() + "]";
        }
    }
}
