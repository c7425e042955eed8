package dev.pogo.report;

import dev.pogo.ScopeReport;
import dev.pogo.Task;
import dev.pogo.TaskReport;

import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Draws a {@link ScopeReport} as a picture: a row for each task, with the time that it waited for
 * its pool and the time that it ran. The picture is self-contained, in a file or within a page, and
 * follows a light or dark colour scheme.
 */
public final class TimelineSvg {
    private static final int MAX_ROWS = 500;
    private static final int MAX_LABEL = 28;
    private static final int WIDTH = 960;
    private static final int LEFT = 230;
    private static final int RIGHT = 70;
    private static final int TOP = 84;
    private static final int ROW = 22;
    private static final int BAR = 14;
    private static final int TICKS = 5;

    /** Styles of text and grid, then the fills of bars, which suit both light and dark. */
    private static final String STYLE =
            """
            .pogo{font:12px system-ui,sans-serif;background:#fff;color:#1f2328}
            .pogo text{fill:currentColor}.pogo .h{font-size:14px;font-weight:600}
            .pogo .e{text-anchor:end}.pogo .g{stroke:#d1d9e0}.pogo .waiting{fill:#d4a72c}
            .pogo .succeeded,.pogo .running{fill:#4c8eda}.pogo .failed{fill:#d1495b}
            .pogo .cancelled{fill:#8c75b8}
            @media(prefers-color-scheme:dark){
            .pogo{background:#0d1117;color:#e6edf3}.pogo .g{stroke:#3d444d}}
            """;

    private final ScopeReport report;
    private final XMLStreamWriter svg;

    private TimelineSvg(ScopeReport report, XMLStreamWriter svg) {
        this.report = report;
        this.svg = svg;
    }

    /**
     * Draws a report; if it has more than {@value #MAX_ROWS} tasks, only the first ones.
     *
     * @param report the report to draw
     * @return an SVG document
     */
    public static String of(ScopeReport report) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter svg = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            new TimelineSvg(report, svg).draw();
            svg.close();
        } catch (XMLStreamException e) {
            throw new AssertionError("a string can always be written to", e);
        }
        return text.toString();
    }

    private void draw() throws XMLStreamException {
        List<TaskReport> all = report.tasks();
        List<TaskReport> shown = all.subList(0, Math.min(all.size(), MAX_ROWS));
        int bottom = TOP + ROW * shown.size();
        svg.writeStartElement("svg");
        svg.writeDefaultNamespace("http://www.w3.org/2000/svg");
        svg.writeAttribute("viewBox", "0 0 " + WIDTH + " " + (bottom + 34));
        svg.writeAttribute("class", "pogo");
        svg.writeAttribute("role", "img");
        element("title", report.verdict());
        element("style", STYLE);
        text(10, 22, "h", report.verdict());
        legend();
        scale(bottom);
        for (int i = 0; i < shown.size(); i++) {
            row(shown.get(i), TOP + ROW * i);
        }
        if (shown.size() < all.size()) {
            text(10, bottom + 16, "", "... and " + (all.size() - shown.size()) + " more tasks");
        }
        svg.writeEndElement();
    }

    private void legend() throws XMLStreamException {
        int x = LEFT;
        for (String what : List.of("waiting", "running", "failed", "cancelled")) {
            rectangle(what, x, 38, BAR);
            text(x + BAR + 6, 49, "", what);
            x += 110;
        }
    }

    private void scale(int bottom) throws XMLStreamException {
        for (int i = 0; i <= TICKS; i++) {
            Duration time = report.elapsed().multipliedBy(i).dividedBy(TICKS);
            double x = x(time);
            svg.writeEmptyElement("line");
            svg.writeAttribute("class", "g");
            svg.writeAttribute("x1", number(x));
            svg.writeAttribute("x2", number(x));
            svg.writeAttribute("y1", number(TOP - 6));
            svg.writeAttribute("y2", number(bottom));
            text(x + 2, TOP - 10, "", milliseconds(time));
        }
    }

    private void row(TaskReport task, int y) throws XMLStreamException {
        svg.writeStartElement("g");
        element("title", words(task));
        text(LEFT - 10, y + BAR - 2, "e", shortened(task.label()));
        bar("waiting", task.spawned(), task.started(), y);
        bar(outcome(task), task.started(), task.ended(), y);
        if (task.ran().isZero() && task.state() != Task.State.WAITING) {
            // It never ran but has an outcome: a stroke at that time.
            rectangle(outcome(task), x(task.ended()), y, 3);
        }
        svg.writeEndElement();
    }

    private void bar(String what, Duration from, Duration to, int y) throws XMLStreamException {
        if (to.compareTo(from) > 0) {
            rectangle(what, x(from), y, Math.max(1, x(to) - x(from)));
        }
    }

    /** Returns the text that is shown when a reader points at a row. */
    private static String words(TaskReport task) {
        return "%s, pool %s: waited %s, ran %s, %s%s"
                .formatted(
                        task.label(),
                        task.pool(),
                        milliseconds(task.waited()),
                        milliseconds(task.ran()),
                        outcome(task),
                        task.cancelReason()
                                .map(reason -> " (" + reason.name().toLowerCase(Locale.ROOT) + ")")
                                .orElse(""));
    }

    private static String outcome(TaskReport task) {
        return task.state().name().toLowerCase(Locale.ROOT);
    }

    private static String shortened(String label) {
        return label.length() <= MAX_LABEL ? label : label.substring(0, MAX_LABEL - 1) + "…";
    }

    private double x(Duration time) {
        double part = (double) time.toNanos() / Math.max(1, report.elapsed().toNanos());
        return LEFT + Math.min(1, part) * (WIDTH - LEFT - RIGHT);
    }

    private void rectangle(String what, double x, int y, double width) throws XMLStreamException {
        svg.writeEmptyElement("rect");
        svg.writeAttribute("class", what);
        svg.writeAttribute("x", number(x));
        svg.writeAttribute("y", number(y));
        svg.writeAttribute("width", number(width));
        svg.writeAttribute("height", number(BAR));
        svg.writeAttribute("rx", "2");
    }

    private void text(double x, double y, String style, String words) throws XMLStreamException {
        svg.writeStartElement("text");
        if (!style.isEmpty()) {
            svg.writeAttribute("class", style);
        }
        svg.writeAttribute("x", number(x));
        svg.writeAttribute("y", number(y));
        svg.writeCharacters(printable(words));
        svg.writeEndElement();
    }

    private void element(String name, String content) throws XMLStreamException {
        svg.writeStartElement(name);
        svg.writeCharacters(printable(content));
        svg.writeEndElement();
    }

    /** Replaces characters that XML cannot represent, such as control characters in a name. */
    private static String printable(String text) {
        return text.codePoints()
                .map(c -> isWritable(c) ? c : '\uFFFD')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean isWritable(int c) {
        boolean isSurrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
        return c == '\n' || (c >= ' ' && !isSurrogate && c != 0xFFFE && c != 0xFFFF);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String milliseconds(Duration time) {
        double millis = time.toNanos() / 1e6;
        return String.format(Locale.ROOT, millis < 10 ? "%.2f ms" : "%,.0f ms", millis);
    }
}
