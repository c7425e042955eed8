package dev.pogo.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.time.Duration;

/** When another process counts as lost. */
class PresenceTest {
    private static final Heartbeat BEAT = new Heartbeat(Duration.ofSeconds(1));
    private static final long TICK = BEAT.tickNanos();

    private final Presence presence = new Presence(BEAT, 0);

    private boolean isLost(long now, String beat) {
        presence.begin(now);
        long silence = presence.silence("a", beat);
        presence.end();
        return presence.isLost(silence);
    }

    @Test
    void process_thatBeats_isNotLost() {
        for (int tick = 1; tick <= 20; tick++) {
            assertFalse(isLost(tick * TICK, "beat " + tick / 2));
        }
    }

    @Test
    void process_thatHasStoppedToBeat_isLostAfterTwoHeartbeats() {
        assertFalse(isLost(TICK, "1"));
        assertFalse(isLost(2 * TICK, "2"));
        for (int tick = 3; tick <= 5; tick++) {
            assertFalse(isLost(tick * TICK, "2"), "tick " + tick);
        }
        assertTrue(isLost(6 * TICK, "2"));
        assertFalse(isLost(7 * TICK, "3"), "it is back");
    }

    @Test
    void process_thatIsNotKnownToTheServer_isLostAsWell() {
        for (int tick = 1; tick <= 4; tick++) {
            assertFalse(isLost(tick * TICK, ""));
        }
        assertTrue(isLost(5 * TICK, ""));
    }

    @Test
    void gap_inWhichNothingWasRead_countsForNobody() {
        assertFalse(isLost(TICK, "1"));
        assertFalse(isLost(2 * TICK, "1"));
        assertFalse(isLost(20 * TICK, "1"), "the server was away");
        for (int tick = 21; tick <= 23; tick++) {
            assertFalse(isLost(tick * TICK, "1"));
        }
        assertTrue(isLost(24 * TICK, "1"));
    }

    @Test
    void process_thatNoLongerMatters_isForgotten() {
        assertFalse(isLost(TICK, "1"));
        presence.begin(2 * TICK);
        presence.end();
        presence.begin(3 * TICK);
        assertEquals(0, presence.silence("a", "1"));
    }
}
