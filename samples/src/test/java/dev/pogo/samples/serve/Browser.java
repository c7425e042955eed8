package dev.pogo.samples.serve;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.pogo.samples.Eventually;

import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.ScriptTimeoutException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.remote.http.ClientConfig;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Chromium without a window, and the driver that steers it, as they are on the {@code PATH}:
 * nothing is fetched. Each wait for them has a bound, and neither outlives {@link #close()}.
 */
final class Browser implements AutoCloseable {
    private static final String MISSING =
            "no chromium and chromedriver on the PATH; install Debian's packages chromium and"
                    + " chromium-driver to test the page in a browser";

    private static final System.Logger LOG = System.getLogger(Browser.class.getName());

    private static final Duration PAGE = Duration.ofSeconds(15);

    /** More than the page's, so that the driver can tell what the page did not do. */
    private static final Duration DRIVER = Duration.ofSeconds(25);

    private static final int SMALLEST_DESKTOP = 600;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** It would warn of an unknown version of a protocol that is not used here. */
    private static final Logger DEV_TOOLS = Logger.getLogger("org.openqa.selenium.devtools");

    private final Path home;
    private final ChromeDriver driver;

    private Browser(Path home, Path chromium, Path chromedriver) {
        this.home = home;
        DEV_TOOLS.setLevel(Level.SEVERE);
        ChromeDriverService service =
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(chromedriver.toFile())
                        .withEnvironment(Map.of("HOME", home.toString(), "TMPDIR", home.toString()))
                        .withLogFile(home.resolve("chromedriver.log").toFile())
                        .withTimeout(DRIVER)
                        .build();
        ClientConfig client = ClientConfig.defaultConfig().readTimeout(DRIVER);
        try {
            driver = new ChromeDriver(service, options(chromium), client);
        } catch (RuntimeException e) {
            killAll();
            throw e;
        }
    }

    /**
     * Starts the browser. Where there is none, the test is aborted, or fails if the environment
     * says {@code POGO_BROWSER=required}.
     *
     * @param home an empty directory for all that it writes
     */
    static Browser start(Path home) {
        Optional<Path> chromium = onPath("chromium");
        Optional<Path> chromedriver = onPath("chromedriver");
        if (chromium.isPresent() && chromedriver.isPresent()) {
            return new Browser(home, chromium.get(), chromedriver.get());
        }
        if ("required".equals(System.getenv("POGO_BROWSER"))) {
            return fail(MISSING);
        }
        LOG.log(System.Logger.Level.WARNING, MISSING); // the build's output has no reasons
        return abort(MISSING);
    }

    private static Optional<Path> onPath(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static ChromeOptions options(Path chromium) {
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        logs.enable(LogType.PERFORMANCE, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.toFile());
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        options.setPageLoadTimeout(PAGE);
        options.setScriptTimeout(PAGE);
        options.addArguments(
                "--headless",
                // Its sandbox is not for root, nor for most containers; and the page is ours.
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost");
        return options;
    }

    /** Loads a page; what was asked for and complained of before is forgotten. */
    void open(URI page) {
        complaints();
        requests();
        driver.get(page.toString());
    }

    /** Leaves the page, which by itself goes on asking its server. */
    void leave() {
        driver.get("about:blank");
    }

    WebElement find(String selector) {
        return driver.findElement(By.cssSelector(selector));
    }

    WebElement focused() {
        return driver.switchTo().activeElement();
    }

    /** What an expression gives in the page, at one moment. */
    <T> T evaluate(String expression, Class<T> type) {
        Object json = driver.executeScript("return JSON.stringify(" + expression + ")");
        try {
            return MAPPER.readValue(String.valueOf(json), type);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until an expression is true in the page, which looks for itself. */
    void await(String expression) {
        try {
            driver.executeAsyncScript(
                    """
                    const done = arguments[0];
                    (function look() { (%s) ? done() : setTimeout(look, 10); })()
                    """
                            .formatted(expression));
        } catch (ScriptTimeoutException e) {
            String shown = evaluate("document.body.innerText", String.class);
            throw new AssertionError(expression + " is still false of: " + shown, e);
        }
    }

    /** Takes a width, in pixels; a small one is that of a phone. */
    void resize(int width) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of(
                        "width",
                        width,
                        "height",
                        800,
                        "deviceScaleFactor",
                        1,
                        "mobile",
                        width < SMALLEST_DESKTOP));
    }

    /** Behaves as for somebody who prefers the colour scheme {@code light} or {@code dark}. */
    void prefer(String scheme) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** The warnings and errors on the console since the last call. */
    List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(LogEntry::getMessage)
                .toList();
    }

    /** The URLs that were asked for since the last call. */
    List<String> requests() {
        return driver.manage().logs().get(LogType.PERFORMANCE).getAll().stream()
                .map(Browser::event)
                .filter(event -> event.at("/method").asText().equals("Network.requestWillBeSent"))
                .map(event -> event.at("/params/request/url").asText())
                .toList();
    }

    private static JsonNode event(LogEntry entry) {
        try {
            return MAPPER.readTree(entry.getMessage()).at("/message");
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    void screenshot(Path file) throws IOException {
        Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
    }

    @Override
    public void close() {
        try {
            driver.quit();
            Eventually.isTrue(() -> processes().isEmpty(), () -> "processes left: " + processes());
        } finally {
            killAll();
        }
    }

    private void killAll() {
        processes().forEach(ProcessHandle::destroyForcibly);
    }

    /** Driver and browser, whoever their parents are by now: each is told where to write. */
    private List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses()
                .filter(process ->
                        process.info()
                                .commandLine()
                                .filter(line -> line.contains(home.toString()))
                                .isPresent())
                .toList();
    }
}
