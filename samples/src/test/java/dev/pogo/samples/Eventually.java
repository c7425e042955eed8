package dev.pogo.samples;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a state itself, with a bound. */
public final class Eventually {
    private static final long BOUND_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long STEP_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private Eventually() {}

    public static void isTrue(BooleanSupplier state, Supplier<String> otherwise) {
        long began = System.nanoTime();
        while (!state.getAsBoolean()) {
            if (System.nanoTime() - began > BOUND_NANOS) {
                fail(otherwise.get());
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
    }
}
