package dev.pogo;

import dev.pogo.sync.StackProbe;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What work has asked to be done if it is cancelled, see {@link Task#onCancel}; close it to take
 * that back.
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

    /** Neighbours among {@link CancelHooks}, to which these two belong. */
    @Nullable CancelHook older;

    /** See {@link #older}. */
    @Nullable CancelHook newer;

    /**
     * Leaves {@code REGISTERED} by one compare-and-set: to {@code RUNNING} by the thread that runs
     * the action, which changes it to {@code OVER} in the end, or to {@code OVER} by closing.
     */
    private final AtomicReference<State> state = new AtomicReference<>(State.REGISTERED);

    private final CountDownLatch ran = new CountDownLatch(1);

    /** Written before the action runs, and read by whoever has seen {@code RUNNING}. */
    private volatile long runner;

    CancelHook(CancelHooks hooks, Runnable action) {
        this.hooks = hooks;
        this.action = action;
    }

    /** Runs the action, unless that has been done or the hook was closed. */
    void run() {
        if (!state.compareAndSet(State.REGISTERED, State.RUNNING)) {
            return;
        }
        runner = Thread.currentThread().threadId();
        try {
            action.run();
        } catch (Throwable e) {
            Report.warn(LOG, "What {} does on cancellation failed", hooks.task(), e);
        } finally {
            state.set(State.OVER);
            ran.countDown();
        }
    }

    /**
     * Takes the action back. If it is running just now, on another thread, this waits until it has
     * ended, however long that takes and whether or not the calling thread is interrupted: what the
     * action works on (a connection, say) is not touched by it after this has returned. Closing
     * again does nothing.
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
