package dev.pogo.benchmarks.busy;

import dev.pogo.benchmarks.Medians;
import dev.pogo.benchmarks.contenders.BusyContender;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.function.ToDoubleFunction;

/** The medians of the rounds, for who runs one row by hand. */
final class Summary {
    private Summary() {}

    /** A line for each contender; the quotient is missing if the base has no figures. */
    static String of(InTurn<BusyContender> inTurn, BusyContender base) {
        StringJoiner lines = new StringJoiner("\n");
        double[] divisors = values(inTurn.costs().getOrDefault(base, List.of()), Cost::cpuMicros);
        inTurn.costs()
                .forEach((contender, costs) -> {
                    double[] cpu = values(costs, Cost::cpuMicros);
                    lines.add(
                            String.format(
                                    Locale.ROOT,
                                    "  %-24s %9.0f requests/s %9.2f us CPU a request%s",
                                    contender,
                                    Medians.median(values(costs, Cost::requestsPerSecond)),
                                    Medians.median(cpu),
                                    divisors.length == 0 ? "" : ratio(cpu, divisors, base)));
                });
        inTurn.failures()
                .forEach((contender, failure) ->
                        lines.add(String.format("  %-24s %s", contender, failure.getMessage())));
        return lines.toString();
    }

    private static String ratio(double[] cpu, double[] divisors, BusyContender base) {
        return String.format(Locale.ROOT, ", / %s: %.2f", base, Medians.ofQuotients(cpu, divisors));
    }

    private static double[] values(Collection<Cost> costs, ToDoubleFunction<Cost> figure) {
        return costs.stream().mapToDouble(figure).toArray();
    }
}
