package dev.pogo.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

class RingTest {
    private static final int WHOLE = 1024;

    private static Area take(Ring ring, long bytes) {
        Area area = ring.take(bytes);
        assertNotNull(area);
        return Objects.requireNonNull(area);
    }

    @Test
    void take_oneAfterTheOther_goesRound() {
        Ring ring = new Ring(new Area(128, WHOLE));
        Area first = take(ring, 512);
        assertEquals(new Area(128, 512), first);
        ring.free(first);
        assertEquals(new Area(640, 448), take(ring, 400));
        assertEquals(new Area(128, 128), take(ring, 100), "from the beginning again");
    }

    @Test
    void take_anAreaThatIsKeptForLong_isSkipped() {
        Ring ring = new Ring(new Area(0, WHOLE));
        take(ring, 64);
        for (int i = 0; i < 1_000; i++) {
            ring.free(take(ring, 512));
        }
        assertEquals(64, ring.used());
    }

    @Test
    void take_allOfIt_leavesNothingAndAllComesBack() {
        Ring ring = new Ring(new Area(0, WHOLE));
        Area all = take(ring, WHOLE);
        assertNull(ring.take(1));
        ring.free(all);
        assertEquals(0, ring.used());
        assertEquals(0, ring.fragmented());
        assertNull(ring.take(WHOLE + 1));
        take(ring, WHOLE);
    }

    @Test
    void fragmented_isWhatIsFreeBesideTheLargestGap() {
        Ring ring = new Ring(new Area(0, WHOLE));
        take(ring, 256);
        Area second = take(ring, 128);
        take(ring, 256);
        assertEquals(0, ring.fragmented());
        ring.free(second);
        assertEquals(512, ring.used());
        assertEquals(128, ring.fragmented(), "384 are free at the end");
        assertThrows(IllegalArgumentException.class, () -> ring.free(second));
    }

    /** Takes and frees at random; the model is a list of what is taken. */
    @Property
    void takeAndFree_anyOrder_neverOverlapsAndLosesNothing(
            @ForAll @Size(max = 200) List<@IntRange(min = -10, max = 500) Integer> steps) {
        Ring ring = new Ring(new Area(64, WHOLE));
        List<Area> taken = new ArrayList<>();
        for (int step : steps) {
            if (step > 0) {
                Area area = ring.take(step);
                if (area == null) {
                    assertTrue(
                            largestGap(taken) < (step + 63L) / 64 * 64, () -> step + ", " + taken);
                    continue;
                }
                assertTrue(
                        area.length() >= step && area.offset() >= 64 && area.end() <= 64 + WHOLE);
                for (Area other : taken) {
                    assertTrue(area.end() <= other.offset() || other.end() <= area.offset());
                }
                taken.add(area);
            } else if (!taken.isEmpty()) {
                ring.free(taken.remove(-step % taken.size()));
            }
            long used = taken.stream().mapToLong(Area::length).sum();
            assertEquals(used, ring.used());
            assertEquals(WHOLE - used - largestGap(taken), ring.fragmented());
        }
        taken.forEach(ring::free);
        assertEquals(0, ring.used());
        assertNotNull(ring.take(WHOLE));
    }

    private static long largestGap(List<Area> taken) {
        List<Area> sorted = new ArrayList<>(taken);
        sorted.sort((a, b) -> Long.compare(a.offset(), b.offset()));
        sorted.add(new Area(64 + WHOLE, 0));
        long from = 64;
        long largest = 0;
        for (Area area : sorted) {
            largest = Math.max(largest, area.offset() - from);
            from = area.end();
        }
        return largest;
    }
}
