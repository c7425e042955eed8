package dev.pogo;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Numbers that many threads read and write, on cache lines of their own: who reads one number is
 * not held up by those who write another, nor by those who write to what lies beside this in the
 * memory. Numbers that the same threads write may share a line. All access is volatile.
 */
final class PaddedLongs {
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    /** Two cache lines of 64 bytes, for processors fetch the neighbour of a line with it. */
    private static final int LINE_BITS = 4;

    /** The first line and the last one are left empty: the array's length stands in the first. */
    private final long[] longs;

    PaddedLongs(int lines) {
        longs = new long[(lines + 2) << LINE_BITS];
    }

    /**
     * A number.
     *
     * @param slot which one of those on the line, from 0 on
     */
    long get(int line, int slot) {
        return (long) LONGS.getVolatile(longs, index(line, slot));
    }

    void set(int line, int slot, long value) {
        LONGS.setVolatile(longs, index(line, slot), value);
    }

    /**
     * Adds to a number.
     *
     * @return what it was before
     */
    long getAndAdd(int line, int slot, long delta) {
        return (long) LONGS.getAndAdd(longs, index(line, slot), delta);
    }

    boolean compareAndSet(int line, int slot, long expected, long value) {
        return LONGS.compareAndSet(longs, index(line, slot), expected, value);
    }

    /** Has a number be no less than the value. */
    void raise(int line, int slot, long value) {
        long now;
        // Not by a method that takes a function: to make one may fail for want of memory.
        while (value > (now = get(line, slot))) {
            compareAndSet(line, slot, now, value);
        }
    }

    private static int index(int line, int slot) {
        return ((line + 1) << LINE_BITS) + slot;
    }
}
