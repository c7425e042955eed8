package dev.pogo.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;

import dev.pogo.Messages;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.IntStream;

class WaitGroupTest {
    private final WaitGroup group = new WaitGroup();

    @Test
    void await_zero_isTrueAtOnce() throws InterruptedException {
        assertTrue(group.await(ZERO));
        assertTrue(group.await(ofSeconds(60)));
        group.add();
        assertFalse(group.await(ZERO));
        assertFalse(group.await(ofMillis(1)));
        group.done();
        assertTrue(group.await(ZERO));
    }

    @Test
    void await_several_areToldByTheLastDone() throws Exception {
        group.add(2);
        List<Forked<Boolean>> waiting =
                IntStream.range(0, 200)
                        .mapToObj(i -> Forked.parked(() -> group.await(ofSeconds(60))))
                        .toList();
        group.done();
        assertEquals(1, group.count());
        assertFalse(group.await(ZERO));
        group.done();
        for (Forked<Boolean> one : waiting) {
            assertTrue(one.get());
        }
    }

    @Test
    void group_usedAgain_tellsThoseOfEachRound() throws Exception {
        for (int round = 0; round < 3; round++) {
            group.add();
            Forked<Boolean> waiting = Forked.parked(() -> group.await(ofSeconds(60)));
            group.done();
            group.add(); // before the thread runs, perhaps
            assertTrue(waiting.get());
            assertFalse(group.await(ZERO));
            group.done();
        }
    }

    @Test
    void count_wouldBeNegative_isRefusedWithNumbers() {
        Messages.assertContains(
                "counts 0 cannot be done once more, for it would count -1",
                assertThrows(IllegalStateException.class, group::done));
        assertEquals(0, group.count());
        group.add(0);
        Messages.assertContains(
                "but is -2", assertThrows(IllegalArgumentException.class, () -> group.add(-2)));
        assertEquals("WaitGroup[0]", group.toString());
    }

    @Test
    void count_tooLarge_isRefusedWithNumbers() {
        group.add(Integer.MAX_VALUE - 1);
        group.add();
        Messages.assertContains(
                "counts 2147483647 cannot take 1 more",
                assertThrows(IllegalStateException.class, () -> group.add()));
        assertEquals(Integer.MAX_VALUE, group.count());
    }

    @Test
    void await_interruptedOrNegative_changesNothing() {
        group.add();
        Forked<Boolean> waiting = Forked.parked(() -> group.await(ofSeconds(60)));
        waiting.interrupt();
        waiting.assertFailed(InterruptedException.class);
        assertThrows(IllegalArgumentException.class, () -> group.await(ofNanos(-1)));
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> group.await(ZERO));
        assertEquals(1, group.count());
    }

    @Test
    void done_byManyThreads_countsEach() throws Exception {
        group.add(10_000);
        Forked<Boolean> waiting = Forked.of(() -> group.await(ofSeconds(60)));
        for (int i = 0; i < 10; i++) {
            Thread.startVirtualThread(() -> {
                for (int j = 0; j < 1_000; j++) {
                    group.done();
                }
            });
        }
        assertTrue(waiting.get());
        assertEquals(0, group.count());
    }
}
