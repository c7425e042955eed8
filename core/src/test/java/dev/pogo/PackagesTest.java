package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Packages can be put in an order in which each knows only those before it. */
class PackagesTest {
    private static final Path SOURCES = Path.of("src", "main", "java");
    private static final Pattern KNOWN =
            Pattern.compile(
                    "^import (?:static )?(dev\\.pogo(?:\\.[a-z]+)*)\\.[A-Z]", Pattern.MULTILINE);

    @Test
    void imports_ofPackages_goInNoCircle() throws IOException {
        Map<String, Set<String>> known = new TreeMap<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            files.filter(file -> file.toString().endsWith(".java"))
                    .forEach(file ->
                            known.computeIfAbsent(packageOf(file), name -> new TreeSet<>())
                                    .addAll(knownBy(file)));
        }
        assertTrue(known.size() > 5, known::toString);
        assertTrue(known.getOrDefault("dev.pogo", Set.of()).contains("dev.pogo.json"));
        boolean found = true;
        while (found) {
            found = known.values().removeIf(Set::isEmpty);
            known.values().forEach(others -> others.retainAll(known.keySet()));
        }
        assertEquals(Map.of(), known, "these know each other");
    }

    private static String packageOf(Path file) {
        return SOURCES.relativize(file.getParent()).toString().replace('/', '.');
    }

    private static Set<String> knownBy(Path file) {
        Set<String> known = new TreeSet<>();
        try {
            KNOWN.matcher(Files.readString(file)).results().forEach(one -> known.add(one.group(1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        known.remove(packageOf(file));
        return known;
    }
}
