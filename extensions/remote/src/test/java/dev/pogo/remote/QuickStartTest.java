package dev.pogo.remote;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.testing.QuickStart;
import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Runs the quick start of the README. */
@ExtendWith(RedisExtension.class)
class QuickStartTest {
    @Test
    void quickStart_copiedFromTheReadme_printsWhatTheHostReturned(
            RedisServer server, @TempDir Path folder) throws IOException, InterruptedException {
        String block = QuickStart.blocks(Path.of("README.md")).getFirst();
        String printed = new QuickStart(server, folder).run(block);
        assertTrue(
                Pattern.compile("page 1, by process \\d+\npage 2, by process \\d+\n")
                        .matcher(printed)
                        .find(),
                printed);
    }
}
