package dev.pogo.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.CancelReason;
import dev.pogo.ScopeReport;
import dev.pogo.Task;
import dev.pogo.TaskReport;

import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.SAXException;

import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

/** The picture of a report. */
class TimelineSvgTest {
    private static TaskReport task(String name, Task.State state) {
        return new TaskReport(
                1,
                name,
                "db",
                Duration.ZERO,
                Duration.ofMillis(30),
                state == Task.State.WAITING ? Duration.ZERO : Duration.ofMillis(70),
                state,
                state == Task.State.CANCELLED
                        ? Optional.of(CancelReason.SCOPE_DEADLINE)
                        : Optional.empty());
    }

    private static Document draw(List<TaskReport> tasks)
            throws ParserConfigurationException, IOException, SAXException {
        ScopeReport report = new ScopeReport(Duration.ofMillis(100), tasks, tasks, "100 ms: <&>");
        return DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(new org.xml.sax.InputSource(new StringReader(TimelineSvg.of(report))));
    }

    private static int rectangles(Document svg, String what) {
        int found = 0;
        for (int i = 0; i < svg.getElementsByTagName("rect").getLength(); i++) {
            var rectangle = svg.getElementsByTagName("rect").item(i);
            if (rectangle.getAttributes().getNamedItem("class").getNodeValue().equals(what)) {
                found++;
            }
        }
        return found;
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
        assertEquals(1, rectangles(svg, "succeeded"));
        assertEquals(1 + 1, rectangles(svg, "running"));
        assertEquals(1 + 1, rectangles(svg, "failed"));
        assertEquals(1 + 1, rectangles(svg, "cancelled"));
        String text = svg.getDocumentElement().getTextContent();
        assertTrue(text.startsWith("100 ms: <&>"), text);
        assertTrue(
                text.contains("c#1, pool db: waited 30 ms, ran 70 ms, cancelled (scope_deadline)"),
                text);
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
        assertEquals(500, rectangles(svg, "succeeded"));
        assertTrue(svg.getDocumentElement().getTextContent().endsWith("... and 9500 more tasks"));
    }

    @Test
    void of_noTasks_isADocument() throws Exception {
        assertEquals(0, rectangles(draw(List.of()), "succeeded"));
    }
}
