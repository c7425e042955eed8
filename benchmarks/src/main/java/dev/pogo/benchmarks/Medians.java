package dev.pogo.benchmarks;

import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** What stands for several rounds. */
public final class Medians {
    private Medians() {}

    /**
     * The middle of some values.
     *
     * @param values one for each round
     * @return their median; NaN if there is none
     */
    public static double median(double[] values) {
        double[] sorted = DoubleStream.of(values).sorted().toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /**
     * The middle of what the quotients were in each round, which is not the quotient of the
     * middles.
     *
     * @param dividends one for each round
     * @param divisors likewise
     * @return the median; NaN if there is none
     */
    public static double ofQuotients(double[] dividends, double[] divisors) {
        return median(
                IntStream.range(0, Math.min(dividends.length, divisors.length))
                        .mapToDouble(i -> dividends[i] / divisors[i])
                        .toArray());
    }
}
