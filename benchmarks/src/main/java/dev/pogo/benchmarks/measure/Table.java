package dev.pogo.benchmarks.measure;

import java.util.Locale;
import java.util.StringJoiner;

/** A table in Markdown. */
public final class Table {
    private final StringJoiner lines = new StringJoiner("\n", "", "\n");

    /**
     * Begins a table.
     *
     * @param columns their headings; all but the first have numbers
     */
    public Table(String... columns) {
        lines.add("| " + String.join(" | ", columns) + " |");
        lines.add("|---|" + "---:|".repeat(columns.length - 1));
    }

    /**
     * Adds a row.
     *
     * @param heading the first cell
     * @param numbers the others, with as many digits as say something; a dash stands for nothing
     */
    public void row(String heading, double... numbers) {
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
