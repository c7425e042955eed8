package dev.pogo.engine;

import dev.pogo.CancelHook;
import dev.pogo.util.SpinLock;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
    private @Nullable CancelHookImpl newest;

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
    void add(CancelHookImpl hook) {
        lock.lock();
        try {
            CancelHookImpl older = newest;
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
    void remove(CancelHookImpl hook) {
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

    private @Nullable CancelHookImpl takeNewest() {
        lock.lock();
        try {
            CancelHookImpl taken = newest;
            if (taken != null) {
                unlink(taken);
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void unlink(CancelHookImpl hook) {
        CancelHookImpl older = hook.older;
        CancelHookImpl newer = hook.newer;
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
            CancelHookImpl hook;
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
}
