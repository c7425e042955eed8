package dev.pogo;

import static org.junit.jupiter.api.Assertions.fail;

/**
 * Tells by the time taken whether a cost grows in proportion to a number or faster. A busy machine
 * can spoil a measurement, but never make all of them look like a quadratic cost.
 */
public final class Growth {
    private static final int TIMES = 8;

    /** Halfway between a cost that is in proportion, and one that is quadratic. */
    private static final double MOST = 4;

    private static final int TRIES = 5;

    @FunctionalInterface
    public interface Run {
        void run(int n) throws Exception;
    }

    private Growth() {}

    /** Fails if each of n takes much longer where there are eight times as many. */
    public static void isInProportion(int n, Run run) throws Exception {
        nanosForEach(TIMES, n, run); // compiles it
        StringBuilder seen = new StringBuilder();
        for (int i = 0; i < TRIES; i++) {
            double few = nanosForEach(TIMES, n, run);
            double many = nanosForEach(1, TIMES * n, run);
            if (many < MOST * few) {
                return;
            }
            seen.append(" %d: %.0f ns each, %d: %.0f ns each;".formatted(n, few, TIMES * n, many));
        }
        fail("not in proportion:" + seen);
    }

    private static double nanosForEach(int rounds, int n, Run run) throws Exception {
        long began = System.nanoTime();
        for (int i = 0; i < rounds; i++) {
            run.run(n);
        }
        return (double) (System.nanoTime() - began) / rounds / n;
    }
}
