package dev.pogo.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.benchmarks.busy.Busy;
import dev.pogo.benchmarks.contenders.BusyContender;

import org.jfree.data.category.DefaultCategoryDataset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What is made of the figures of {@link Busy}. */
class BusyReportTest {
    private static final BusyContender BASE = BusyContender.STRUCTURED_SEMAPHORE;

    /** Runs as the program writes them, one for each round. */
    private static String runs(BusyRow row, BusyContender contender, double... micros) {
        return Arrays.stream(micros)
                .mapToObj(cpu ->
                        """
                        {"benchmark": "%s", "vmName": "VM", "vmVersion": "25",
                         "params": {"contender": "%s", "callers": "%s", "tasks": "%d",
                                    "sleep": "%d", "tracking": "%s"},
                         "primaryMetric": {"rawData": [[%s]]},
                         "secondaryMetrics": {"%s": {"rawData": [[12345]]}}}\
                        """
                                .formatted(
                                        Busy.NAME,
                                        contender,
                                        row.callerOption(),
                                        row.tasks(),
                                        row.sleepMillis(),
                                        row.tracked(),
                                        cpu,
                                        Busy.THROUGHPUT))
                .collect(Collectors.joining(","));
    }

    private static Results read(Path dir, String... runs) throws Exception {
        Path json = dir.resolve("results.json");
        Files.writeString(json, "[" + String.join(",", runs) + "]");
        return Results.read(json);
    }

    private static String line(Results results, int table, String start) {
        return BusyTables.of(results)
                .get(table)
                .toString()
                .lines()
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void tables_machineIsSlowInOneRound_divideRoundByRound(@TempDir Path dir) throws Exception {
        Results results =
                read(
                        dir,
                        runs(BusyRow.FEW, BusyContender.POGO, 1, 100, 30),
                        runs(BusyRow.FEW, BASE, 2, 400, 10),
                        runs(BusyRow.PLATFORM, BusyContender.POGO, 3),
                        runs(BusyRow.PLATFORM, BASE, 4));
        String columns =
                "16 virtual × 3 | 16 virtual × 3, untracked"
                        + " | 64 virtual × 20 | 64 virtual × 20, untracked | 16 platform × 3 |";
        assertTrue(line(results, 0, "| CPU").contains(columns), columns);
        String ratios = line(results, 0, "| StructuredTaskScope + Semaphore |");
        assertTrue(ratios.contains("Semaphore | 0.50 | – | – | – | 0.75 | – |"), ratios);
        String figures = line(results, 1, "| StructuredTaskScope + Semaphore |");
        assertTrue(
                figures.contains("| 10.0; 12,345 | –; – | –; – | –; – | 4.00; 12,345 |"), figures);
        assertTrue(Page.of(results).contains(ratios));
    }

    @Test
    void tables_rowOfTheContender_isThatOfItsLabel(@TempDir Path dir) throws Exception {
        Results results =
                read(
                        dir,
                        runs(BusyRow.FEW, BusyContender.POGO, 1),
                        runs(BusyRow.FEW, BusyContender.POGO_AWAIT_ALL_DEADLINE, 4),
                        runs(BusyRow.FEW.untracked(), BusyContender.POGO, 1),
                        runs(BusyRow.FEW.untracked(), BusyContender.POGO_AWAIT_ALL_DEADLINE, 2));
        String line = line(results, 0, "| Pogo, awaitAll, deadline |");
        assertTrue(line.contains("deadline | 0.25 | 0.50 | – |"), line);
    }

    @Test
    void goals_oneWayIsOver_isMissed(@TempDir Path dir) throws Exception {
        Results results =
                read(
                        dir,
                        runs(BusyRow.SLEEP_1, BusyContender.POGO, 1.05),
                        runs(BusyRow.SLEEP_1, BusyContender.POGO_DEADLINE, 1.04),
                        runs(BusyRow.SLEEP_1, BusyContender.POGO_AWAIT_ALL, 0.95),
                        runs(BusyRow.SLEEP_1, BusyContender.POGO_AWAIT_ALL_DEADLINE, 0.96),
                        runs(BusyRow.SLEEP_1, BASE, 1));
        List<Goal> goals = Goal.of(results).subList(0, 2);
        assertEquals("1.05, 1.04", goals.get(0).measured());
        assertTrue(goals.get(0).isMet());
        assertEquals("0.95, 0.96", goals.get(1).measured());
        assertFalse(goals.get(1).isMet());
    }

    @Test
    void chart_ofWhoWasMeasuredUnderEachLoad_isTheQuotient(@TempDir Path dir) throws Exception {
        Results results =
                read(
                        dir,
                        runs(BusyRow.FEW, BusyContender.POGO, 1),
                        runs(BusyRow.FEW, BusyContender.COROUTINES, 9),
                        runs(BusyRow.FEW, BASE, 2),
                        runs(BusyRow.SLEEP_1, BusyContender.POGO, 6),
                        runs(BusyRow.SLEEP_1, BASE, 8));
        DefaultCategoryDataset data = Chart.data(results);
        assertEquals(List.of(BusyContender.POGO.label(), BASE.label()), data.getColumnKeys());
        assertEquals(0.5, data.getValue(Chart.legend(BusyRow.FEW), BusyContender.POGO.label()));
        assertEquals(
                0.75, data.getValue(Chart.legend(BusyRow.SLEEP_1), BusyContender.POGO.label()));
        assertTrue(Chart.of(results).startsWith("<?xml"));
    }

    @Test
    void run_inAJvmOfItsOwn_givesTheFiguresOfTheRow(@TempDir Path dir) throws Exception {
        BusySuite suite = new BusySuite(Pattern.compile("FanOut|Busy"));
        BusyRow row = BusyRow.SLEEP_1.untracked();
        List<BusyContender> contenders = List.of(BusyContender.POGO, BusyContender.EXECUTOR);
        assertTrue(
                suite.run(row, contenders, "--warm-up", "10", "--slice", "200", "--rounds", "2"));
        Path file = dir.resolve("results.json");
        Results.write(suite.json(), file);
        Results results = Results.read(file);
        for (BusyContender contender : contenders) {
            assertEquals(2, results.of(row.figure(Figure.TIME, contender)).length);
            assertEquals(2, results.of(row.figure(Busy.THROUGHPUT, contender)).length);
        }
    }

    @Test
    void run_notAskedFor_doesNothing() throws Exception {
        BusySuite suite = new BusySuite(Pattern.compile("FanOut"));
        suite.all(1);
        assertEquals("[]", suite.json());
    }
}
