package dev.pogo.benchmarks.remote;

import dev.pogo.benchmarks.measure.Comparison;
import dev.pogo.benchmarks.measure.Figures;
import dev.pogo.benchmarks.measure.Table;

/** What is printed of comparisons. */
final class Tables {
    /** Commands that are rarer belong to heartbeats, and to those who measure. */
    private static final double RARE = 0.02;

    private Tables() {}

    static Table ways(Comparison measured, String load) {
        Table table =
                new Table(
                        load,
                        "p50, µs",
                        "p99, µs",
                        "p50 ÷ `PING`",
                        "a second",
                        "CPU µs: caller",
                        "hosts",
                        "Redis");
        for (String way : measured.contenders()) {
            table.row(
                    way,
                    measured.median(way, Figures::p50),
                    measured.median(way, Figures::p99),
                    measured.byBase(way, Figures::p50),
                    measured.median(way, Figures::perSecond),
                    measured.median(way, figures -> figures.caller().cpuMicros()),
                    measured.median(way, figures -> figures.hosts().cpuMicros()),
                    measured.median(way, figures -> figures.server().cpuMicros()));
        }
        return table;
    }

    static Table wakes(Comparison measured, String load) {
        Table table = new Table(load, "wakes: caller", "hosts", "Redis", "all", "commands");
        for (String way : measured.contenders()) {
            table.row(
                    way,
                    measured.median(way, figures -> figures.caller().wakes()),
                    measured.median(way, figures -> figures.hosts().wakes()),
                    measured.median(way, figures -> figures.server().wakes()),
                    measured.median(way, Tables::allWakes),
                    measured.median(way, figures -> figures.traffic().calls()));
        }
        return table;
    }

    private static double allWakes(Figures figures) {
        return figures.caller().wakes() + figures.hosts().wakes() + figures.server().wakes();
    }

    static Table hosts(Comparison measured, String load) {
        Table table =
                new Table(
                        load,
                        "jobs/s",
                        "÷ 1 host",
                        "p50, µs",
                        "p99, µs",
                        "CPU µs: caller",
                        "hosts",
                        "Redis");
        for (String fleet : measured.contenders()) {
            table.row(
                    fleet,
                    measured.median(fleet, Figures::perSecond),
                    measured.byBase(fleet, Figures::perSecond),
                    measured.median(fleet, Figures::p50),
                    measured.median(fleet, Figures::p99),
                    measured.median(fleet, figures -> figures.caller().cpuMicros()),
                    measured.median(fleet, figures -> figures.hosts().cpuMicros()),
                    measured.median(fleet, figures -> figures.server().cpuMicros()));
        }
        return table;
    }

    static Table sizes(Comparison measured, String load) {
        Table table =
                new Table(
                        load,
                        "jobs/s",
                        "CPU µs: Redis",
                        "of all",
                        "commands a job",
                        "bytes in",
                        "bytes out");
        for (String size : measured.contenders()) {
            table.row(
                    size,
                    measured.median(size, Figures::perSecond),
                    measured.median(size, figures -> figures.server().cpuMicros()),
                    measured.median(size, Tables::allMicros),
                    measured.median(size, figures -> figures.traffic().calls()),
                    measured.median(size, figures -> figures.traffic().bytesIn()),
                    measured.median(size, figures -> figures.traffic().bytesOut()));
        }
        return table;
    }

    private static double allMicros(Figures figures) {
        return figures.caller().cpuMicros()
                + figures.hosts().cpuMicros()
                + figures.server().cpuMicros();
    }

    static Table commands(String way, Comparison one, Comparison many, String load) {
        Table table =
                new Table(
                        way,
                        "1 caller: calls a job",
                        "Redis' µs a job",
                        load + ": calls a job",
                        "Redis' µs a job");
        for (String command : one.traffic(way).commands().keySet()) {
            double calls = one.median(way, of -> of.traffic().calls(command).count());
            if (calls >= RARE) {
                table.row(
                        '`' + command + '`',
                        calls,
                        one.median(way, of -> of.traffic().calls(command).micros()),
                        many.median(way, of -> of.traffic().calls(command).count()),
                        many.median(way, of -> of.traffic().calls(command).micros()));
            }
        }
        return table;
    }
}
