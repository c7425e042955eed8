package dev.pogo.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.testing.QuickStart;
import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Runs the quick start of the README, whose commands of samples.jar are tested with the samples.
 */
@ExtendWith(RedisExtension.class)
class QuickStartTest {
    @Test
    void quickStart_copiedFromTheReadme_greets(RedisServer server, @TempDir Path folder)
            throws IOException, InterruptedException {
        List<String> blocks = QuickStart.blocks(Path.of("README.md"));
        QuickStart quickStart = new QuickStart(server, folder);
        assertEquals(2, blocks.size());
        String without = quickStart.run(blocks.get(0));
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
                quickStart.run(
                        "cd target/quick-start\n"
                                + blocks.get(1)
                                        .replaceFirst("java -jar[^\n]* queue push[^\n]*\n", push)
                                        .replaceAll("java -jar[^\n]*\n", ""));
        assertTrue(Pattern.compile("(?m)^Hello world, attempt 1$").matcher(with).find(), with);
    }
}
