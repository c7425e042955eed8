package dev.pogo.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Numbers that many threads read and write, on cache lines of their own: a thread that reads one
 * number is not held up by threads that write another, or that write to adjacent memory. Numbers
 * that the same threads write may share a line. All access is volatile.
 */
final class PaddedLongs {
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    /**
     * Two cache lines of 64 bytes, because a processor fetches a line together with its neighbour.
     */
    private static final int LINE_BITS = 4;

    /** The first and the last line are left empty; the array's length is stored in the first. */
    private final long[] longs;

    PaddedLongs(int lines) {
        longs = new long[(lines + 2) << LINE_BITS];
    }

    /**
     * Returns a number.
     *
     * @param slot index of the number on its line, from 0
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
     * @return the previous value
     */
    long getAndAdd(int line, int slot, long delta) {
        return (long) LONGS.getAndAdd(longs, index(line, slot), delta);
    }

    boolean compareAndSet(int line, int slot, long expected, long value) {
        return LONGS.compareAndSet(longs, index(line, slot), expected, value);
    }

    /** Raises a number to the value if it is less. */
    void raise(int line, int slot, long value) {
        long now;
        // No method that takes a function: creating one may fail if memory runs out.
        while (value > (now = get(line, slot))) {
            compareAndSet(line, slot, now, value);
        }
    }

    private static int index(int line, int slot) {
        return ((line + 1) << LINE_BITS) + slot;
    }
}
