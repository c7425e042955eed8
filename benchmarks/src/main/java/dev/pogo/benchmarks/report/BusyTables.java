package dev.pogo.benchmarks.report;

import static dev.pogo.benchmarks.report.MarkdownTable.figure;
import static dev.pogo.benchmarks.report.MarkdownTable.whole;

import dev.pogo.benchmarks.busy.Busy;
import dev.pogo.benchmarks.contenders.BusyContender;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** What {@link Busy} has measured: a column for each load, a row for each contender. */
final class BusyTables {
    static final String COMMAND =
            "java --enable-preview -cp benchmarks/target/benchmarks.jar "
                    + Busy.class.getName()
                    + " --callers virtual:1000 --tasks 3 --sleep 1";

    static final String ABOUT =
            "Callers that make the same request in a loop, all at once: 16 to 1,000 threads of the"
                + " kind named, requests of 3 or 20 tasks that do nothing or sleep, and more"
                + " permits than tasks. All contenders take turns in one JVM, in 9 rounds of slices"
                + " of 300 ms; CPU time is that of the whole process. A deadline is the scope's"
                + " own, of 10 s. Untracked means `-Djdk.trackAllThreads=false`: the JDK keeps no"
                + " list of all virtual threads then. Resilience4j's ThreadPoolBulkhead has 64"
                + " threads for all tasks, and Kotlin's default dispatcher one for each processor:"
                + " tasks that sleep would wait for each other there, so those have no figures.";

    private BusyTables() {}

    static List<MarkdownTable> of(Results results) {
        return List.of(
                table(
                        "CPU for a request: Pogo ÷",
                        (row, contender) ->
                                figure(
                                        results.ratio(
                                                row.figure(Figure.TIME, BusyContender.POGO),
                                                row.figure(Figure.TIME, contender)))),
                table(
                        "here: µs of CPU for a request; requests/s",
                        (row, contender) ->
                                figure(results.median(row.figure(Figure.TIME, contender)))
                                        + "; "
                                        + whole(
                                                results.median(
                                                        row.figure(Busy.THROUGHPUT, contender)))));
    }

    private static MarkdownTable table(
            String corner, BiFunction<BusyRow, BusyContender, String> cell) {
        MarkdownTable table =
                new MarkdownTable(corner, BusyRow.ALL.stream().map(BusyRow::label).toList());
        for (BusyContender contender : BusyContender.values()) {
            List<String> cells = new ArrayList<>();
            BusyRow.ALL.forEach(row -> cells.add(cell.apply(row, contender)));
            table.row(contender.label(), cells);
        }
        return table;
    }
}
