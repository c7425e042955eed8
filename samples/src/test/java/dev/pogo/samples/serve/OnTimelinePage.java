package dev.pogo.samples.serve;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.WebElement;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The page in a browser, opened anew for each test and at rest when the test begins. */
@Timeout(40)
abstract class OnTimelinePage {
    /** By pool: size, running, waiting, lent and stuck. */
    static final Map<String, String> IDLE = Map.of("default", "4 0 0 0 0", "cpu", "2 0 0 0 0");

    /** Nothing runs for the page: not the example, nor what was asked for. */
    static final String AT_REST = "document.querySelector('#run').ariaDisabled === 'false'";

    static final String DRAWN = "!document.querySelector('#picture').hidden";

    record Bar(String state, double width) {}

    /** A task in the picture. */
    record Row(String words, List<Bar> bars) {
        boolean has(String state) {
            return bars.stream().anyMatch(bar -> bar.state.equals(state) && bar.width >= 1);
        }
    }

    @TempDir static Path home;

    static Browser browser;

    Demo demo;

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
    void load() {
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

    static void awaitPools(Map<String, String> figures) {
        figures.forEach((pool, numbers) ->
                browser.await(
                        "document.querySelector('#pools').innerText.split(/\\s*\\n/)"
                                + ".map(row => row.replace(/\\s+/g, ' '))"
                                + ".includes('%s %s')".formatted(pool, numbers)));
    }

    URI page() {
        return demo.request("/timeline").uri();
    }

    /** Fills the form in, presses the button and looks at the picture. */
    static List<Row> run(int tasks, int millis, int deadlineMillis) {
        fill("tasks", Integer.toString(tasks));
        fill("ms", Integer.toString(millis));
        fill("deadline_ms", Integer.toString(deadlineMillis));
        browser.find("#run").click();
        return drawn();
    }

    /** What the elements say, from left to right and from top to bottom. */
    static List<String> texts(String selector) {
        return List.of(
                browser.evaluate(
                        "[...document.querySelectorAll('%s')].map(e => e.textContent)"
                                .formatted(selector),
                        String[].class));
    }

    /** Takes a width; the page draws anew at its next frame. */
    static void resize(int width) {
        browser.resize(width);
        browser.await("width === " + width);
    }

    static void fill(String name, String text) {
        WebElement field = browser.find("[name=" + name + "]");
        field.clear();
        field.sendKeys(text);
    }

    static List<Row> drawn() {
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
