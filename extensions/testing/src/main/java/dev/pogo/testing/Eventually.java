package dev.pogo.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for a state itself, which a server or another process may have to tell. */
public final class Eventually {
    private static final Duration BOUND = Duration.ofSeconds(40);
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private Eventually() {}

    /** A state, or what is looked at to see it. */
    @FunctionalInterface
    public interface State {
        /**
         * Looks.
         *
         * @return whether it is reached
         * @throws Exception if that cannot be seen, which ends the wait
         */
        boolean isReached() throws Exception;
    }

    /**
     * Waits for a state for at most 40 seconds. It is looked at once at least.
     *
     * @param state the state
     * @param description what is seen instead, for the failure
     * @throws AssertionError if it is not reached
     * @throws Exception what looking has thrown
     */
    public static void reached(State state, Callable<?> description) throws Exception {
        long began = System.nanoTime();
        while (!state.isReached()) {
            if (System.nanoTime() - began > BOUND.toNanos()) {
                throw new AssertionError("not within " + BOUND + ": " + description.call());
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
    }

    /**
     * Waits for a state that speaks for itself, like {@link #reached(State, Callable)}.
     *
     * @param state the state
     * @throws AssertionError if it is not reached
     * @throws Exception what looking has thrown
     */
    public static void reached(State state) throws Exception {
        reached(state, () -> "the state");
    }
}
