package dev.pogo.process.wire;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Allocator of regions of shared memory. The search is circular: it begins after the region
 * allocated last, and continues from the beginning when it reaches the end. Regions that are still
 * taken are skipped, so that one that is kept for long does not delay others. There are never more
 * regions than workers, hence the plain list. Not thread-safe.
 */
final class Ring {
    /** Regions begin at multiples of this, so that no two share a cache line. */
    static final int ALIGNMENT = 64;

    private final Region whole;

    /** Regions that are taken, ordered by offset; no two overlap. */
    private final List<Region> taken = new ArrayList<>();

    /** End of the region allocated last. */
    private long next;

    private long used;

    Ring(Region whole) {
        this.whole = whole;
        this.next = whole.offset();
    }

    /**
     * Takes a region.
     *
     * @param bytes its length, more than zero
     * @return the region, rounded up to the alignment; null if there is no room
     */
    @Nullable Region take(long bytes) {
        long length = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        long from = firstFit(length, next, whole.end());
        if (from < 0) {
            from = firstFit(length, whole.offset(), Math.min(whole.end(), next + length));
        }
        if (from < 0) {
            return null;
        }
        Region region = new Region(from, length);
        taken.add(indexAfter(from), region);
        next = region.end();
        used += length;
        return region;
    }

    /** Frees a region. */
    void free(Region region) {
        if (!taken.remove(region)) {
            throw new IllegalArgumentException(region + " is not taken");
        }
        used -= region.length();
    }

    /** Returns the start of the first gap of that length between the two offsets, or -1. */
    private long firstFit(long length, long from, long until) {
        long start = from;
        for (Region region : taken) {
            if (region.end() <= start) {
                continue;
            }
            if (region.offset() - start >= length) {
                break;
            }
            start = region.end();
        }
        return start + length <= until ? start : -1;
    }

    private int indexAfter(long offset) {
        int index = 0;
        while (index < taken.size() && taken.get(index).offset() < offset) {
            index++;
        }
        return index;
    }

    long used() {
        return used;
    }

    /** Returns the number of free bytes outside the largest gap. */
    long fragmented() {
        long largest = 0;
        long start = whole.offset();
        for (Region region : taken) {
            largest = Math.max(largest, region.offset() - start);
            start = region.end();
        }
        largest = Math.max(largest, whole.end() - start);
        return whole.length() - used - largest;
    }
}
