package dev.pogo.samples.load;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What the users of a load have seen. Not for several threads: each user has its own. */
final class LoadReport {
    private static final int MAX_ERRORS = 5;

    private final Map<Integer, Long> byStatus = new TreeMap<>();
    private final Map<String, Long> byError = new TreeMap<>();
    private long cancelled;
    private long[] latencies = new long[64];
    private int answered;

    void answered(int status, long nanos) {
        byStatus.merge(status, 1L, Long::sum);
        if (answered == latencies.length) {
            latencies = Arrays.copyOf(latencies, 2 * answered);
        }
        latencies[answered++] = nanos;
    }

    void cancelled() {
        cancelled++;
    }

    void failed(Throwable failure) {
        byError.merge(String.valueOf(failure), 1L, Long::sum);
    }

    void add(LoadReport other) {
        other.byStatus.forEach((status, count) -> byStatus.merge(status, count, Long::sum));
        other.byError.forEach((error, count) -> byError.merge(error, count, Long::sum));
        cancelled += other.cancelled;
        int all = answered + other.answered;
        if (all > latencies.length) {
            latencies = Arrays.copyOf(latencies, Math.max(all, 2 * answered));
        }
        System.arraycopy(other.latencies, 0, latencies, answered, other.answered);
        answered = all;
    }

    long errors() {
        return byError.values().stream().mapToLong(Long::longValue).sum();
    }

    void print(PrintWriter out, Duration took) {
        byStatus.forEach(
                (status, count) -> out.printf(Locale.ROOT, "%-10d %,12d%n", status, count));
        out.printf(Locale.ROOT, "%-10s %,12d%n", "cancelled", cancelled);
        out.printf(Locale.ROOT, "%-10s %,12d%n", "errors", errors());
        byError.entrySet().stream()
                .limit(MAX_ERRORS)
                .forEach(error ->
                        out.printf(
                                Locale.ROOT, "  %,d times %s%n", error.getValue(), error.getKey()));
        long[] sorted = Arrays.copyOf(latencies, answered);
        Arrays.sort(sorted);
        double seconds = Math.max(1, took.toNanos()) / 1e9;
        out.printf(
                Locale.ROOT,
                "latency of the answered: p50 %.1f ms, p99 %.1f ms, longest %.1f ms%n",
                quantile(sorted, 0.5),
                quantile(sorted, 0.99),
                quantile(sorted, 1));
        out.printf(
                Locale.ROOT,
                "%.1f requests per second, for %.1f s%n",
                (answered + cancelled + errors()) / seconds,
                seconds);
    }

    /** The smallest latency that the given part does not exceed, in milliseconds. */
    private static double quantile(long[] sorted, double part) {
        if (sorted.length == 0) {
            return 0;
        }
        int rank = (int) Math.ceil(part * sorted.length);
        return sorted[Math.max(rank, 1) - 1] / 1e6;
    }
}
