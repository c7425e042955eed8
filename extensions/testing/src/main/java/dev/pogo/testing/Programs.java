package dev.pogo.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;

/** What is installed. */
final class Programs {
    private static final Pattern SEPARATOR = Pattern.compile(File.pathSeparator, Pattern.LITERAL);

    private Programs() {}

    /** Whether the {@code PATH} leads to an executable file of this name. */
    static boolean has(String name) {
        String path = System.getenv("PATH");
        return path != null
                && Arrays.stream(SEPARATOR.split(path))
                        .filter(folder -> !folder.isEmpty())
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    }
}
