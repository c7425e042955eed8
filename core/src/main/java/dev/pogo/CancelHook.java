package dev.pogo;

import dev.pogo.sync.StackProbe;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Action that work has registered to be run if it is cancelled, see {@link Task#onCancel}. Closing
 * the hook withdraws the action.
 */
public final class CancelHook implements AutoCloseable {
    private enum State {
        REGISTERED,
        RUNNING,
        OVER
    }

    private static final Logger LOG = LoggerFactory.getLogger(CancelHook.class);

    private final CancelHooks hooks;
    private final Runnable action;

    /** Next older hook of the {@link CancelHooks}, which owns this field and {@link #newer}. */
    @Nullable CancelHook older;

    /** Next newer hook; see {@link #older}. */
    @Nullable CancelHook newer;

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

    CancelHook(CancelHooks hooks, Runnable action) {
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

    /**
     * Withdraws the action. If another thread is running it, this waits until it has ended, however
     * long that takes and even if the calling thread is interrupted: once this has returned, the
     * action no longer touches what it works on (a connection, say). Closing again has no effect.
     */
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
