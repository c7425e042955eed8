package dev.pogo.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class BackOffTest {
    /** Close to where a nanoTime overflows. */
    private final long now = Long.parseLong("9223372036854775800");

    @Test
    void failed_again_waitsTwiceAsLongUpToTheLongest() {
        BackOff backOff = new BackOff();
        assertEquals(0, backOff.nanosToWait(now));
        long expected = BackOff.FIRST_NANOS;
        for (int i = 1; i <= 100; i++) {
            backOff.failed(now, now);
            assertEquals(i, backOff.failures());
            assertEquals(expected, backOff.nanosToWait(now));
            assertEquals(expected - 10, backOff.nanosToWait(now + 10));
            assertEquals(0, backOff.nanosToWait(now + expected));
            assertEquals(0, backOff.nanosToWait(now + 2 * expected));
            expected = Math.min(2 * expected, BackOff.LONGEST_NANOS);
        }
        assertEquals(BackOff.LONGEST_NANOS, expected);
    }

    @Test
    void failed_thoseThatWereStartedTogether_countOnce() {
        BackOff backOff = new BackOff();
        for (int i = 0; i < 8; i++) {
            backOff.failed(now, now + 10 + i);
        }
        assertEquals(1, backOff.failures());
        backOff.failed(now + 10, now + 30);
        assertEquals(2, backOff.failures(), "started when the first had failed");
    }

    @Test
    void succeeded_beginsAgain() {
        BackOff backOff = new BackOff();
        backOff.failed(now, now);
        backOff.failed(now, now);
        backOff.succeeded();
        assertEquals(0, backOff.nanosToWait(now));
        backOff.failed(now, now);
        assertEquals(BackOff.FIRST_NANOS, backOff.nanosToWait(now));
    }
}
