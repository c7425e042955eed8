package dev.pogo.testing;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fails a test after which, for 10 seconds, a thread is alive whose name begins with {@code pogo-}
 * or {@code pogo/}, or a child process other than those of {@link RedisServer}s that are not
 * closed. It sees virtual threads only where the JVM tracks them, which it does unless {@code
 * jdk.trackAllThreads} is {@code false}.
 */
public final class NothingIsLeftBehind implements AfterEachCallback {
    /** A name in a dump, where some JDKs write a slash with a backslash before it. */
    private static final Pattern POGO_THREAD =
            Pattern.compile("\"name\": \"(pogo(?:-|\\\\?/)[^\"]*)\"");

    /** Used by JUnit. */
    public NothingIsLeftBehind() {}

    @Override
    public void afterEach(ExtensionContext context) {
        check(Waits.BOUND);
    }

    static void check(Duration bound) {
        if (!Waits.reached(bound, () -> left().isEmpty())) {
            List<String> left = left();
            if (!left.isEmpty()) {
                throw new AssertionError("left behind: " + String.join(", ", left));
            }
        }
    }

    private static List<String> left() {
        List<String> left = new ArrayList<>(pogoThreads());
        left.addAll(children());
        return left;
    }

    /** Zombies among them, of which nothing but the number is left. */
    private static List<String> children() {
        Set<Long> servers = RedisServer.pids();
        return ProcessHandle.current()
                .children()
                .filter(child -> !servers.contains(child.pid()))
                .map(child ->
                        "process " + child.pid() + " " + child.info().commandLine().orElse("?"))
                .toList();
    }

    /** A dump as JSON is the only list of threads that has the virtual ones. */
    private static List<String> pogoThreads() {
        Path folder = Folder.create("pogo-threads");
        try {
            Path file = folder.resolve("threads.json");
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(file.toString(), ThreadDumpFormat.JSON);
            Matcher matcher = POGO_THREAD.matcher(Files.readString(file));
            return matcher.results()
                    .map(result -> "thread " + result.group(1).replace("\\/", "/"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            Folder.delete(folder);
        }
    }
}
