package dev.pogo.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;

import dev.pogo.CancelReason;
import dev.pogo.ScopeReport;
import dev.pogo.Task;
import dev.pogo.TaskReport;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

/** The picture of a report. */
class TimelineSvgTest {
    private static final String VERDICT = "100 ms: <&>";

    /** A text or a shape. Those of class n are for narrow screens only, those of class w not. */
    private record Item(Element element) {
        boolean is(String style) {
            return Arrays.asList(element.getAttribute("class").split(" ", -1)).contains(style);
        }

        boolean isOn(boolean isNarrow) {
            return !is(isNarrow ? "w" : "n");
        }

        String text() {
            return element.getTextContent();
        }

        double number(String attribute) {
            return Double.parseDouble(element.getAttribute(attribute));
        }

        /** The size of its text, as the document's style says. */
        double font(boolean isNarrow) {
            return isNarrow ? 21 : is("h") ? 16 : 13;
        }

        double width(boolean isNarrow) {
            return element.getTagName().equals("text")
                    ? TextFit.em(text()) * font(isNarrow) * (is("h") ? 1.1 : 1)
                    : number("width");
        }

        double left(boolean isNarrow) {
            double part = is("e") ? 1 : is("m") ? 0.5 : 0;
            return number("x") - part * width(isNarrow);
        }

        double right(boolean isNarrow) {
            return left(isNarrow) + width(isNarrow);
        }
    }

    private static TaskReport task(String name, Task.State state) {
        return new TaskReport(
                1,
                name,
                "db",
                Duration.ZERO,
                ofMillis(30),
                state == Task.State.WAITING ? Duration.ZERO : ofMillis(70),
                state,
                state == Task.State.CANCELLED
                        ? Optional.of(CancelReason.SCOPE_DEADLINE)
                        : Optional.empty());
    }

    private static Document draw(List<TaskReport> tasks) throws Exception {
        return draw(tasks, ofMillis(100), null, VERDICT);
    }

    /** The picture of one task that has run all the time. */
    private static Document draw(Duration elapsed, @Nullable Duration deadline) throws Exception {
        TaskReport task =
                new TaskReport(
                        1,
                        "a",
                        "db",
                        Duration.ZERO,
                        Duration.ZERO,
                        elapsed,
                        Task.State.SUCCEEDED,
                        Optional.empty());
        return draw(List.of(task), elapsed, deadline, VERDICT);
    }

    private static Document draw(
            List<TaskReport> tasks, Duration elapsed, @Nullable Duration deadline, String verdict)
            throws ParserConfigurationException, IOException, SAXException {
        ScopeReport report =
                new ScopeReport(elapsed, Optional.ofNullable(deadline), tasks, tasks, verdict);
        return DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(new org.xml.sax.InputSource(new StringReader(TimelineSvg.of(report))));
    }

    private static Stream<Item> items(Document svg, String tag) {
        var nodes = svg.getElementsByTagName(tag);
        return IntStream.range(0, nodes.getLength())
                .mapToObj(i -> new Item((Element) nodes.item(i)));
    }

    private static Stream<Item> texts(Document svg) {
        return items(svg, "text");
    }

    private static long rectangles(Document svg, String what) {
        return items(svg, "rect").filter(rectangle -> rectangle.is(what)).count();
    }

    private static List<Item> ticks(Document svg, boolean isNarrow) {
        return texts(svg)
                .filter(text -> text.is("m") && text.isOn(isNarrow))
                .sorted(Comparator.comparingDouble(text -> text.number("x")))
                .toList();
    }

    private static List<Item> deadlines(Document svg) {
        return items(svg, "line").filter(line -> line.is("deadline")).toList();
    }

    private static List<String> deadlineTexts(Document svg) {
        return texts(svg).map(Item::text).filter(text -> text.startsWith("deadline")).toList();
    }

    @Test
    void of_everyState_isDrawnAndSaid() throws Exception {
        Document svg =
                draw(
                        List.of(
                                task("a", Task.State.SUCCEEDED),
                                task("b", Task.State.FAILED),
                                task("c", Task.State.CANCELLED),
                                task("d", Task.State.RUNNING),
                                task("e", Task.State.WAITING)));
        assertEquals(1 + 5, rectangles(svg, "waiting")); // one is the legend's
        for (String state : List.of("succeeded", "running", "failed", "cancelled")) {
            assertEquals(1 + 1, rectangles(svg, state), state);
        }
        String text = svg.getDocumentElement().getTextContent();
        assertTrue(text.startsWith(VERDICT), text);
        assertTrue(
                text.contains("c#1, pool db: waited 30 ms, ran 70 ms, cancelled (scope_deadline)"),
                text);
        assertEquals(
                "Tasks over time: 1 waiting, 1 running, 1 succeeded, 1 failed, 1 cancelled;"
                        + " no deadline",
                items(svg, "desc").findFirst().orElseThrow().text());
    }

    @Test
    void of_someStates_haveALegendOfTheirOwn() throws Exception {
        Document late = draw(List.of(task("a", Task.State.CANCELLED)));
        assertEquals(List.of("waiting", "cancelled"), legend(late));
        // A wait that cannot be seen is none.
        TaskReport quick =
                new TaskReport(
                        1,
                        "a",
                        "db",
                        Duration.ZERO,
                        Duration.ofNanos(50_000),
                        ofMillis(99),
                        Task.State.FAILED,
                        Optional.empty());
        Document failed = draw(List.of(quick));
        assertEquals(List.of("failed"), legend(failed));
        assertEquals(0, rectangles(failed, "waiting"));
        assertEquals(List.of(), legend(draw(List.of())));
    }

    private static List<String> legend(Document svg) {
        List<String> words =
                Arrays.stream(Task.State.values())
                        .map(state -> state.name().toLowerCase(java.util.Locale.ROOT))
                        .toList();
        return texts(svg).map(Item::text).filter(words::contains).toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    100        | 0, 20 ms, 40 ms, 60 ms, 80 ms, 100 ms         | 0, 50 ms, 100 ms
                    159.9      | 0, 20 ms, 40 ms, 60 ms, 80 ms, 100 ms, 120 ms, 140 ms \
                    | 0, 50 ms, 100 ms, 150 ms
                    160        | 0, 50 ms, 100 ms, 150 ms                      | 0, 50 ms, 100 ms, 150 ms
                    399        | 0, 50 ms, 100 ms, 150 ms, 200 ms, 250 ms, 300 ms, 350 ms \
                    | 0, 100 ms, 200 ms, 300 ms
                    401        | 0, 100 ms, 200 ms, 300 ms, 400 ms \
                    | 0, 100 ms, 200 ms, 300 ms, 400 ms
                    999.9      | 0, 200 ms, 400 ms, 600 ms, 800 ms \
                    | 0, 200 ms, 400 ms, 600 ms, 800 ms
                    1000       | 0, 0.2 s, 0.4 s, 0.6 s, 0.8 s, 1 s            | 0, 0.5 s, 1 s
                    60000      | 0, 10 s, 20 s, 30 s, 40 s, 50 s, 60 s         | 0, 20 s, 40 s, 60 s
                    7100000    | 0, 1000 s, 2000 s, 3000 s, 4000 s, 5000 s, 6000 s, 7000 s \
                    | 0, 2000 s, 4000 s, 6000 s
                    14400000   | 0, 1 h, 2 h, 3 h, 4 h                         | 0, 1 h, 2 h, 3 h, 4 h
                    1.5        | 0, 0.2 ms, 0.4 ms, 0.6 ms, 0.8 ms, 1 ms, 1.2 ms, 1.4 ms \
                    | 0, 0.5 ms, 1 ms, 1.5 ms
                    0.03       | 0, 5 µs, 10 µs, 15 µs, 20 µs, 25 µs, 30 µs    | 0, 10 µs, 20 µs, 30 µs
                    """)
    void of_anyLength_hasRoundTicks(double millis, String wide, String narrow) throws Exception {
        Document svg = draw(Duration.ofNanos(Math.round(millis * 1e6)), null);
        assertEquals(wide, String.join(", ", ticks(svg, false).stream().map(Item::text).toList()));
        assertEquals(narrow, String.join(", ", ticks(svg, true).stream().map(Item::text).toList()));
        List<Double> lines =
                items(svg, "line")
                        .filter(line -> line.is("grid") && line.isOn(false))
                        .map(line -> line.number("x1"))
                        .sorted()
                        .toList();
        assertEquals(ticks(svg, false).stream().map(tick -> tick.number("x")).toList(), lines);
    }

    @Test
    void of_ticks_standAtTheirTimes() throws Exception {
        Document svg = draw(ofMillis(500), null);
        Item bar =
                items(svg, "rect").filter(one -> one.number("y") > 120).findFirst().orElseThrow();
        List<Item> ticks = ticks(svg, false);
        assertEquals(bar.number("x"), ticks.getFirst().number("x"));
        assertEquals("500 ms", ticks.getLast().text());
        assertEquals(bar.number("x") + bar.number("width"), ticks.getLast().number("x"), 0.2);
    }

    @Test
    void of_deadlineWithinTheTasks_isALineAtItsTime() throws Exception {
        Document svg = draw(ofMillis(500), ofMillis(400));
        assertEquals(List.of("deadline 400 ms"), deadlineTexts(svg));
        assertEquals(
                ticks(svg, true).stream()
                        .filter(tick -> tick.text().equals("400 ms"))
                        .map(tick -> tick.number("x"))
                        .toList(),
                deadlines(svg).stream().map(line -> line.number("x1")).toList());
    }

    @Test
    void of_deadlineSoonAfterTheTasks_isWithinTheScale() throws Exception {
        Document svg = draw(ofMillis(300), Duration.ofNanos(399_960_000));
        assertEquals(List.of("deadline 400 ms"), deadlineTexts(svg));
        assertEquals(1, deadlines(svg).size());
        assertEquals(750, deadlines(svg).getFirst().number("x1"));
        assertEquals("350 ms", ticks(svg, false).getLast().text());
    }

    @Test
    void of_deadlineFarAwayOrBefore_isOnlySaid() throws Exception {
        Document later = draw(ofMillis(100), Duration.ofSeconds(20));
        assertEquals(List.of("deadline 20 s, not reached"), deadlineTexts(later));
        assertEquals(List.of(), deadlines(later));
        assertEquals("100 ms", ticks(later, false).getLast().text());
        Document before = draw(ofMillis(100), ofMillis(-5));
        assertEquals(List.of("deadline before the first task"), deadlineTexts(before));
        assertEquals(List.of(), deadlines(before));
        Document none = draw(ofMillis(100), null);
        assertEquals(List.of(), deadlineTexts(none));
        assertEquals(List.of(), deadlines(none));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "FetchTheStockOfAllWarehouses",
                "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
                "\u5728\u5eab\u3092\u53d6\u5f97\u3057\u3066\u8fd4\u3059\u4ed5\u4e8b",
                "\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00"
            })
    void of_namesAndRanges_areWithinThePictureAndBesideEachOther(String name) throws Exception {
        List<TaskReport> tasks =
                Arrays.stream(Task.State.values()).map(state -> task(name, state)).toList();
        String verdict =
                "254 ms: 181 ms of it waiting for pool db (8 threads, 0 waiting now); slowest task "
                        + name.repeat(20)
                        + " 251 ms; 2 failed; 1 cancelled; 3 still waiting; 4 still running";
        for (long millis : List.of(1L, 7L, 49L, 160L, 999L, 5_000L, 36_000_000L)) {
            for (double part : List.of(-1.0, 0.0, 0.01, 0.49, 0.51, 0.99, 1.9, 50.0)) {
                Duration deadline = ofMillis(Math.round(part * millis));
                Document svg = draw(tasks, ofMillis(millis), deadline, verdict);
                assertNothingIsOutsideOrOverlaps(svg, false);
                assertNothingIsOutsideOrOverlaps(svg, true);
            }
        }
    }

    private static void assertNothingIsOutsideOrOverlaps(Document svg, boolean isNarrow) {
        String[] box = svg.getDocumentElement().getAttribute("viewBox").split(" ", -1);
        double width = Double.parseDouble(box[2]);
        double height = Double.parseDouble(box[3]);
        List<Item> texts = texts(svg).filter(text -> text.isOn(isNarrow)).toList();
        for (Item item : Stream.concat(texts.stream(), items(svg, "rect")).toList()) {
            assertTrue(item.left(isNarrow) >= 0, item::text);
            assertTrue(item.right(isNarrow) <= width, item::text);
            assertTrue(item.number("y") <= height - 5, item::text); // g and y reach below
        }
        List<Item> inOrder = new ArrayList<>(texts);
        inOrder.sort(Comparator.comparingDouble(text -> text.left(isNarrow)));
        for (int i = 0; i < inOrder.size(); i++) {
            Item text = inOrder.get(i);
            assertTrue(text.number("y") >= text.font(isNarrow), text::text);
            for (Item other : inOrder.subList(i + 1, inOrder.size())) {
                double distance = Math.abs(text.number("y") - other.number("y"));
                assertTrue(
                        distance >= text.font(isNarrow)
                                || text.right(isNarrow) < other.left(isNarrow),
                        () -> text.text() + " and " + other.text());
            }
        }
    }

    @Test
    void of_longName_isShortenedAndWholeInTheTitle() throws Exception {
        String name = "FetchTheStockOfAllWarehouses";
        Document svg = draw(List.of(task(name, Task.State.SUCCEEDED)));
        List<String> labels =
                texts(svg).map(Item::text).filter(text -> text.startsWith("Fetch")).toList();
        assertEquals(List.of("FetchTheStockOfAll…", "FetchTheSt…"), labels);
        assertTrue(items(svg, "title").anyMatch(title -> title.text().startsWith(name + "#1, ")));
        assertFalse(
                texts(draw(List.of(task("Fetch", Task.State.SUCCEEDED))))
                        .anyMatch(text -> text.text().contains("…")));
    }

    @Test
    void of_namesThatXmlCannotHave_areStillADocument() throws Exception {
        String name = "<b>&\"\u0000\u001b\uD83D\uDE00\uD800]]>" + "x".repeat(500);
        Document svg = draw(List.of(task(name, Task.State.SUCCEEDED)));
        assertTrue(svg.getDocumentElement().getTextContent().contains("<b>&\"\uFFFD\uFFFD\uD83D"));
    }

    @Test
    void of_manyTasks_drawsTheFirst() throws Exception {
        Document svg = draw(Collections.nCopies(10_000, task("a", Task.State.SUCCEEDED)));
        assertEquals(1 + 500, rectangles(svg, "succeeded"));
        assertTrue(svg.getDocumentElement().getTextContent().endsWith("... and 9500 more tasks"));
    }

    @Test
    void of_noTasks_isADocument() throws Exception {
        assertEquals(0, rectangles(draw(List.of()), "succeeded"));
    }
}
