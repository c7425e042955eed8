package dev.pogo.benchmarks.measure;

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
public final class Comparison {
    private final Map<String, List<Figures>> figures = new LinkedHashMap<>();
    private final String base;

    private Comparison(String base) {
        this.base = base;
    }

    /**
     * Measures them.
     *
     * @param contenders by their names
     * @param callers how many call each of them at the same time
     * @param server the server that they use
     * @param rounds how often each has its turn
     * @param slice how long a turn is counted
     * @return what was counted
     * @throws InterruptedException if the calling thread is interrupted
     */
    public static Comparison run(
            Map<String, Contender> contenders,
            int callers,
            ServerWatch server,
            int rounds,
            Duration slice)
            throws InterruptedException {
        Comparison comparison = new Comparison(contenders.keySet().iterator().next());
        for (int round = 0; round < rounds; round++) {
            for (Map.Entry<String, Contender> entry : contenders.entrySet()) {
                entry.getValue().settle();
                comparison.add(
                        entry.getKey(), Slice.measure(entry.getValue(), callers, server, slice));
            }
        }
        return comparison;
    }

    private void add(String contender, Figures counted) {
        figures.computeIfAbsent(contender, key -> new ArrayList<>()).add(counted);
    }

    /**
     * Returns who was measured.
     *
     * @return their names
     */
    public Set<String> contenders() {
        return figures.keySet();
    }

    /**
     * The median of the rounds.
     *
     * @param contender its name
     * @param figure which of its figures
     * @return the median
     */
    public double median(String contender, ToDoubleFunction<Figures> figure) {
        return Medians.median(values(contender, figure));
    }

    /**
     * The median of the rounds' quotients.
     *
     * @param contender the name of the one whose figure is divided by that of the base
     * @param figure which of its figures
     * @return the median
     */
    public double byBase(String contender, ToDoubleFunction<Figures> figure) {
        return Medians.ofQuotients(values(contender, figure), values(base, figure));
    }

    /**
     * What the server did in the last round.
     *
     * @param contender its name
     * @return the commands and bytes
     */
    public Traffic traffic(String contender) {
        return of(contender).getLast().traffic();
    }

    private double[] values(String contender, ToDoubleFunction<Figures> figure) {
        return of(contender).stream().mapToDouble(figure).toArray();
    }

    private List<Figures> of(String contender) {
        return Objects.requireNonNull(figures.get(contender));
    }
}
