package dev.pogo.benchmarks.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** A table; a figure that was not measured is a dash. */
final class MarkdownTable {
    private final List<String> lines = new ArrayList<>();

    MarkdownTable(String corner, List<String> columns) {
        row(corner, columns);
        lines.add("|---|" + String.join("", Collections.nCopies(columns.size(), "---:|")));
    }

    /** One row of cells. */
    void row(String heading, List<String> cells) {
        lines.add("| " + heading + " | " + String.join(" | ", cells) + " |");
    }

    /** One row, with what each of the functions gives for each of the columns. */
    @SafeVarargs
    final void row(String heading, List<String> columns, Function<String, String>... cells) {
        List<String> row = new ArrayList<>();
        for (Function<String, String> cell : cells) {
            columns.stream().map(cell).forEach(row::add);
        }
        row(heading, row);
    }

    /** With as many digits as say something. */
    static String figure(double value) {
        double size = Math.abs(value);
        return withDecimals(size >= 100 ? 0 : size >= 10 ? 1 : 2, value);
    }

    /** Without a fraction. */
    static String whole(double value) {
        return withDecimals(0, value);
    }

    private static String withDecimals(int decimals, double value) {
        return Double.isNaN(value)
                ? "–"
                : String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    @Override
    public String toString() {
        return String.join("\n", lines) + "\n";
    }
}
