package dev.pogo.process.wire;

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

    private static Region take(Ring ring, long bytes) {
        Region region = ring.take(bytes);
        assertNotNull(region);
        return Objects.requireNonNull(region);
    }

    @Test
    void take_oneAfterTheOther_goesRound() {
        Ring ring = new Ring(new Region(128, WHOLE));
        Region first = take(ring, 512);
        assertEquals(new Region(128, 512), first);
        ring.free(first);
        assertEquals(new Region(640, 448), take(ring, 400));
        assertEquals(new Region(128, 128), take(ring, 100), "from the beginning again");
    }

    @Test
    void take_aRegionThatIsKeptForLong_isSkipped() {
        Ring ring = new Ring(new Region(0, WHOLE));
        take(ring, 64);
        for (int i = 0; i < 1_000; i++) {
            ring.free(take(ring, 512));
        }
        assertEquals(64, ring.used());
    }

    @Test
    void take_allOfIt_leavesNothingAndAllComesBack() {
        Ring ring = new Ring(new Region(0, WHOLE));
        Region all = take(ring, WHOLE);
        assertNull(ring.take(1));
        ring.free(all);
        assertEquals(0, ring.used());
        assertEquals(0, ring.fragmented());
        assertNull(ring.take(WHOLE + 1));
        take(ring, WHOLE);
    }

    @Test
    void fragmented_isWhatIsFreeBesideTheLargestGap() {
        Ring ring = new Ring(new Region(0, WHOLE));
        take(ring, 256);
        Region second = take(ring, 128);
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
        Ring ring = new Ring(new Region(64, WHOLE));
        List<Region> taken = new ArrayList<>();
        for (int step : steps) {
            if (step > 0) {
                Region region = ring.take(step);
                if (region == null) {
                    assertTrue(
                            largestGap(taken) < (step + 63L) / 64 * 64, () -> step + ", " + taken);
                    continue;
                }
                assertTrue(
                        region.length() >= step
                                && region.offset() >= 64
                                && region.end() <= 64 + WHOLE);
                for (Region other : taken) {
                    assertTrue(region.end() <= other.offset() || other.end() <= region.offset());
                }
                taken.add(region);
            } else if (!taken.isEmpty()) {
                ring.free(taken.remove(-step % taken.size()));
            }
            long used = taken.stream().mapToLong(Region::length).sum();
            assertEquals(used, ring.used());
            assertEquals(WHOLE - used - largestGap(taken), ring.fragmented());
        }
        taken.forEach(ring::free);
        assertEquals(0, ring.used());
        assertNotNull(ring.take(WHOLE));
    }

    private static long largestGap(List<Region> taken) {
        List<Region> sorted = new ArrayList<>(taken);
        sorted.sort((a, b) -> Long.compare(a.offset(), b.offset()));
        sorted.add(new Region(64 + WHOLE, 0));
        long from = 64;
        long largest = 0;
        for (Region region : sorted) {
            largest = Math.max(largest, region.offset() - from);
            from = region.end();
        }
        return largest;
    }
}
