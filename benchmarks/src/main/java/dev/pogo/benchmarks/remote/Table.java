package dev.pogo.benchmarks.remote;

import java.util.Locale;
import java.util.StringJoiner;

/** One in Markdown. */
final class Table {
    private final StringJoiner lines = new StringJoiner("\n", "", "\n");

    /** With its columns; all but the first have numbers. */
    Table(String... columns) {
        lines.add("| " + String.join(" | ", columns) + " |");
        lines.add("|---|" + "---:|".repeat(columns.length - 1));
    }

    /** The numbers have as many digits as say something; a dash stands for nothing. */
    void row(String heading, double... numbers) {
        StringJoiner cells = new StringJoiner(" | ", "| ", " |");
        cells.add(heading);
        for (double number : numbers) {
            cells.add(figure(number));
        }
        lines.add(cells.toString());
    }

    private static String figure(double value) {
        int decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
        return value == 0 || !Double.isFinite(value)
                ? "–"
                : String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    @Override
    public String toString() {
        return lines.toString();
    }
}
