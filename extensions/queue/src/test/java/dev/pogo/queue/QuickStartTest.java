package dev.pogo.queue;

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
import java.util.regex.Pattern;

/**
 * Runs the quick start of the README, as it stands there but for Maven, the port and the jar, whose
 * commands are tested with the samples.
 */
@ExtendWith(RedisExtension.class)
class QuickStartTest {
    private static List<String> blocks() throws IOException {
        return Pattern.compile("(?s)```bash\n(.*?)```")
                .matcher(Files.readString(Path.of("README.md")))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    @Test
    void quickStart_copiedFromTheReadme_greets(RedisServer server, @TempDir Path folder)
            throws IOException, InterruptedException {
        List<String> blocks = blocks();
        assertEquals(2, blocks.size());
        String without = run(blocks.get(0), server, folder);
        assertTrue(
                Pattern.compile("(?m)^accepted$").matcher(without).find()
                        && Pattern.compile("(?m)^Hello world, attempt 1$").matcher(without).find(),
                without);
        String push =
                """
                printf '%s' 'public class Push {
                    public static void main(String[] args) throws Exception {
                        var config = dev.pogo.PogoConfig.find();
                        try (var runtime = dev.pogo.PogoRuntime.start(config);
                                var queue = dev.pogo.queue.PogoQueue.open(runtime, config)) {
                            queue.push("default", "world");
                            while (queue.status().queues().get("default").acked() == 0) {
                                Thread.sleep(10);
                            }
                        }
                    }
                }' > Push.java
                java -cp ../../samples/target/samples.jar Push.java
                """;
        String with =
                run(
                        "cd target/quick-start\n"
                                + blocks.get(1)
                                        .replaceFirst("java -jar[^\n]* queue push[^\n]*\n", push)
                                        .replaceAll("java -jar[^\n]*\n", ""),
                        server,
                        folder);
        assertTrue(Pattern.compile("(?m)^Hello world, attempt 1$").matcher(with).find(), with);
    }

    private static String run(String block, RedisServer server, Path folder)
            throws IOException, InterruptedException {
        String script =
                block.replaceAll("mvn [^\n]*\n", "")
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
        return printed;
    }
}
