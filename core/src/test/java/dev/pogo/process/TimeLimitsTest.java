package dev.pogo.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.process.TimeLimits.Limit;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

class TimeLimitsTest {
    private static final long HOUR = TimeUnit.HOURS.toNanos(1);

    private final List<Long> begun = new ArrayList<>();
    private final TimeLimits limits = new TimeLimits(begun::add);
    private final long never = System.nanoTime() + 1_000 * HOUR;

    /** Looks at the limits as of some hours from now. */
    private List<Limit> exceededAfter(long hours) {
        List<Limit> found = new ArrayList<>();
        limits.check(System.nanoTime() + hours * HOUR, never, found::add);
        return found;
    }

    @Test
    void check_severalLimits_givesTheNextAndTellsThoseThatAreOver() {
        limits.begin(Limit.JOB, 3 * HOUR);
        limits.begin(Limit.SEND, HOUR);
        limits.begin(Limit.RECEIVE, 2 * HOUR);
        assertEquals(begun.get(1), limits.check(System.nanoTime(), never, limit -> {}));
        assertEquals(List.of(), exceededAfter(0));
        assertFalse(limits.exceeded());
        limits.end(Limit.SEND);
        assertEquals(begun.get(2), limits.check(System.nanoTime(), never, limit -> {}));
        assertEquals(List.of(Limit.RECEIVE), exceededAfter(2));
        assertTrue(limits.exceeded());
    }

    @Test
    void check_noLimit_givesWhatItWasGiven() {
        limits.begin(Limit.JOB, HOUR);
        limits.end(Limit.JOB);
        assertEquals(never, limits.check(System.nanoTime() + 2 * HOUR, never, limit -> {}));
        assertFalse(limits.exceeded());
    }

    /** Or the next task's worker would be killed because this one's job took too long. */
    @Test
    void end_whileItIsFoundExceeded_doesNotUndoThat() {
        limits.begin(Limit.JOB, HOUR);
        boolean[] seen = new boolean[1];
        limits.check(
                System.nanoTime() + 2 * HOUR,
                never,
                limit -> {
                    // What the task's thread does before the supervisor's gets any further.
                    limits.end(Limit.JOB);
                    seen[0] = limits.exceeded();
                });
        assertTrue(seen[0], "so the task's thread waits until the worker is gone");
        limits.begin(Limit.JOB, HOUR);
        assertEquals(List.of(Limit.JOB), exceededAfter(0), "for good");
    }
}
