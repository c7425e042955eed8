package dev.pogo;

/**
 * Work that returns no value, see {@link PogoScope#spawn(Action)}. Unlike a {@link Runnable} it may
 * throw any exception.
 */
@FunctionalInterface
public interface Action {
    /**
     * Does the work.
     *
     * @throws Exception if it fails
     */
    void run() throws Exception;
}
