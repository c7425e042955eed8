package dev.pogo.util;

import org.jspecify.annotations.Nullable;

/**
 * An uncaught-exception handler that is notified when its thread waits for a channel or a wait
 * group. A task's thread has one, because other tasks may use its permit meanwhile. The observer
 * knows more about tasks than channels do.
 */
public interface WaitObserver extends Thread.UncaughtExceptionHandler {
    /**
     * Returns the observer of the calling thread.
     *
     * @return the thread's uncaught-exception handler, or null if that is not an observer
     */
    static @Nullable WaitObserver ofCurrentThread() {
        return Thread.currentThread().getUncaughtExceptionHandler() instanceof WaitObserver observer
                ? observer
                : null;
    }

    /**
     * Called by a thread that is about to wait.
     *
     * @return whether {@link #endWait} must be called
     */
    boolean beginWait();

    /**
     * Called by a thread that no longer waits. May itself block until the thread may continue.
     *
     * @param interrupted whether an interrupt ended the wait
     */
    void endWait(boolean interrupted);
}
