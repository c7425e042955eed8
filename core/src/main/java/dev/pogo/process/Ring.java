package dev.pogo.process;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Which areas of a piece of shared memory are taken. They are given out going round: after the area
 * given last, and from the beginning again when the end is reached; those that are still taken then
 * are skipped, so that one that is kept for long holds up nobody. There are never more of them than
 * there are workers, hence the plain list. Not thread-safe.
 */
final class Ring {
    /** Areas begin at multiples of this, so that no two share a cache line. */
    static final int ALIGNMENT = 64;

    private final Area whole;

    /** By offset; no two overlap. */
    private final List<Area> taken = new ArrayList<>();

    /** Where the area given last ends. */
    private long next;

    private long used;

    Ring(Area whole) {
        this.whole = whole;
        this.next = whole.offset();
    }

    /**
     * Takes an area.
     *
     * @param bytes its length, more than zero
     * @return the area, a little longer where its end is not aligned; null if there is no room
     */
    @Nullable Area take(long bytes) {
        long length = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        long from = firstFit(length, next, whole.end());
        if (from < 0) {
            from = firstFit(length, whole.offset(), Math.min(whole.end(), next + length));
        }
        if (from < 0) {
            return null;
        }
        Area area = new Area(from, length);
        taken.add(indexAfter(from), area);
        next = area.end();
        used += length;
        return area;
    }

    /** Gives one back. */
    void free(Area area) {
        if (!taken.remove(area)) {
            throw new IllegalArgumentException(area + " is not taken");
        }
        used -= area.length();
    }

    /** Where the first gap of that length begins, between the two places; -1 if there is none. */
    private long firstFit(long length, long from, long until) {
        long start = from;
        for (Area area : taken) {
            if (area.end() <= start) {
                continue;
            }
            if (area.offset() - start >= length) {
                break;
            }
            start = area.end();
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

    /** How much is free beside the largest gap. */
    long fragmented() {
        long largest = 0;
        long start = whole.offset();
        for (Area area : taken) {
            largest = Math.max(largest, area.offset() - start);
            start = area.end();
        }
        largest = Math.max(largest, whole.end() - start);
        return whole.length() - used - largest;
    }
}
