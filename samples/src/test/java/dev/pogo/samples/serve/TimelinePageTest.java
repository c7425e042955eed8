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

    private static final String DRAWN = "document.querySelector('#picture svg') !== null";

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
                  color: element.matches("text") ? styles[0].fill : styles[0].color,
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
        browser.open(page());
        browser.await("document.forms[0].pool.length === 2");
    }

    @AfterEach
    void leave() {
        try (Demo left = demo) {
            browser.leave();
            left.awaitIdle();
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
                late.stream().allMatch(row -> row.words.endsWith("cancelled (await_timed_out)")),
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
        List<String> requests = browser.requests();
        assertTrue(requests.stream().noneMatch(url -> url.contains("/run")), requests::toString);
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
        browser.open(page());
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
        run(10, 150, 400);
        awaitPools(IDLE);
        fill("tasks", "0");
        browser.find("#run").click();
        List<Text> light = texts("light");
        List<Text> dark = texts("dark");
        assertEquals(light.size(), dark.size());
        for (int i = 0; i < light.size(); i++) {
            assertEquals(light.get(i).text, dark.get(i).text);
            assertNotEquals(light.get(i).background, dark.get(i).background, light.get(i).text);
        }
    }

    private static List<Text> texts(String scheme) {
        browser.prefer(scheme);
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
        for (int width : List.of(400, 1400)) {
            browser.resize(width);
            browser.open(page());
            browser.await("document.forms[0].pool.length === 2");
            run(10, 150, 400);
            assertEquals(
                    width, browser.evaluate("document.documentElement.scrollWidth", Integer.class));
            for (String scheme : List.of("light", "dark")) {
                browser.prefer(scheme);
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
        browser.evaluate("document.querySelector('#picture').innerHTML = ''", Object.class);
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

    private static void fill(String name, String text) {
        WebElement field = browser.find("[name=" + name + "]");
        field.clear();
        field.sendKeys(text);
    }

    private static List<Row> drawn() {
        browser.await(DRAWN);
        return List.of(
                browser.evaluate(
                        """
                        [...document.querySelectorAll("#picture g")].map(row => ({
                          words: row.querySelector("title").textContent,
                          bars: [...row.querySelectorAll("rect")].map(bar => ({
                            state: bar.getAttribute("class"),
                            width: bar.getBoundingClientRect().width,
                          })),
                        }))
                        """,
                        Row[].class));
    }
}
