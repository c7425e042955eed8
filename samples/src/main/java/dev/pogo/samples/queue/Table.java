package dev.pogo.samples.queue;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows under a line of titles. Numbers are aligned to the right, with their titles. */
final class Table {
    private static final String GAP = "  ";

    private final List<String> titles;
    private final List<List<Object>> rows = new ArrayList<>();

    Table(String... titles) {
        this.titles = List.of(titles);
    }

    /** Adds a row: for each title a text or a number. */
    void add(Object... cells) {
        rows.add(List.of(cells));
    }

    void print(PrintWriter out) {
        List<StringBuilder> lines = new ArrayList<>();
        lines.add(new StringBuilder());
        rows.forEach(row -> lines.add(new StringBuilder()));
        for (int column = 0; column < titles.size(); column++) {
            append(lines, column);
        }
        lines.forEach(line -> out.println(line.toString().stripTrailing()));
    }

    private void append(List<StringBuilder> lines, int column) {
        int width = titles.get(column).length();
        boolean numbers = !rows.isEmpty();
        for (List<Object> row : rows) {
            width = Math.max(width, row.get(column).toString().length());
            numbers &= row.get(column) instanceof Number;
        }
        for (int i = 0; i < lines.size(); i++) {
            String cell = i == 0 ? titles.get(column) : rows.get(i - 1).get(column).toString();
            String padding = " ".repeat(width - cell.length());
            lines.get(i)
                    .append(column == 0 ? "" : GAP)
                    .append(numbers ? padding + cell : cell + padding);
        }
    }
}
