package dev.pogo.testing;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a state itself, with a bound. */
final class Waits {
    static final Duration BOUND = Duration.ofSeconds(10);

    private static final long STEP_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private Waits() {}

    /** Whether the state was reached within the bound. It is looked at once at least. */
    static boolean reached(Duration bound, BooleanSupplier state) {
        long began = System.nanoTime();
        while (!state.getAsBoolean()) {
            if (System.nanoTime() - began > bound.toNanos()) {
                return false;
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
        return true;
    }
}
