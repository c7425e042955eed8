package dev.pogo;

import dev.pogo.sync.BriefLock;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The {@link CancelHook}s of one execution. When its task is cancelled they are run by a thread of
 * their own, newest first, and then that thread gives the interrupt. It is not the thread that
 * cancels, because that one may be at a deadline or have others to cancel, and closing a connection
 * may take its time.
 */
final class CancelHooks implements Runnable, Thread.UncaughtExceptionHandler {
    /**
     * Platform threads, because it may be this very work that keeps all virtual ones from running.
     */
    static final ThreadFactory THREADS = ThreadKind.PLATFORM.factory("pogo-cancel");

    private static final Logger LOG = LoggerFactory.getLogger(CancelHooks.class);

    private final Task<?> task;

    /** Made with this, because at the cancellation there may be no memory left for it. */
    private final Runnable interrupt;

    /** Guards {@link #registered}; no other lock is taken under it. */
    private final BriefLock lock = BriefLock.outer();

    private final Set<CancelHook> registered = new LinkedHashSet<>();

    /** Starting a thread may throw although the thread runs; this lets only one do the work. */
    private final AtomicBoolean begun = new AtomicBoolean();

    /** The thread that runs the hooks, while it does. */
    private volatile @Nullable Thread runner;

    CancelHooks(Task<?> task, Runnable interrupt) {
        this.task = task;
        this.interrupt = interrupt;
    }

    /** Those that the calling thread runs, or null. */
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

    CancelHook add(Runnable action) {
        CancelHook hook = new CancelHook(this, action);
        lock.lock();
        try {
            registered.add(hook);
        } finally {
            lock.unlock();
        }
        return hook;
    }

    void remove(CancelHook hook) {
        lock.lock();
        try {
            registered.remove(hook);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Runs the hooks and then the interrupt, on a new thread, or on this one if there is none.
     * Where there is no hook, one that comes later is run by the work itself, which sees that it is
     * cancelled.
     */
    void runOn(ThreadFactory threads) {
        if (isEmpty()) {
            interrupt.run();
            return;
        }
        try {
            Thread thread = threads.newThread(this);
            thread.setUncaughtExceptionHandler(this);
            thread.setContextClassLoader(task.scope().contextClassLoader());
            thread.start();
        } catch (Throwable noThread) {
            run();
        }
    }

    /** Once, though a thread that cannot be started may run. */
    @Override
    public void run() {
        if (!begun.compareAndSet(false, true)) {
            return;
        }
        runner = Thread.currentThread();
        try {
            newestFirst().forEach(CancelHook::run);
        } finally {
            runner = null;
            interrupt.run();
        }
    }

    private boolean isEmpty() {
        lock.lock();
        try {
            return registered.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private List<CancelHook> newestFirst() {
        lock.lock();
        try {
            List<CancelHook> hooks = new ArrayList<>(registered);
            Collections.reverse(hooks);
            return hooks;
        } finally {
            lock.unlock();
        }
    }

    /** The last resort for an error in the engine itself: what an action throws is caught. */
    @Override
    public void uncaughtException(Thread thread, Throwable e) {
        LOG.error("The cancellation of {} failed; this is an error in Pogo", task, e);
    }
}
