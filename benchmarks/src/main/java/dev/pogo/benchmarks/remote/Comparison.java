package dev.pogo.benchmarks.remote;

import dev.pogo.benchmarks.Medians;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** Slices of contenders in turn, again and again. The first one is the base. */
final class Comparison {
    private final Map<String, List<Figures>> figures = new LinkedHashMap<>();
    private final String base;

    private Comparison(String base) {
        this.base = base;
    }

    /** Measures them. */
    static Comparison run(
            Map<String, Contender> contenders,
            int callers,
            ServerWatch server,
            int rounds,
            Duration slice)
            throws InterruptedException {
        Comparison comparison = new Comparison(contenders.keySet().iterator().next());
        for (int round = 0; round < rounds; round++) {
            for (Map.Entry<String, Contender> entry : contenders.entrySet()) {
                comparison.add(
                        entry.getKey(), Slice.measure(entry.getValue(), callers, server, slice));
            }
        }
        return comparison;
    }

    private void add(String contender, Figures counted) {
        figures.computeIfAbsent(contender, key -> new ArrayList<>()).add(counted);
    }

    Set<String> contenders() {
        return figures.keySet();
    }

    /** The median of the rounds. */
    double median(String contender, ToDoubleFunction<Figures> figure) {
        return Medians.median(values(contender, figure));
    }

    /** The median of the rounds' quotients. */
    double byBase(String contender, ToDoubleFunction<Figures> figure) {
        return Medians.ofQuotients(values(contender, figure), values(base, figure));
    }

    /** Of the last round. */
    Traffic traffic(String contender) {
        return of(contender).getLast().traffic();
    }

    private double[] values(String contender, ToDoubleFunction<Figures> figure) {
        return of(contender).stream().mapToDouble(figure).toArray();
    }

    private List<Figures> of(String contender) {
        return Objects.requireNonNull(figures.get(contender));
    }
}
