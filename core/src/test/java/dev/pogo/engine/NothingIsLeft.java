package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;

import dev.pogo.Eventually;
import dev.pogo.Pogo;
import dev.pogo.PoolStats;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * After every test of every class: all permits are back, nothing waits, no timer is armed, and once
 * the test's runtimes are closed no thread of Pogo's is alive, and no process. It looks at the
 * runtimes that {@link Runtimes} started and at the process-wide one; and at all threads, whoever
 * started them.
 */
public final class NothingIsLeft implements AfterEachCallback {
    private static final Pattern POGO_THREAD =
            Pattern.compile("\"name\": \"(pogo(?:\\\\?/|-)[^\"]*)\"");

    @Override
    public void afterEach(ExtensionContext context) {
        check();
    }

    static void check() {
        List<PogoRuntimeImpl> runtimes = new ArrayList<>(Runtimes.STARTED);
        Runtimes.STARTED.clear();
        runtimes.add((PogoRuntimeImpl) Pogo.runtime());
        for (PogoRuntimeImpl runtime : runtimes) {
            for (PoolImpl pool : runtime.allPools()) {
                Eventually.isTrue(
                        () -> pool.load().running() == 0 && pool.load().waiting() == 0,
                        () -> "permits or tasks left behind: " + runtime);
                assertEquals(pool.size(), pool.load().size());
                Eventually.isTrue(
                        () -> isCounted(pool.stats()), () -> "miscounted: " + pool.stats());
            }
            // They may be about to find that what they were to stop has ended.
            Eventually.isTrue(
                    () ->
                            runtime.interrupter().threads() == 0
                                    && runtime.hookRunner().threads() == 0,
                    () -> "interrupting: " + runtime);
            assertEquals(0, runtime.timer().pending(), () -> "timers left: " + runtime);
            assertTrue(runtime.toString().contains("0 busy scopes"), () -> "left: " + runtime);
        }
        runtimes.stream()
                .filter(runtime -> runtime != Pogo.runtime())
                .forEach(PogoRuntimeImpl::close);
        Eventually.isTrue(() -> pogoThreads().isEmpty(), () -> "threads left: " + pogoThreads());
        Eventually.isTrue(() -> children().isEmpty(), () -> "processes left: " + children());
    }

    /** Zombies among them, of which nothing but the name is left. */
    private static List<String> children() {
        return ProcessHandle.current()
                .children()
                .map(child -> child.pid() + " " + child.info().commandLine().orElse("?"))
                .toList();
    }

    /** Each task that was admitted has one outcome, though it counts after its permit is back. */
    private static boolean isCounted(PoolStats stats) {
        long ended = stats.succeeded() + stats.failed() + stats.cancelled() + stats.saturated();
        return stats.succeeded() <= stats.admitted() && stats.admitted() <= ended;
    }

    /** The process-wide runtime's timer thread ends by itself a second after its last timer. */
    private static List<String> pogoThreads() {
        HotSpotDiagnosticMXBean diagnostics =
                ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        try {
            Path file = Files.createTempDirectory("pogo").resolve("threads.json");
            diagnostics.dumpThreads(file.toString(), ThreadDumpFormat.JSON);
            Matcher matcher = POGO_THREAD.matcher(Files.readString(file));
            Files.delete(file);
            Files.delete(file.getParent());
            return matcher.results().map(result -> result.group(1)).toList();
        } catch (IOException e) {
            throw new AssertionError("no thread dump", e);
        }
    }
}
