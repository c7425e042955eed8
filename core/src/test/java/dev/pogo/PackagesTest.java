package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Packages can be put in an order in which each knows only those before it. The one way back is
 * that of the static factories of the API, each of which is named here.
 */
class PackagesTest {
    private static final Path SOURCES = Path.of("src", "main", "java");

    /** Also finds a type that is used by its full name. */
    private static final Pattern KNOWN =
            Pattern.compile("\\b(dev\\.pogo(?:\\.[a-z]+)*)\\.[A-Z]\\w*");

    private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|//[^\\n]*");

    /** From the lowest to the highest. */
    private static final List<String> ORDER =
            List.of(
                    "dev.pogo.json",
                    "dev.pogo.util",
                    "dev.pogo.channel",
                    "dev.pogo",
                    "dev.pogo.spi",
                    "dev.pogo.config",
                    "dev.pogo.engine",
                    "dev.pogo.process.wire",
                    "dev.pogo.process",
                    "dev.pogo.micrometer",
                    "dev.pogo.report");

    /** Files of the API that look at what implements it, and the types that they may see. */
    private static final Map<String, Set<String>> FACTORIES =
            Map.of(
                    "LocalWorker", Set.of("engine.JobClass"),
                    "Pogo", Set.of("engine.SharedRuntime"),
                    "PogoConfig",
                            Set.of(
                                    "config.ConfigLocation",
                                    "config.ConfigReader",
                                    "engine.ContextPropagation"),
                    "PogoRuntime", Set.of("engine.PogoRuntimeImpl"),
                    "Task", Set.of("engine.TaskImpl"));

    @Test
    void packages_exceptForFactories_knowOnlyThoseBelow() {
        Set<String> upwards = new TreeSet<>();
        Map<String, Set<String>> factories = new TreeMap<>();
        for (Path file : files()) {
            String own = packageOf(file);
            assertTrue(ORDER.contains(own), () -> own + " has no place in the order");
            for (MatchResult known : known(file)) {
                String other = known.group(1);
                if (ORDER.indexOf(other) <= ORDER.indexOf(own)) {
                    continue;
                }
                String type = known.group().substring("dev.pogo.".length());
                String name = file.getFileName().toString().replace(".java", "");
                if (own.equals("dev.pogo") && FACTORIES.containsKey(name)) {
                    factories.computeIfAbsent(name, any -> new TreeSet<>()).add(type);
                } else {
                    upwards.add(own + "." + name + " knows " + known.group());
                }
            }
        }
        assertEquals(Set.of(), upwards);
        assertEquals(new TreeMap<>(FACTORIES), factories);
    }

    private static List<Path> files() {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String packageOf(Path file) {
        return SOURCES.relativize(file.getParent()).toString().replace('/', '.');
    }

    /** Returns the types of other packages that the code of a file names, comments aside. */
    private static List<MatchResult> known(Path file) {
        try {
            String code = COMMENT.matcher(Files.readString(file)).replaceAll("");
            String own = packageOf(file);
            return KNOWN.matcher(code).results().filter(m -> !m.group(1).equals(own)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
