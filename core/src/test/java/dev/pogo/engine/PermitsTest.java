package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

class PermitsTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 63, 64, 65, 127, 128, 129, 255, 256, 257, 1_000, 100_000})
    void take_ofAnySize_givesThatManyToOneScope(int size) {
        Permits permits = new Permits(size);
        for (int i = 0; i < size; i++) {
            assertEquals(i, permits.taken());
            assertTrue(permits.anyFree());
            assertTrue(permits.take(7) > 0);
        }
        assertFalse(permits.anyFree());
        assertEquals(0, permits.take(7));
        assertEquals(0, permits.take(8));
        assertEquals(size, permits.taken());
    }

    @Test
    void take_lastPermitInAnyOtherWord_findsIt() {
        for (int word = 0; word < 16; word++) {
            Permits permits = new Permits(16, 16);
            for (int other = 0; other < 16; other++) {
                if (other != word) {
                    permits.take(other);
                }
            }
            for (int stripe = 0; stripe < 16; stripe++) {
                assertTrue(permits.take(stripe) > 0);
                assertEquals(0, permits.take(stripe));
                permits.give(word, false);
            }
        }
    }

    @Test
    void take_fewerPermitsThanWords_findsEach() {
        Permits permits = new Permits(3, 16);
        for (int stripe = 15; stripe > 12; stripe--) {
            assertTrue(permits.take(stripe) > 0);
        }
        assertEquals(0, permits.take(0));
    }

    @Test
    void take_oneWord_tellsHowManyAreTaken() {
        Permits permits = new Permits(63);
        for (int taken = 1; taken <= 63; taken++) {
            assertEquals(taken, permits.take(taken));
        }
        permits.give(1, true);
        assertEquals(63, permits.take(2));
    }

    /** As many are taken as never before in the word, so it looks at all. */
    @Test
    void take_newLowOfAWord_tellsHowManyAreTaken() {
        Permits permits = new Permits(64);
        for (int taken = 1; taken <= 64; taken++) {
            assertEquals(taken, permits.take(3));
        }
    }

    @Test
    void give_toItsOwnWord_movesThePermitsThere() {
        Permits permits = new Permits(64);
        for (int i = 0; i < 64; i++) {
            permits.take(i);
        }
        for (int i = 0; i < 64; i++) {
            permits.give(5, false);
        }
        assertEquals(0, permits.taken());
        for (int i = 0; i < 64; i++) {
            assertTrue(permits.take(0) > 0);
        }
        assertEquals(0, permits.take(5));
    }

    @Test
    void give_succeededOrNot_countsThoseThatHave() {
        Permits permits = new Permits(100);
        for (int i = 0; i < 100; i++) {
            permits.take(i);
            assertFalse(permits.give(i, i % 4 != 0));
        }
        permits.countSuccess(3);
        assertEquals(76, permits.succeeded());
        assertEquals(0, permits.taken());
    }

    /** While a try in vain has taken it below zero, for a moment, too. */
    @Test
    void give_successesFillTheWord_areMovedAndStayCounted() {
        long before = (1L << 30) - 1;
        Permits permits = new Permits(1);
        permits.setSuccesses(0, before);
        assertEquals(before, permits.succeeded());
        permits.take(0);
        assertFalse(permits.give(0, true));
        permits.take(0);
        assertTrue(permits.give(0, true));
        assertEquals(before + 2, permits.succeeded());
        permits.moveSuccesses(0);
        assertEquals(before + 2, permits.succeeded());
        assertEquals(1, permits.take(0));
        assertEquals(0, permits.take(0));
        assertFalse(permits.give(0, true));
        permits.setSuccesses(0, 3L << 30);
        assertTrue(permits.countSuccess(0));
        permits.moveSuccesses(0);
        assertEquals(before + 4 + (3L << 30), permits.succeeded());
        assertFalse(permits.countSuccess(0));
        assertEquals(0, permits.taken());
    }

    @Test
    void stripe_consecutiveThreads_areSpread() {
        Permits permits = new Permits(1_000);
        for (int step : new int[] {1, 2, 3, 16, 64}) {
            int[] uses = new int[16];
            for (int i = 0; i < 1_600; i++) {
                uses[permits.stripe(30 + (long) i * step) & 15]++;
            }
            for (int used : uses) {
                assertTrue(used > 50 && used < 200, () -> used + " of 1600, step " + step);
            }
        }
    }

    /** What all hold together is never more than there are, and in the end all are back. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 64, 65})
    void takeAndGive_byManyThreads_keepsTheBound(int size) throws InterruptedException {
        Permits permits = new Permits(size, 4);
        AtomicInteger held = new AtomicInteger();
        Set<Thread> threads = new HashSet<>();
        List<String> findings = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int stripe = i;
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int j = 0; j < 100_000; j++) {
                                    if (permits.take(stripe) == 0) {
                                        continue;
                                    }
                                    int now = held.incrementAndGet();
                                    if (now > size) {
                                        synchronized (findings) {
                                            findings.add(now + " of " + size);
                                        }
                                    }
                                    held.decrementAndGet();
                                    permits.give(stripe, true);
                                }
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), findings);
        assertEquals(0, permits.taken());
        int free = 0;
        while (permits.take(0) > 0) {
            free++;
        }
        assertEquals(size, free);
    }
}
