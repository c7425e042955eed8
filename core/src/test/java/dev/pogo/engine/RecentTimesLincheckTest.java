package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Threads that begin slices and drop old ones at once, as after the machine was suspended. */
@Tag("lincheck")
public final class RecentTimesLincheckTest {
    private static final long STEP_NANOS = TimeUnit.SECONDS.toNanos(40);

    private final RecentTimes times = new RecentTimes(() -> 0);
    private final AtomicLong clock = new AtomicLong();

    public RecentTimesLincheckTest() {
        record();
        record();
    }

    @Operation
    public void record() {
        times.record(1, clock.addAndGet(STEP_NANOS));
    }

    @Validate
    public void check() {
        long recorded = times.until(clock.get()).count();
        assertTrue(recorded >= 2, () -> recorded + " of the last minute");
        long now = clock.addAndGet(STEP_NANOS);
        times.record(1, now);
        assertTrue(times.slices() <= 2, () -> times.slices() + " slices");
        long next = now + 2 * STEP_NANOS;
        times.record(1, next);
        assertEquals(1, times.until(next).count());
        assertEquals(1, times.slices());
    }

    @Test
    void slices_modelChecked_noneIsLostOrKept() {
        Lincheck.modelCheck(RecentTimesLincheckTest.class);
    }

    @Test
    void slices_stressed_noneIsLostOrKept() {
        Lincheck.stress(RecentTimesLincheckTest.class);
    }
}
