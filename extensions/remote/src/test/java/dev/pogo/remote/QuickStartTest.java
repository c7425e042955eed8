package dev.pogo.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs the quick start of the README, as it stands there but for Maven, the port and the jar. */
@ExtendWith(RedisExtension.class)
class QuickStartTest {
    private static final Pattern BLOCK = Pattern.compile("(?s)```bash\n(.*?)```");

    @Test
    void quickStart_copiedFromTheReadme_printsWhatTheHostReturned(
            RedisServer server, @TempDir Path folder) throws IOException, InterruptedException {
        Matcher block = BLOCK.matcher(Files.readString(Path.of("README.md")));
        assertTrue(block.find());
        String script =
                block.group(1)
                        .replaceAll("mvn [^\n]*\n", "")
                        .replace("target/quick-start", folder.toString())
                        .replace(":6379", ":" + server.port())
                        .replace(
                                "../../samples/target/samples.jar",
                                System.getProperty("java.class.path"));
        Path output = folder.resolve("output");
        ProcessBuilder builder =
                new ProcessBuilder(List.of("bash", "-euc", script))
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment()
                .compute(
                        "PATH",
                        (name, path) ->
                                Path.of(System.getProperty("java.home"), "bin") + ":" + path);
        Process process = builder.start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        String printed = Files.readString(output);
        assertEquals(0, process.exitValue(), printed);
        assertTrue(
                Pattern.compile("page 1, by process \\d+\npage 2, by process \\d+\n")
                        .matcher(printed)
                        .find(),
                printed);
    }
}
