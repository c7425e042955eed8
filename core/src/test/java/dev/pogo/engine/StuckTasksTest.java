package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

final class StuckTasksTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - SECOND, Long.MIN_VALUE, -SECOND / 2})
    void count_taskGoesOn_isCountedAfterASecondAndNotBefore(long origin) {
        for (int at = 0; at < 1_000; at += 37) {
            StuckTasks stuck = new StuckTasks(origin);
            long cancelled = origin + at * MILLI;
            stuck.add(cancelled);
            assertEquals(0, stuck.count(cancelled));
            assertEquals(0, stuck.count(cancelled + SECOND));
            assertEquals(1, stuck.count(cancelled + SECOND + 125 * MILLI));
            assertEquals(1, stuck.count(cancelled + 1_000 * SECOND));
            stuck.remove(cancelled);
            assertEquals(0, stuck.count(cancelled + 1_000 * SECOND));
        }
    }

    @Test
    void count_taskEndsWithinASecond_isNeverCounted() {
        StuckTasks stuck = new StuckTasks(0);
        for (int i = 0; i < 10_000; i++) {
            long cancelled = i * 10L * MILLI;
            stuck.add(cancelled);
            assertEquals(0, stuck.count(cancelled + 5 * MILLI));
            stuck.remove(cancelled);
        }
    }

    @Test
    void remove_beforeAdd_leavesNothing() {
        StuckTasks stuck = new StuckTasks(0);
        stuck.remove(0);
        assertEquals(0, stuck.count(10 * SECOND));
        stuck.add(0);
        assertEquals(0, stuck.count(10 * SECOND));
        stuck.add(10 * SECOND);
        assertEquals(1, stuck.count(20 * SECOND));
    }

    @Test
    void count_manyTasks_isThatOfAList() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        StuckTasks stuck = new StuckTasks(0);
        List<Long> alive = new ArrayList<>();
        long now = 0;
        for (int i = 0; i < 100_000; i++) {
            now += random.nextInt(40) * MILLI;
            if (random.nextBoolean()) {
                alive.add(now);
                stuck.add(now);
            } else if (!alive.isEmpty()) {
                stuck.remove(alive.remove(random.nextInt(alive.size())));
            }
            long time = now;
            int count = stuck.count(now);
            long least = alive.stream().filter(at -> time - at > SECOND + 125 * MILLI).count();
            long most = alive.stream().filter(at -> time - at > SECOND).count();
            assertEquals(Math.clamp(count, least, most), count, () -> "seed " + seed);
        }
    }
}
