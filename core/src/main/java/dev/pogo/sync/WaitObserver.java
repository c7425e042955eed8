package dev.pogo.sync;

import org.jspecify.annotations.Nullable;

/**
 * An uncaught-exception handler that is told when its thread waits for a channel or a wait group. A
 * task's thread has one, since others may use the task's permit meanwhile; it knows more of tasks
 * than channels do.
 */
public interface WaitObserver extends Thread.UncaughtExceptionHandler {
    /**
     * The observer of the calling thread.
     *
     * @return the thread's uncaught-exception handler, null if that is no observer
     */
    static @Nullable WaitObserver ofCurrentThread() {
        return Thread.currentThread().getUncaughtExceptionHandler() instanceof WaitObserver observer
                ? observer
                : null;
    }

    /**
     * The calling thread is about to wait.
     *
     * @return whether {@link #endWait} is to be called
     */
    boolean beginWait();

    /**
     * The calling thread waits no longer; this may wait itself, until the thread may go on.
     *
     * @param interrupted whether an interrupt has ended the wait
     */
    void endWait(boolean interrupted);
}
