package dev.pogo;

import dev.pogo.sync.BriefLock;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@link CancelHook}s of one execution. When its task is cancelled, a thread of the {@link
 * Interrupter} that is there for hooks runs them, newest first, and then gives the interrupt. It is
 * not the thread that cancels, because that one may be at a deadline or have others to cancel, and
 * closing a connection may take its time.
 *
 * <p>This, the links between the hooks and the interrupt are made when the work asks for them: at
 * the cancellation there may be no memory left.
 */
final class CancelHooks extends Interrupter.Item implements Thread.UncaughtExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(CancelHooks.class);

    private final Task<?> task;
    private final Runnable interrupt;

    /** Guards {@link #newest} and the links of the hooks; no other lock is taken under it. */
    private final BriefLock lock = BriefLock.outer();

    /** The hook that was registered last, of those that are neither closed nor taken to be run. */
    private @Nullable CancelHook newest;

    /** The thread that runs the hooks, while it does. */
    private volatile @Nullable Thread runner;

    CancelHooks(Task<?> task, Runnable interrupt) {
        this.task = task;
        this.interrupt = interrupt;
    }

    /** Those that the calling thread is there for, or null. */
    static @Nullable CancelHooks current() {
        return Thread.currentThread().getUncaughtExceptionHandler() instanceof CancelHooks hooks
                ? hooks
                : null;
    }

    Task<?> task() {
        return task;
    }

    /** The thread that runs the hooks, or null. */
    @Nullable Thread runner() {
        return runner;
    }

    /** For the task's own thread. */
    void add(CancelHook hook) {
        lock.lock();
        try {
            CancelHook older = newest;
            hook.older = older;
            if (older != null) {
                older.newer = hook;
            }
            newest = hook;
        } finally {
            lock.unlock();
        }
    }

    /** Takes the hook out, if it is here. */
    void remove(CancelHook hook) {
        lock.lock();
        try {
            unlink(hook);
        } finally {
            lock.unlock();
        }
    }

    /** Whether there is none, which is final once the task's thread has ended its work. */
    boolean isEmpty() {
        lock.lock();
        try {
            return newest == null;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable CancelHook takeNewest() {
        lock.lock();
        try {
            CancelHook taken = newest;
            if (taken != null) {
                unlink(taken);
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void unlink(CancelHook hook) {
        CancelHook older = hook.older;
        CancelHook newer = hook.newer;
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

    /** By this the hooks know whose they are, and see the classes that the task's work sees. */
    @Override
    void prepare(Thread thread) {
        thread.setUncaughtExceptionHandler(this);
        thread.setContextClassLoader(task.scope().contextClassLoader());
    }

    /** A hook that comes later is run by the work itself, which sees that it is cancelled. */
    @Override
    void run() {
        runner = Thread.currentThread();
        try {
            CancelHook hook;
            while ((hook = takeNewest()) != null) {
                hook.run();
            }
        } finally {
            runner = null;
            interrupt.run();
        }
    }

    /** The last resort for an error in the engine itself: what an action throws is caught. */
    @Override
    public void uncaughtException(Thread thread, Throwable e) {
        LOG.error("The cancellation of {} failed; this is an error in Pogo", task, e);
    }
}
