package dev.pogo;

/**
 * Action that work has registered to be run if it is cancelled, see {@link Task#onCancel}. Closing
 * the hook withdraws the action.
 *
 * <p>Implemented by Pogo only; further methods may be added.
 */
public interface CancelHook extends AutoCloseable {
    /**
     * Withdraws the action. If another thread is running it, this waits until it has ended, however
     * long that takes and even if the calling thread is interrupted: once this has returned, the
     * action no longer touches what it works on (a connection, say). Closing again has no effect.
     */
    @Override
    void close();
}
