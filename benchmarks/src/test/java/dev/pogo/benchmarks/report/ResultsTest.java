package dev.pogo.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What is made of JMH's JSON. */
class ResultsTest {
    private static final Figure POGO = time("POGO");
    private static final Figure OTHER = time("STRUCTURED");

    private static Figure time(String contender) {
        return Figure.of("FanOut.request", Figure.TIME, "contender", contender, "tasks", "3");
    }

    private static String run(String contender, String iterations, String bytes) {
        return """
        {"benchmark": "dev.pogo.benchmarks.FanOut.request",
         "vmName": "VM", "vmVersion": "25",
         "params": {"contender": "%s", "tasks": "3"},
         "primaryMetric": {"rawData": [%s]},
         "secondaryMetrics": {"gc.alloc.rate.norm": {"rawData": [[%s]]}}}\
        """
                .formatted(contender, iterations, bytes);
    }

    private static Results read(Path dir, String... runs) throws IOException {
        Path json = dir.resolve("results.json");
        Files.writeString(json, "[" + String.join(",", runs) + "]");
        return Results.read(json);
    }

    @Test
    void ratio_machineIsSlowInOneRound_isThatOfTheOthers(@TempDir Path dir) throws IOException {
        Results results =
                read(
                        dir,
                        run("POGO", "[1.0, 9.0, 1.0]", "10"),
                        run("STRUCTURED", "[2.0]", "20"),
                        run("POGO", "[100.0]", "10"),
                        run("STRUCTURED", "[400.0]", "20"),
                        run("POGO", "[70.0]", "10"),
                        run("STRUCTURED", "[7.0]", "20"));
        assertEquals(0.5, results.ratio(POGO, OTHER));
        assertEquals(1, results.ratioToCheapest(OTHER, List.of(OTHER, OTHER)));
        assertEquals(2, results.ratioToCheapest(OTHER, List.of(OTHER, POGO)));
        assertEquals(70, results.median(POGO));
        assertEquals("VM 25", results.jvm());
    }

    @Test
    void write_measuredAgain_takesThePlaceOfTheSameBenchmarks(@TempDir Path dir)
            throws IOException {
        Path file = dir.resolve("target").resolve("results.json");
        String fanOut = run("POGO", "[1.0]", "10");
        Results.write("[" + fanOut + "," + fanOut.replace("FanOut", "Turns") + "]", file);
        Results.write("[" + run("POGO", "[5.0]", "10") + "]", file);
        Results results = Results.read(file);
        assertEquals(5, results.median(POGO));
        Figure kept = Figure.of("Turns.request", Figure.TIME, "contender", "POGO", "tasks", "3");
        assertEquals(1, results.median(kept));
        assertEquals(1, results.of(POGO).length);
    }

    @Test
    void figure_notMeasured_isADash(@TempDir Path dir) throws IOException {
        Results results = read(dir, run("POGO", "[1.0]", "10"));
        assertEquals("–", MarkdownTable.figure(results.median(OTHER)));
        assertEquals("–", MarkdownTable.figure(results.ratio(POGO, OTHER)));
        String page = Page.of(results);
        assertTrue(page.contains("| Pogo | –; – | 1.00; 3 | –; – | –; – | –; – |"), page);
        assertTrue(page.contains("| StructuredTaskScope | – | – | – | – | – |"), page);
    }

    @Test
    void goal_oneFigureIsOver_isMissed(@TempDir Path dir) throws IOException {
        Results results = read(dir, run("POGO", "[0.8]", "10"), run("STRUCTURED", "[1.0]", "20"));
        Goal goal =
                Goal.of(results).stream()
                        .filter(each -> each.about().contains("time, StructuredTaskScope"))
                        .findFirst()
                        .orElseThrow();
        assertEquals("0.80, –, –, –", goal.measured());
        assertFalse(goal.isMet()); // what was not measured is not met
        assertTrue(new Goal("all below", 1, List.of(0.9, 1.0)).isMet());
    }

    @Test
    void figures_haveTheDigitsThatSaySomething() {
        assertEquals("1,234", MarkdownTable.figure(1_234.4));
        assertEquals("12.3", MarkdownTable.figure(12.34));
        assertEquals("0.12", MarkdownTable.figure(0.1234));
        assertEquals("3", MarkdownTable.whole(2.6));
    }
}
