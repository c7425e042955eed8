package dev.pogo.samples.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the page looks like: what is drawn, where, and in which colours. */
class TimelineLooksTest extends OnTimelinePage {
    /** Each text that is to be seen, what the fields say included, and the colours it has. */
    private static final String TEXTS =
            """
            [...document.querySelectorAll("body *")]
              .filter(element => element.getClientRects().length > 0)
              .filter(element => element.matches("input, select")
                || [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
              .map(element => {
                const styles = [];
                for (let e = element; e; e = e.parentElement) styles.push(getComputedStyle(e));
                return {
                  text: element.value || element.textContent,
                  color: styles[0].color,
                  background: styles.map(style => style.backgroundColor)
                    .find(color => color !== "rgba(0, 0, 0, 0)"),
                };
              })
            """;

    private record Text(String text, String color, String background) {
        double contrast() {
            return Contrast.of(color, background);
        }
    }

    /** The lines, and a bar of each state, with their colours. */
    private static final String STROKES =
            """
            [...document.querySelectorAll(".line, .deadline"), ...states.map(state => {
                const bar = document.createElement("div");
                bar.className = "bar " + state;
                return document.querySelector("#legend").appendChild(bar);
              })]
              .map(element => {
                const style = getComputedStyle(element);
                const isBar = element.matches(".bar");
                const color = isBar ? style.backgroundColor : style.borderLeftColor;
                if (isBar) element.remove();
                return {
                  text: element.className,
                  color,
                  background: getComputedStyle(document.body).backgroundColor,
                };
              })
            """;

    /** The same in an SVG document, and its texts. */
    private static final String SVG_COLORS =
            """
            [...document.querySelectorAll("svg text, svg line"),
              ...["waiting", "running", "succeeded", "failed", "cancelled"].map(state => {
                const bar = document.querySelector("svg rect").cloneNode();
                bar.setAttribute("class", state);
                return document.querySelector("svg").appendChild(bar);
              })]
              .map(element => ({
                text: element.textContent || element.getAttribute("class"),
                color: element.matches("line") ? getComputedStyle(element).stroke
                  : getComputedStyle(element).fill,
                background: getComputedStyle(document.querySelector("svg")).backgroundColor,
              }))
            """;

    /** Texts of the picture whose box is not in the window, or that meets another's box. */
    private static final String CLIPPED =
            """
            (() => {
              const bad = [];
              const texts = [...document.querySelectorAll(
                ".tick, .deadline span, #legend li, #verdict, #words, .name, td, th, label")]
                .map(element => ({ element, box: element.getBoundingClientRect() }));
              texts.forEach(({ element, box }, i) => {
                const text = element.textContent;
                if (box.left < 0 || box.right > innerWidth) bad.push(text + " is outside");
                if (element.matches(".tick, .deadline span, .name, .row")) {
                  texts.slice(i + 1)
                    .filter(other => box.left < other.box.right && other.box.left < box.right
                      && box.top < other.box.bottom && other.box.top < box.bottom)
                    .forEach(other => bad.push(text + " meets " + other.element.textContent));
                }
              });
              return bad;
            })()
            """;

    @Test
    void legend_isOfWhatIsDrawn() {
        assertLegend(drawn());
        List<Row> all = run(6, 50, 20_000);
        assertTrue(all.getLast().has("waiting") && all.getLast().has("succeeded"), all::toString);
        assertLegend(all);
        List<Row> late = run(1, Demo.LONG_MILLIS, 300);
        assertTrue(late.getLast().has("cancelled"), late::toString);
        assertLegend(late);
    }

    private static void assertLegend(List<Row> rows) {
        List<String> drawn =
                Stream.of("waiting", "running", "succeeded", "failed", "cancelled")
                        .filter(state -> rows.stream().anyMatch(row -> row.has(state)))
                        .toList();
        assertEquals(drawn, texts("#legend li"));
    }

    @Test
    void ticks_anyLengthAndWidth_areRound() {
        for (int millis : List.of(2, 60, 700, 1_900)) {
            run(1, millis, 60_000);
            for (int width : List.of(390, 1_400)) {
                resize(width);
                List<String> ticks = texts(".tick");
                int most = width == 390 ? 5 : 8;
                int least = width == 390 ? 2 : 4;
                assertTrue(least <= ticks.size() && ticks.size() <= most, ticks::toString);
                assertEquals("0", ticks.getFirst());
                assertTrue(ticks.get(1).matches("(0\\.0*)?[125]0* m?s"), ticks::toString);
                double step = number(ticks.get(1));
                for (int i = 2; i < ticks.size(); i++) {
                    assertEquals(step * i, number(ticks.get(i)), step / 1_000, ticks::toString);
                }
            }
        }
    }

    private static double number(String tick) {
        return Double.parseDouble(tick.split(" ", -1)[0]);
    }

    @Test
    void deadline_inBetween_isALineAtItsTime() {
        run(1, Demo.LONG_MILLIS, 500);
        String text = texts(".deadline").getFirst();
        assertTrue(text.matches("deadline [45]\\d\\d ms"), text);
        double[] places =
                browser.evaluate(
                        """
                        [document.querySelector(".deadline"),
                          [...document.querySelectorAll(".tick")]
                            .find(tick => tick.textContent === "400 ms")]
                          .map(element => parseFloat(element.style.left))
                        """,
                        double[].class);
        assertEquals(
                number(text.substring("deadline ".length())) / 400, places[0] / places[1], 0.01);
        assertTrue(
                browser.evaluate(
                        """
                        (() => {
                          const line = document.querySelector(".deadline");
                          const rows = [...document.querySelectorAll(".row")];
                          return parseFloat(getComputedStyle(line).borderLeftWidth) > 0
                            && line.getBoundingClientRect().bottom
                              >= rows.at(-1).getBoundingClientRect().bottom;
                        })()
                        """,
                        Boolean.class));
    }

    @Test
    void deadline_farAwayOrBefore_isOnlySaid() {
        run(2, 1, 20_000);
        String text = texts(".deadline").getFirst();
        assertTrue(text.matches("deadline (19(\\.\\d)?|20) s, not reached"), text);
        assertNoLineAtDeadline();
        browser.evaluate("(drawn.deadline_ms = -0.5, draw())", Object.class);
        assertEquals(List.of("deadline before the first task"), texts(".deadline"));
        assertNoLineAtDeadline();
        resize(390);
        assertEquals(List.of(), List.of(browser.evaluate(CLIPPED, String[].class)));
    }

    private static void assertNoLineAtDeadline() {
        assertEquals(
                "0px",
                browser.evaluate(
                        "getComputedStyle(document.querySelector('.deadline')).borderLeftWidth",
                        String.class));
    }

    @Test
    void longName_isShortenedAndWholeWhenPointedAt() {
        String name = "FetchTheStockOfAllWarehouses".repeat(4) + "#1";
        browser.evaluate("(drawn.tasks[0].label = '%s', draw())".formatted(name), Object.class);
        for (int width : List.of(390, 1_400)) {
            resize(width);
            assertEquals(List.of(), List.of(browser.evaluate(CLIPPED, String[].class)));
            assertEquals(
                    "ellipsis",
                    browser.evaluate(
                            "getComputedStyle(document.querySelector('.name')).textOverflow",
                            String.class));
            assertTrue(
                    browser.evaluate(
                            "document.querySelector('.track').clientWidth > innerWidth / 2",
                            Boolean.class));
        }
        assertTrue(drawn().getFirst().words().startsWith(name + ", pool default: waited "));
        browser.find(".row .track").click();
        String told = browser.find("#words").getText();
        assertTrue(told.startsWith(name + ", pool default: waited "), told);
    }

    @Test
    void save_isThePictureAndFitsAnyWidth() throws Exception {
        String link = browser.evaluate("document.querySelector('#save').href", String.class);
        String start = "data:image/svg+xml;charset=utf-8,";
        assertTrue(link.startsWith(start), link);
        String escaped = link.substring(start.length()).replace("+", "%2B");
        String svg = URLDecoder.decode(escaped, StandardCharsets.UTF_8);
        Path file = home.resolve("timeline.html");
        Files.writeString(
                file,
                """
                <!doctype html>
                <html lang="en">
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width">
                <title>A picture</title>
                <body style="margin: 0">%s</body>
                </html>
                """
                        .formatted(svg));
        browser.open(file.toUri());
        for (int width : List.of(390, 1_400)) {
            browser.resize(width);
            assertEquals(
                    List.of(),
                    List.of(
                            browser.evaluate(
                                    """
                                    [...document.querySelectorAll("text")]
                                      .map(text => [text, text.getBoundingClientRect()])
                                      .filter(([text, box]) => box.width > 0 && (box.left < 0
                                        || box.right > innerWidth || box.height < 10))
                                      .map(([text]) => text.textContent)
                                    """,
                                    String[].class)));
            for (String scheme : List.of("light", "dark")) {
                browser.prefer(scheme);
                browser.screenshot(Path.of("target", "svg-%s-%d.png".formatted(scheme, width)));
            }
        }
        for (String scheme : List.of("light", "dark")) {
            browser.prefer(scheme);
            for (Text text : browser.evaluate(SVG_COLORS, Text[].class)) {
                boolean isWord = text.text.matches("deadline .*|\\d.* m?s|Sleep#.*");
                double least = isWord ? Contrast.READABLE : Contrast.VISIBLE;
                assertTrue(text.contrast() >= least, text::toString);
            }
        }
    }

    @Test
    void schemes_areDifferentAndReadable() {
        awaitPools(IDLE);
        fill("tasks", "0");
        browser.find("#run").click();
        List<Text> light = textsIn("light");
        List<Text> dark = textsIn("dark");
        assertEquals(light.size(), dark.size());
        for (int i = 0; i < light.size(); i++) {
            assertEquals(light.get(i).text, dark.get(i).text);
            assertNotEquals(light.get(i).background, dark.get(i).background, light.get(i).text);
        }
    }

    private static List<Text> textsIn(String scheme) {
        browser.prefer(scheme);
        assertEquals(
                List.of(),
                Stream.of(browser.evaluate(STROKES, Text[].class))
                        .filter(stroke -> stroke.contrast() < Contrast.VISIBLE)
                        .toList());
        List<Text> texts = List.of(browser.evaluate(TEXTS, Text[].class));
        // Of each kind at least one: heading, label, button, message, picture, table.
        Stream.of("A fan-out as it ran", "Pool", "Run", "waiting", "The pools now", "default")
                .forEach(text ->
                        assertTrue(
                                texts.stream().anyMatch(t -> t.text.strip().equals(text)), text));
        assertTrue(texts.stream().anyMatch(text -> text.text.startsWith("Tasks: ")));
        assertEquals(
                List.of(),
                texts.stream().filter(text -> text.contrast() < Contrast.READABLE).toList());
        return texts;
    }

    @Test
    void widths_narrowAndWide_needNoScrollingSideways() throws Exception {
        for (int width : List.of(390, 1400)) {
            browser.resize(width);
            load();
            for (String scheme : List.of("light", "dark")) {
                browser.prefer(scheme);
                int[] widths =
                        browser.evaluate(
                                """
                                (({ scrollWidth, clientWidth }) =>
                                  [innerWidth, clientWidth, scrollWidth])(document.documentElement)
                                """,
                                int[].class);
                assertEquals(width, widths[0]); // a phone would zoom out of a page that is wider
                assertEquals(widths[1], widths[2]);
                assertEquals(List.of(), List.of(browser.evaluate(CLIPPED, String[].class)));
                double chart =
                        browser.evaluate(
                                "document.querySelector('#chart').clientWidth", Double.class);
                assertTrue(chart > 0.9 * width, () -> "the chart is as wide as " + chart);
                browser.screenshot(
                        Path.of("target", "timeline-%s-%d.png".formatted(scheme, width)));
            }
        }
    }
}
