package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * No thread lines up for a lock of Pogo's, where a virtual one that has no carrier to run on would
 * keep all behind it from what they have to do.
 */
class LocksTest {
    private static final Path SOURCES = Path.of("src", "main", "java");
    private static final Pattern LINES =
            Pattern.compile("\\b(?:synchronized|Reentrant\\w*Lock|StampedLock|Semaphore)\\b");

    /** The guard's is for platform threads, and says so. */
    @Test
    void sources_ofPogo_haveNoLockWithALine() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            assertEquals(
                    List.of("Watchdog.java"),
                    files.filter(file -> file.toString().endsWith(".java"))
                            .filter(LocksTest::hasLine)
                            .map(file -> file.getFileName().toString())
                            .toList());
        }
    }

    private static boolean hasLine(Path file) {
        try {
            return LINES.matcher(Files.readString(file)).find();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
