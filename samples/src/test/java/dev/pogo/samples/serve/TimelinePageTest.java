package dev.pogo.samples.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The page as a person meets it. */
@Timeout(40)
class TimelinePageTest {
    /** By pool: size, running, waiting, lent and stuck. */
    private static final Map<String, String> IDLE =
            Map.of("default", "4 0 0 0 0", "cpu", "2 0 0 0 0");

    /** Nothing runs for the page: not the example, nor what was asked for. */
    private static final String AT_REST = "document.querySelector('#run').ariaDisabled === 'false'";

    private static final String DRAWN = "!document.querySelector('#picture').hidden";

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

    /** What is drawn with a colour that has to be told from the page's, without its text. */
    private static final String STROKES =
            """
            [...document.querySelectorAll("#picture .bar, .line, .deadline")].map(element => ({
              text: element.className,
              color: element.matches(".bar") ? getComputedStyle(element).backgroundColor
                : getComputedStyle(element).borderLeftColor,
              background: getComputedStyle(document.body).backgroundColor,
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

    private record Bar(String state, double width) {}

    /** A task in the picture. */
    private record Row(String words, List<Bar> bars) {
        boolean has(String state) {
            return bars.stream().anyMatch(bar -> bar.state.equals(state) && bar.width >= 1);
        }
    }

    @TempDir static Path home;

    private static Browser browser;

    private Demo demo;

    @BeforeAll
    @Timeout(40)
    static void startBrowser() {
        browser = Browser.start(home);
    }

    @AfterAll
    @Timeout(40)
    static void closeBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void open() throws Exception {
        demo = Demo.started();
        browser.resize(1400);
        browser.prefer("light");
        load();
    }

    /** Opens the page and waits for its example. */
    private void load() {
        browser.open(page());
        browser.await(AT_REST);
    }

    @AfterEach
    void leave() {
        try (Demo left = demo) {
            browser.leave();
            left.awaitIdle();
        }
    }

    @Test
    void page_opened_drawsAnExample() {
        List<Row> rows = drawn();
        assertEquals(10, rows.size());
        assertTrue(rows.stream().anyMatch(row -> row.has("waiting")), rows::toString);
        assertTrue(rows.stream().anyMatch(row -> row.has("succeeded")), rows::toString);
        assertTrue(rows.getLast().has("cancelled"), rows::toString);
        assertEquals(List.of("waiting", "succeeded", "cancelled"), texts("#legend li"));
        assertEquals(List.of("deadline 400 ms"), texts(".deadline"));
    }

    @Test
    void legend_isOfWhatIsDrawn() {
        run(1, 300, 20_000);
        assertEquals(List.of("succeeded"), texts("#legend li"));
        run(1, Demo.LONG_MILLIS, 300);
        assertEquals(List.of("cancelled"), texts("#legend li"));
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
        double[] places =
                browser.evaluate(
                        """
                        [document.querySelector(".deadline"),
                          [...document.querySelectorAll(".tick")]
                            .find(tick => tick.textContent === "500 ms")]
                          .map(element => parseFloat(element.style.left))
                        """,
                        double[].class);
        assertEquals(places[1], places[0], 1);
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
    void deadline_farAway_isOnlySaid() {
        run(2, 1, 20_000);
        assertEquals(List.of("deadline 20 s, not reached"), texts(".deadline"));
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
        assertTrue(drawn().getFirst().words.startsWith(name + ", pool default: waited "));
        browser.find(".row .track").click();
        String told = browser.find("#words").getText();
        assertTrue(told.startsWith(name + ", pool default: waited "), told);
    }

    @Test
    void save_isThePictureAndFitsAnyWidth() throws Exception {
        String link = browser.find("#save").getDomAttribute("href");
        String start = "data:image/svg+xml;charset=utf-8,";
        assertTrue(link.startsWith(start), link);
        Path file = home.resolve("timeline.svg");
        String escaped = link.substring(start.length()).replace("+", "%2B");
        Files.writeString(file, URLDecoder.decode(escaped, StandardCharsets.UTF_8));
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
    }

    @Test
    void page_used_isQuietAndAsksNobodyElse() {
        run(3, 1, 20_000);
        assertEquals(List.of(), browser.complaints());
        List<String> requests = browser.requests();
        assertTrue(requests.contains(page().toString()), requests::toString);
        assertTrue(
                requests.stream().anyMatch(url -> url.contains("/timeline/run?")),
                requests::toString);
        String server = page().resolve("/").toString();
        assertEquals(List.of(), requests.stream().filter(url -> !url.startsWith(server)).toList());
    }

    @Test
    void run_timeForAll_drawsThatTheyWaitedAndSucceeded() {
        List<Row> rows = run(6, 50, 20_000);
        assertEquals(6, rows.size());
        assertTrue(rows.stream().allMatch(row -> row.has("succeeded")), rows::toString);
        // There are four permits.
        assertTrue(rows.stream().skip(4).allMatch(row -> row.has("waiting")), rows::toString);
    }

    @Test
    void run_deadlineInBetween_drawsWhatBecameOfEach() {
        List<Row> rows = run(10, 1_500, 2_250);
        assertEquals(10, rows.size());
        assertTrue(rows.stream().limit(4).allMatch(row -> row.has("succeeded")), rows::toString);
        List<Row> late = rows.subList(4, 10);
        assertTrue(
                late.stream().allMatch(row -> row.has("waiting") && row.has("cancelled")),
                late::toString);
        assertTrue(
                late.stream().allMatch(row -> row.words.endsWith("cancelled (scope_deadline)")),
                late::toString);
        assertEquals(2, late.stream().filter(row -> row.words.contains("ran 0.00 ms")).count());
    }

    @Test
    void run_otherPool_runsThere() {
        browser.find("[name=pool]").sendKeys("cpu");
        List<Row> rows = run(1, 1, 20_000);
        assertTrue(rows.getFirst().words.contains(", pool cpu: "), rows::toString);
    }

    @Test
    void wrongNumber_isToldAndNotSent() {
        assertTold("tasks", "0", "Tasks: .*\\b1\\b.*");
        assertTold("tasks", "201", "Tasks: .*\\b200\\b.*");
        assertTold("tasks", "", "Tasks: .+");
        assertTold("ms", "-1", "Each sleeps, ms: .*\\b0\\b.*");
        assertTold("deadline_ms", "1.5", "Deadline, ms: .*\\b1\\b.*\\b2\\b.*");
        List<String> requests =
                browser.requests().stream().filter(url -> url.contains("/run")).toList();
        assertEquals(1, requests.size(), requests::toString); // the example's
        run(1, 1, 20_000);
        assertEquals("", browser.find("#error").getText());
    }

    private void assertTold(String name, String number, String message) {
        browser.evaluate("document.forms[0].reset()", Object.class);
        fill(name, number);
        browser.find("#run").click();
        String told = browser.find("#error").getText();
        assertTrue(told.matches(message), told);
        assertEquals(name, browser.focused().getDomAttribute("name"));
    }

    @Test
    void refusalOfTheServer_isTold() {
        browser.evaluate("document.forms[0].tasks.max = 999", Object.class);
        fill("tasks", "201");
        browser.find("#run").click();
        browser.await("document.querySelector('#error').textContent !== ''");
        assertEquals(
                "parameter 'tasks' must be a whole number from 1 to 200, but is '201'",
                browser.find("#error").getText());
    }

    @Test
    void serverThatIsGone_isToldInPlaceOfAPicture() {
        run(1, 1, 20_000);
        demo.close();
        browser.find("#run").click();
        browser.await("document.querySelector('#error').textContent !== ''");
        assertEquals("the server does not answer", browser.find("#error").getText());
        assertFalse(browser.evaluate(DRAWN, Boolean.class));
    }

    @Test
    void pools_showWhatRuns_untilThePageIsLeft() {
        awaitPools(IDLE);
        fill("tasks", "9");
        fill("ms", Integer.toString(Demo.LONG_MILLIS));
        fill("deadline_ms", "60000");
        browser.find("#run").click();
        awaitPools(Map.of("default", "4 4 5 0 0", "cpu", "2 0 0 0 0"));
        load();
        awaitPools(IDLE);
    }

    private static void awaitPools(Map<String, String> figures) {
        figures.forEach((pool, numbers) ->
                browser.await(
                        "document.querySelector('#pools').innerText.split(/\\s*\\n/)"
                                + ".map(row => row.replace(/\\s+/g, ' '))"
                                + ".includes('%s %s')".formatted(pool, numbers)));
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
                assertEquals(
                        width,
                        browser.evaluate("document.documentElement.scrollWidth", Integer.class));
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

    @Test
    void keyboardAlone_reachesAllFieldsByTheirLabelsAndRuns() {
        List<String> names = new ArrayList<>();
        for (String typed : List.of("2", "1", "cpu", "20000")) {
            WebElement field = next();
            names.add(field.getAccessibleName());
            field.sendKeys(typed);
        }
        assertEquals(List.of("Tasks", "Each sleeps, ms", "Pool", "Deadline, ms"), names);
        WebElement button = next();
        assertEquals("Run", button.getAccessibleName());
        button.sendKeys(Keys.ENTER);
        List<Row> first = drawn();
        assertEquals(2, first.size());
        assertTrue(first.getFirst().words.contains(", pool cpu: "), first::toString);
        // The button still has the focus. Each task has a number of its own.
        browser.evaluate("document.querySelector('#chart').replaceChildren()", Object.class);
        browser.focused().sendKeys(Keys.ENTER);
        assertEquals(2, drawn().size());
    }

    private static WebElement next() {
        browser.focused().sendKeys(Keys.TAB);
        return browser.focused();
    }

    private URI page() {
        return demo.request("/timeline").uri();
    }

    /** Fills the form in, presses the button and looks at the picture. */
    private static List<Row> run(int tasks, int millis, int deadlineMillis) {
        fill("tasks", Integer.toString(tasks));
        fill("ms", Integer.toString(millis));
        fill("deadline_ms", Integer.toString(deadlineMillis));
        browser.find("#run").click();
        return drawn();
    }

    /** What the elements say, from left to right and from top to bottom. */
    private static List<String> texts(String selector) {
        return List.of(
                browser.evaluate(
                        "[...document.querySelectorAll('%s')].map(e => e.textContent)"
                                .formatted(selector),
                        String[].class));
    }

    /** Takes a width; the page draws anew at its next frame. */
    private static void resize(int width) {
        browser.resize(width);
        browser.await("width === " + width);
    }

    private static void fill(String name, String text) {
        WebElement field = browser.find("[name=" + name + "]");
        field.clear();
        field.sendKeys(text);
    }

    private static List<Row> drawn() {
        browser.await(AT_REST);
        assertTrue(browser.evaluate(DRAWN, Boolean.class));
        return List.of(
                browser.evaluate(
                        """
                        [...document.querySelectorAll("#picture .row")].map(row => ({
                          words: row.title,
                          bars: [...row.querySelectorAll(".bar")].map(bar => ({
                            state: bar.classList[1],
                            width: bar.getBoundingClientRect().width,
                          })),
                        }))
                        """,
                        Row[].class));
    }
}
