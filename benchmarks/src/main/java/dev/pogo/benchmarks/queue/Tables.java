package dev.pogo.benchmarks.queue;

import dev.pogo.benchmarks.measure.Comparison;
import dev.pogo.benchmarks.measure.Figures;
import dev.pogo.benchmarks.measure.Table;

/** What is printed of comparisons. */
final class Tables {
    /** Commands that are rarer belong to ticks, and to those who measure. */
    private static final double RARE = 0.01;

    private static final String POGO = "`PogoQueue`";
    private static final String BY_HAND = "by hand";

    private Tables() {}

    /** The time of one operation is that of the base times the quotient. */
    private static double timeByBase(Comparison measured, String way) {
        return measured.byBase(way, figures -> 1 / figures.perSecond());
    }

    private static double cpu(Figures figures) {
        return figures.caller().cpuMicros() + figures.server().cpuMicros();
    }

    static Table pushes(Comparison measured, String load) {
        return costs(measured, load, "pushes/s");
    }

    static Table deliveries(Comparison measured, String load) {
        return costs(measured, load, "messages/s");
    }

    private static Table costs(Comparison measured, String load, String rate) {
        Table table =
                new Table(
                        load,
                        rate,
                        "time ÷ first",
                        "CPU ÷ first",
                        "CPU µs: this process",
                        "Redis",
                        "commands");
        for (String way : measured.contenders()) {
            table.row(
                    way,
                    measured.median(way, Figures::perSecond),
                    timeByBase(measured, way),
                    measured.byBase(way, Tables::cpu),
                    measured.median(way, figures -> figures.caller().cpuMicros()),
                    measured.median(way, figures -> figures.server().cpuMicros()),
                    measured.median(way, figures -> figures.traffic().calls()));
        }
        return table;
    }

    static Table commands(Comparison measured, String load) {
        Table table =
                new Table(load, BY_HAND + ": calls", "Redis' µs", POGO + ": calls", "Redis' µs");
        for (String command : measured.traffic(POGO).commands().keySet()) {
            double byHand = calls(measured, BY_HAND, command);
            double pogo = calls(measured, POGO, command);
            if (Math.max(byHand, pogo) >= RARE) {
                table.row(
                        '`' + command + '`',
                        byHand,
                        micros(measured, BY_HAND, command),
                        pogo,
                        micros(measured, POGO, command));
            }
        }
        return table;
    }

    private static double calls(Comparison measured, String way, String command) {
        return measured.median(way, figures -> figures.traffic().calls(command).count());
    }

    private static double micros(Comparison measured, String way, String command) {
        return measured.median(way, figures -> figures.traffic().calls(command).micros());
    }

    static Table latencies(Comparison measured) {
        Table table =
                new Table(
                        "push to job, at rest", "p50, µs", "p99, µs", "p50 ÷ first", "p99 ÷ first");
        for (String way : measured.contenders()) {
            table.row(
                    way,
                    measured.median(way, Figures::p50),
                    measured.median(way, Figures::p99),
                    measured.byBase(way, Figures::p50),
                    measured.byBase(way, Figures::p99));
        }
        return table;
    }
}
