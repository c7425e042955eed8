package dev.pogo.engine;

import dev.pogo.CancelHook;
import dev.pogo.util.SafeLog;
import dev.pogo.util.StackProbe;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/** The engine's {@link CancelHook}. */
final class CancelHookImpl implements CancelHook {
    private enum State {
        REGISTERED,
        RUNNING,
        OVER
    }

    private static final Logger LOG = LoggerFactory.getLogger(CancelHookImpl.class);

    private final CancelHooks hooks;
    private final Runnable action;

    /** Next older hook of the {@link CancelHooks}, which owns this field and {@link #newer}. */
    @Nullable CancelHookImpl older;

    /** Next newer hook; see {@link #older}. */
    @Nullable CancelHookImpl newer;

    /**
     * Leaves {@code REGISTERED} by one compare-and-set: to {@code RUNNING} by the thread that runs
     * the action, which finally sets it to {@code OVER}, or to {@code OVER} by closing.
     */
    private final AtomicReference<State> state = new AtomicReference<>(State.REGISTERED);

    private final CountDownLatch ran = new CountDownLatch(1);

    /**
     * Id of the thread that runs the action. Written before the action runs, and read by threads
     * that have seen {@code RUNNING}.
     */
    private volatile long runner;

    CancelHookImpl(CancelHooks hooks, Runnable action) {
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
        boolean interrupted = false;
        while (state.get() == State.RUNNING && runner != Thread.currentThread().threadId()) {
            try {
                ran.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "CancelHook[" + hooks.task() + ", " + state.get() + "]";
    }
}
