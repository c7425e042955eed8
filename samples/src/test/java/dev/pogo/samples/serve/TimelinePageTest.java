package dev.pogo.samples.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The page as a person meets it. */
class TimelinePageTest extends OnTimelinePage {
    @Test
    void page_opened_drawsAnExample() {
        List<Row> rows = drawn();
        assertEquals(10, rows.size());
        assertTrue(rows.stream().noneMatch(row -> row.bars().isEmpty()), rows::toString);
        // There is no time for more than two after each other.
        assertTrue(rows.getLast().has("cancelled"), rows::toString);
        assertEquals(1, texts(".deadline").size());
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
                late.stream().allMatch(row -> row.words().endsWith("cancelled (scope_deadline)")),
                late::toString);
        assertEquals(2, late.stream().filter(row -> row.words().contains("ran 0.00 ms")).count());
    }

    @Test
    void run_otherPool_runsThere() {
        browser.find("[name=pool]").sendKeys("cpu");
        List<Row> rows = run(1, 1, 20_000);
        assertTrue(rows.getFirst().words().contains(", pool cpu: "), rows::toString);
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
        assertTrue(first.getFirst().words().contains(", pool cpu: "), first::toString);
        // The button still has the focus. Each task has a number of its own.
        browser.evaluate("document.querySelector('#chart').replaceChildren()", Object.class);
        browser.focused().sendKeys(Keys.ENTER);
        assertEquals(2, drawn().size());
    }

    private static WebElement next() {
        browser.focused().sendKeys(Keys.TAB);
        return browser.focused();
    }
}
