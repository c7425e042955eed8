package dev.pogo.report;

import dev.pogo.ScopeReport;
import dev.pogo.Task;
import dev.pogo.TaskReport;

import java.io.StringWriter;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Draws a {@link ScopeReport} as a picture: a row for each task, with the time that it waited for
 * its pool and the time that it ran, and a line at the scope's deadline. The picture is
 * self-contained, in a file or within a page. It follows a light or dark colour scheme, scales to
 * the width that it is given, and has larger text where that is small.
 */
public final class TimelineSvg {
    private static final int MAX_ROWS = 500;
    private static final int MAX_HEADING = 4;
    private static final int WIDTH = 800;
    private static final int MARGIN = 10;
    private static final int MAX_LEFT = 200;
    private static final int RIGHT = 50;

    /** The distance of rows, and of lines of text. */
    private static final int ROW = 26;

    private static final int BAR = 16;
    private static final int THIN_BAR = 6;
    private static final int STROKE = 3;

    /** Sizes of text on a wide and on a narrow screen, as {@link #STYLE} has them. */
    private static final int FONT = 13;

    private static final int HEADING_FONT = 16;
    private static final int NARROW_FONT = 21;

    /** How much wider a heading is than other text of its size. */
    private static final double BOLD = 1.1;

    private static final int TICKS = 8;
    private static final int NARROW_TICKS = 5;

    /** The classes of what is for wide or for narrow screens only. */
    private static final String WIDE_ONLY = "w";

    private static final String NARROW_ONLY = "n";

    private static final String STYLE =
            """
            .pogo{font:13px system-ui,sans-serif;background:#fff;color:#1f2328}
            .pogo text{fill:currentColor}.pogo .h{font-size:16px;font-weight:600}
            .pogo .m{text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:6px}
            .pogo .e{text-anchor:end}.pogo .n{display:none}
            .pogo .grid{stroke:#848d97;stroke-dasharray:1 3}
            .pogo .deadline{stroke:currentColor;stroke-width:2;stroke-dasharray:6 3}
            .pogo .waiting{fill:#bf8700}.pogo .running{fill:#1b7c83}.pogo .succeeded{fill:#0969da}
            .pogo .failed{fill:#cf222e}.pogo .cancelled{fill:#6e7781}
            @media(max-width:600px){.pogo,.pogo .h{font-size:21px}
            .pogo .w{display:none}.pogo .n{display:inline}}
            @media(prefers-color-scheme:dark){.pogo{background:#0d1117;color:#e6edf3}
            .pogo .m{stroke:#0d1117}.pogo .grid{stroke:#6e7681}.pogo .waiting{fill:#d29922}.pogo .running{fill:#39c5cf}
            .pogo .succeeded{fill:#4493f8}.pogo .failed{fill:#f85149}.pogo .cancelled{fill:#9198a1}}
            """;

    private final ScopeReport report;
    private final List<TaskReport> shown;
    private final TimeScale scale;
    private final int left;
    private final XMLStreamWriter svg;

    private TimelineSvg(ScopeReport report, XMLStreamWriter svg) {
        this.report = report;
        this.shown = report.tasks().subList(0, Math.min(report.tasks().size(), MAX_ROWS));
        this.scale = TimeScale.of(report);
        double labels =
                shown.stream().mapToDouble(task -> TextFit.em(task.label())).max().orElse(0);
        this.left = (int) Math.min(MAX_LEFT, 2 * MARGIN + Math.ceil(labels * NARROW_FONT));
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
        List<String> wide = heading(HEADING_FONT);
        List<String> narrow = heading(NARROW_FONT);
        int legend = MARGIN + ROW * narrow.size();
        int top = legend + 7 * ROW / 2;
        int bottom = top + ROW * shown.size();
        boolean isCut = shown.size() < report.tasks().size();
        svg.writeStartElement("svg");
        svg.writeDefaultNamespace("http://www.w3.org/2000/svg");
        int height = bottom + (isCut ? ROW : 0) + MARGIN;
        attributes("viewBox", "0 0 " + WIDTH + " " + height, "class", "pogo", "role", "img");
        element("title", report.verdict());
        element("desc", description());
        element("style", STYLE);
        for (int i = 0; i < narrow.size(); i++) {
            String line = i < wide.size() ? wide.get(i) : "";
            text(MARGIN, MARGIN + ROW * i + BAR, "h", line, narrow.get(i));
        }
        legend(legend + ROW / 4);
        Map<Duration, String> ticks = ticks();
        for (Map.Entry<Duration, String> tick : ticks.entrySet()) {
            line("grid " + tick.getValue(), x(tick.getKey()), top - 4, bottom);
        }
        for (int i = 0; i < shown.size(); i++) {
            row(shown.get(i), top + ROW * i);
        }
        if (report.deadline().isPresent()) {
            deadline(report.deadline().get(), top, bottom);
        }
        // These come after the line at the deadline, so that it does not cross them.
        for (Map.Entry<Duration, String> tick : ticks.entrySet()) {
            Duration time = tick.getKey();
            text(x(time), top - 10, "m " + tick.getValue(), scale.label(time));
        }
        if (isCut) {
            int more = report.tasks().size() - shown.size();
            text(MARGIN, bottom + ROW - MARGIN, "", "... and " + more + " more tasks");
        }
        svg.writeEndElement();
    }

    /** Returns the verdict in lines; it does not break between a number and its unit. */
    private List<String> heading(int font) {
        String text = report.verdict().replaceAll("(?<=\\d) (?=m?s\\b)", "\u00a0");
        return TextFit.lines(text, (WIDTH - 2 * MARGIN) / (font * BOLD), MAX_HEADING);
    }

    private String description() {
        Map<Task.State, Long> counts =
                report.tasks().stream()
                        .collect(
                                Collectors.groupingBy(
                                        TaskReport::state,
                                        () -> new EnumMap<>(Task.State.class),
                                        Collectors.counting()));
        return counts.entrySet().stream()
                        .map(count -> count.getValue() + " " + word(count.getKey()))
                        .collect(Collectors.joining(", ", "Tasks over time: ", "; "))
                + report.deadline().map(this::words).orElse("no deadline");
    }

    private void legend(int y) throws XMLStreamException {
        double x = MARGIN;
        for (Task.State state : Task.State.values()) {
            if (shown.stream().anyMatch(task -> isDrawn(state, task))) {
                bar(word(state), x, y, BAR);
                text(x + BAR + 6, y + ROW - 8, "", word(state));
                x += BAR + 22 + TextFit.em(word(state)) * NARROW_FONT;
            }
        }
    }

    /** Returns whether a task's row has a bar of a state. */
    private boolean isDrawn(Task.State state, TaskReport task) {
        return task.state() == state || (state == Task.State.WAITING && hasWaited(task));
    }

    /** Returns whether a task has waited for so long that it can be seen. */
    private boolean hasWaited(TaskReport task) {
        return x(task.started()) - x(task.spawned()) >= 1;
    }

    /** Returns the times of ticks, each with the class that says on which screens it is. */
    private Map<Duration, String> ticks() {
        Map<Duration, String> ticks = new TreeMap<>();
        if (!shown.isEmpty()) {
            scale.ticks(TICKS).forEach(tick -> ticks.put(tick, WIDE_ONLY));
            scale.ticks(NARROW_TICKS)
                    .forEach(tick -> ticks.merge(tick, NARROW_ONLY, (wide, narrow) -> ""));
        }
        return ticks;
    }

    private void deadline(Duration deadline, int top, int bottom) throws XMLStreamException {
        double x = x(deadline);
        boolean isShown = scale.shows(deadline);
        if (isShown) {
            line("deadline", x, top - ROW - 6, bottom);
        }
        boolean isLate = x > left + (WIDTH - RIGHT - left) / 2.0;
        double gap = isShown ? 6 : 0;
        text(x + (isLate ? -gap : gap), top - ROW - 12, isLate ? "e" : "", words(deadline));
    }

    private String words(Duration deadline) {
        if (deadline.isNegative()) {
            return "deadline before the first task";
        }
        String words = "deadline " + TimeScale.describe(deadline);
        return scale.shows(deadline) ? words : words + ", not reached";
    }

    private void row(TaskReport task, int y) throws XMLStreamException {
        svg.writeStartElement("g");
        element("title", words(task));
        double room = left - 2.0 * MARGIN;
        String wide = TextFit.shortened(task.label(), room / FONT);
        String narrow = TextFit.shortened(task.label(), room / NARROW_FONT);
        text(left - MARGIN, y + ROW - 8, "e", wide, narrow);
        double start = x(task.started());
        if (isDrawn(Task.State.WAITING, task)) {
            bar("waiting", x(task.spawned()), y, Math.max(1, start - x(task.spawned())));
        }
        if (task.state() != Task.State.WAITING) {
            // One that never ran but has an outcome has a stroke at that time.
            bar(word(task.state()), start, y, Math.max(STROKE, x(task.ended()) - start));
        }
        svg.writeEndElement();
    }

    private void bar(String what, double x, int y, double width) throws XMLStreamException {
        int height = what.equals("waiting") ? THIN_BAR : BAR;
        svg.writeEmptyElement("rect");
        attributes("class", what, "x", number(x), "y", number(y + (ROW - height) / 2.0));
        attributes("width", number(width), "height", number(height), "rx", "2");
    }

    /** Returns the text that is shown when a reader points at a row. */
    private static String words(TaskReport task) {
        return "%s, pool %s: waited %s, ran %s, %s%s"
                .formatted(
                        task.label(),
                        task.pool(),
                        milliseconds(task.waited()),
                        milliseconds(task.ran()),
                        word(task.state()),
                        task.cancelReason()
                                .map(reason -> " (" + reason.name().toLowerCase(Locale.ROOT) + ")")
                                .orElse(""));
    }

    private static String word(Task.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private double x(Duration time) {
        return left + scale.part(time) * (WIDTH - left - RIGHT);
    }

    private void line(String style, double x, double from, double to) throws XMLStreamException {
        svg.writeEmptyElement("line");
        attributes("class", style.strip(), "x1", number(x), "x2", number(x));
        attributes("y1", number(from), "y2", number(to));
    }

    /** Writes what wide and what narrow screens show at a place. */
    private void text(double x, double y, String style, String wide, String narrow)
            throws XMLStreamException {
        if (wide.equals(narrow)) {
            text(x, y, style, wide);
        } else {
            text(x, y, style + " " + WIDE_ONLY, wide);
            text(x, y, style + " " + NARROW_ONLY, narrow);
        }
    }

    private void text(double x, double y, String style, String words) throws XMLStreamException {
        svg.writeStartElement("text");
        if (!style.isEmpty()) {
            attributes("class", style.strip());
        }
        attributes("x", number(x), "y", number(y));
        svg.writeCharacters(printable(words));
        svg.writeEndElement();
    }

    private void element(String name, String content) throws XMLStreamException {
        svg.writeStartElement(name);
        svg.writeCharacters(printable(content));
        svg.writeEndElement();
    }

    /** Writes attributes of the element that was started last: names and values in turn. */
    private void attributes(String... attributes) throws XMLStreamException {
        for (int i = 0; i < attributes.length; i += 2) {
            svg.writeAttribute(attributes[i], attributes[i + 1]);
        }
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
        return Double.toString(Math.round(value * 10) / 10.0);
    }

    private static String milliseconds(Duration time) {
        double millis = time.toNanos() / 1e6;
        return String.format(Locale.ROOT, millis < 10 ? "%.2f ms" : "%,.0f ms", millis);
    }
}
