package dev.pogo.queue;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for a state itself, with a bound. */
final class Eventually {
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final long STEP_NANOS = 1_000_000;

    private Eventually() {}

    /** A state that may be told by a backend. */
    @FunctionalInterface
    interface State {
        boolean isReached() throws Exception;
    }

    /** Waits for a state, which is looked at once at least. */
    static void reached(State state, Supplier<?> description) throws Exception {
        long began = System.nanoTime();
        while (!state.isReached()) {
            if (System.nanoTime() - began > BOUND.toNanos()) {
                throw new AssertionError("not within " + BOUND + ": " + description.get());
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
    }

    static void reached(State state) throws Exception {
        reached(state, () -> "the state");
    }
}
