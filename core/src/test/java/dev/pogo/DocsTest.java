package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pogo.engine.Runtimes;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;

/**
 * What the README and the guides show is compiled, their configurations are read, their links lead
 * somewhere, and what they say to carry context with is run.
 */
class DocsTest {
    private static final Path TOP = Path.of("..").toAbsolutePath().normalize();

    private static final String IMPORTS =
            """
            import static java.time.Duration.ofHours;
            import static java.time.Duration.ofMillis;
            import static java.time.Duration.ofMinutes;
            import static java.time.Duration.ofSeconds;
            import dev.pogo.*;
            import dev.pogo.micrometer.PogoMetrics;
            import dev.pogo.channel.*;
            import dev.pogo.process.*;
            import dev.pogo.report.*;
            import io.micrometer.context.*;
            import io.micrometer.core.instrument.MeterRegistry;
            import java.io.*;
            import java.math.BigDecimal;
            import java.net.URI;
            import java.net.http.*;
            import java.net.http.HttpRequest.BodyPublishers;
            import java.net.http.HttpResponse.BodyHandlers;
            import java.nio.charset.StandardCharsets;
            import java.nio.file.*;
            import java.sql.*;
            import java.time.*;
            import java.util.*;
            import java.util.concurrent.*;
            """;

    /** What the statements that are shown take for granted. */
    private static final String GIVEN =
            """
            interface Prices { Integer fetch(String sku); }
            interface Stocks { Integer fetch(String sku); }
            interface Taxes { Integer compute(String sku); }
            record Page(int price, int stock, int tax) {}
            record Sku(String sku) {}
            record Stock(String sku, int count, BigDecimal price) {}
            final class FetchStock implements Job<Sku, Stock> {
                @Override
                public Stock handle(Sku args) {
                    return new Stock(args.sku(), 3, new BigDecimal("9.90"));
                }
            }
            abstract class Given {
                Prices prices = sku -> 1;
                Stocks stocks = sku -> 2;
                Taxes taxes = sku -> 3;
                String sku = "A-100";
                Connection connection;
                MeterRegistry registry;

                static void cancel(Statement statement) {
                    try {
                        statement.cancel();
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                }
            }
            """;

    /** What a block imports from a library that is not on this class path. */
    private static final Pattern FOREIGN =
            Pattern.compile(
                    "^import ((?:org\\.springframework|io\\.helidon|io\\.micrometer\\.prometheus)"
                            + "[\\w.]*\\.(\\w+));$",
                    Pattern.MULTILINE);

    @TempDir private Path folder;

    static List<String> pages() throws IOException {
        List<String> pages = new ArrayList<>(List.of("README.md", "samples/README.md"));
        pages.add("benchmarks/README.md");
        pages.addAll(List.of("CONTRIBUTING.md", "CHANGELOG.md"));
        try (Stream<Path> guides = Files.list(TOP.resolve("docs"))) {
            guides.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .forEach(file -> pages.add("docs/" + file.getFileName()));
        }
        return pages;
    }

    @Test
    void pages_all_areThere() throws IOException {
        assertTrue(pages().size() >= 18, pages()::toString);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void javaBlocks_all_compile(String page) throws IOException {
        StringBuilder methods = new StringBuilder();
        String declared = "";
        int count = 0;
        for (String block : blocks(page, "java")) {
            if (block.contains("ScopedValue") && !hasScopedValues()) {
                continue;
            }
            if (FOREIGN.matcher(block).find()) {
                compileWithoutForeign(block, page);
            } else if (declares(block)) {
                compile("package shown%d;\n".formatted(count), block, without(GIVEN, block));
                if (block.contains("class Tenants")) {
                    declared += block;
                }
            } else {
                methods.append(
                        """
                        abstract class Shown%d extends Given {
                            Object run() throws Exception {
                                if (true) {
                                    %s
                                }
                                return null;
                            }
                        }
                        """
                                .formatted(count, block));
            }
            count++;
        }
        if (!methods.isEmpty()) {
            compile("package shown;\n", GIVEN, declared, methods.toString());
        }
    }

    /**
     * Compiles a block together with the other declarations of its page and of the guide to errors.
     * The only errors may be that what it imports from other libraries is missing. So its calls of
     * Pogo are checked like all others.
     */
    private void compileWithoutForeign(String block, String page) throws IOException {
        List<String> parts = new ArrayList<>(List.of("package shown;\n", block, GIVEN));
        for (String from : new TreeSet<>(List.of(page, "docs/errors.md"))) {
            blocks(from, "java").stream()
                    .filter(other -> declares(other) && !FOREIGN.matcher(other).find())
                    .forEach(parts::add);
        }
        Set<String> missing = new HashSet<>();
        FOREIGN.matcher(block)
                .results()
                .forEach(found -> {
                    missing.add(found.group(1));
                    missing.add(found.group(2));
                });
        String text = text(parts);
        List<Diagnostic<? extends JavaFileObject>> wrong =
                diagnose(text).stream().filter(error -> !isAbout(missing, error, text)).toList();
        assertEquals(List.of(), wrong, text);
    }

    /** Says whether an error is that one of these names is missing. */
    private static boolean isAbout(Set<String> missing, Diagnostic<?> error, String text) {
        if (error.getPosition() == Diagnostic.NOPOS) {
            return false;
        }
        String place = text.substring((int) error.getStartPosition(), (int) error.getEndPosition());
        return Pattern.matches(
                        "compiler\\.err\\.(doesnt\\.exist|cant\\.resolve(\\.location)?)",
                        error.getCode())
                && (missing.contains(place) || missing.contains(place.replaceFirst("\\..*", "")));
    }

    private static boolean declares(String block) {
        return Pattern.compile(
                        "^\\s*(public |final |abstract )*(class|record|interface) ",
                        Pattern.MULTILINE)
                .matcher(block)
                .find();
    }

    /** What is taken for granted, as far as the block does not declare it itself. */
    private static String without(String given, String block) {
        String left = given;
        for (String name : List.of("Sku", "Stock", "FetchStock")) {
            if (Pattern.compile("(class|record) " + name + "\\b").matcher(block).find()) {
                left = left.replaceAll("(?ms)^record " + name + "\\(.*?$\\R", "");
                left = left.replaceAll("(?ms)^final class " + name + " .*?^}$\\R", "");
            }
        }
        return left;
    }

    /** All but the protocol of worker processes, whose JSON is that of frames. */
    static List<String> pagesWithConfigurations() throws IOException {
        return pages().stream().filter(page -> !page.endsWith("PROTOCOL.md")).toList();
    }

    @ParameterizedTest
    @MethodSource("pagesWithConfigurations")
    void jsonBlocks_areConfigurations(String page) throws IOException {
        for (String block : blocks(page, "json")) {
            PogoConfig config = PogoConfig.parse(block);
            assertEquals("default", config.pools().getFirst().name(), block);
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void links_all_leadSomewhere(String page) throws IOException {
        Path file = TOP.resolve(page);
        String text = Files.readString(file);
        List<String> broken =
                Pattern.compile("\\]\\(([^)]+)\\)")
                        .matcher(text)
                        .results()
                        .map(result -> result.group(1))
                        .filter(link -> !link.contains("://"))
                        .filter(link -> !leads(file, link))
                        .toList();
        assertEquals(List.of(), broken);
    }

    private static boolean leads(Path page, String link) {
        int hash = link.indexOf('#');
        String path = hash < 0 ? link : link.substring(0, hash);
        Path target = path.isEmpty() ? page : page.resolveSibling(path);
        if (!Files.exists(target)) {
            return false;
        }
        if (hash < 0) {
            return true;
        }
        String anchor = link.substring(hash + 1);
        try {
            return Files.readAllLines(target).stream()
                    .filter(line -> line.startsWith("#"))
                    .map(line -> anchor(line.replaceFirst("^#+ ", "")))
                    .anyMatch(anchor::equals);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String anchor(String heading) {
        return heading.toLowerCase(java.util.Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    @Test
    void scopedValue_withTheDecoratorShown_isCarried() throws Exception {
        assumeTrue(hasScopedValues(), "scoped values are final from Java 25 on");
        try (URLClassLoader classes = compile(blockWith("class Tenants"))) {
            Class<?> tenants = classes.loadClass("Tenants");
            PogoRuntime runtime = startWith(method(tenants, "carry", Callable.class));
            Method handle = method(tenants, "handle", PogoRuntime.class, String.class);
            assertEquals("acme", handle.invoke(null, runtime, "acme"));
            try (PogoScope scope = runtime.open()) {
                assertEquals(1, scope.spawn(() -> 1).await(), "with no value bound");
            }
        }
    }

    @Test
    @SuppressWarnings("unchecked") // the guide shows an accessor for contexts
    void openTelemetryAccessor_shown_carriesTheContextThatIsGoneAfterwards() throws Exception {
        ContextRegistry registry = ContextRegistry.getInstance();
        ContextKey<String> key = ContextKey.named("tenant");
        try (URLClassLoader classes = compile(blockWith("class OpenTelemetryAccessor"))) {
            Constructor<?> made =
                    classes.loadClass("OpenTelemetryAccessor").getDeclaredConstructor();
            made.setAccessible(true);
            ThreadLocalAccessor<Context> accessor =
                    (ThreadLocalAccessor<Context>) made.newInstance();
            registry.registerThreadLocalAccessor(accessor);
            PogoRuntime runtime = Runtimes.start(PogoConfig.defaults().withContextPropagation());
            try (PogoScope scope = runtime.open()) {
                try (Scope current = Context.root().with(key, "acme").makeCurrent()) {
                    assertNotNull(current);
                    assertEquals("acme", scope.spawn(() -> Context.current().get(key)).await());
                }
                assertNull(scope.spawn(() -> Context.current().get(key)).await());
            }
        } finally {
            registry.removeThreadLocalAccessor("opentelemetry");
        }
    }

    @SuppressWarnings("unchecked") // the guide shows a method that gives a Callable<Object>
    private static PogoRuntime startWith(Method carry) {
        return Runtimes.start(
                PogoConfig.defaults()
                        .withTaskDecorator(work -> {
                            try {
                                return (Callable<Object>) carry.invoke(null, work);
                            } catch (ReflectiveOperationException e) {
                                throw new LinkageError(e.getMessage(), e);
                            }
                        }));
    }

    private static Method method(Class<?> type, String name, Class<?>... parameters)
            throws NoSuchMethodException {
        Method method = type.getDeclaredMethod(name, parameters);
        method.setAccessible(true);
        return method;
    }

    private static boolean hasScopedValues() {
        return Runtime.version().feature() >= 25;
    }

    private static String blockWith(String text) throws IOException {
        return blocks("docs/context.md", "java").stream()
                .filter(block -> block.contains(text))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> blocks(String page, String language) throws IOException {
        return Pattern.compile(
                        "^```" + language + "\\R(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(Files.readString(TOP.resolve(page)))
                .results()
                .map(result -> result.group(1))
                .toList();
    }

    /** Compiles what may begin with a package, and then has parts of one file. */
    private URLClassLoader compile(String... parts) throws IOException {
        String text = text(List.of(parts));
        List<?> errors = diagnose(text);
        assertTrue(errors.isEmpty(), () -> text + "\n" + errors);
        return new URLClassLoader(new URL[] {folder.toUri().toURL()});
    }

    private static String text(List<String> parts) {
        boolean inPackage = parts.getFirst().startsWith("package ");
        StringBuilder text = new StringBuilder(inPackage ? parts.getFirst() : "").append(IMPORTS);
        for (String part : parts.subList(inPackage ? 1 : 0, parts.size())) {
            text.append(part.replaceAll("(?m)^public ", "")).append('\n');
        }
        return text.toString();
    }

    /** Compiles a file, and returns what the compiler complains about. */
    private List<Diagnostic<? extends JavaFileObject>> diagnose(String text) throws IOException {
        Path source = Files.writeString(folder.resolve("Shown.java"), text);
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> options =
                List.of(
                        "-Xlint:all,-processing",
                        "-Werror",
                        "-proc:none",
                        "-d",
                        folder.toString(),
                        "-classpath",
                        System.getProperty("java.class.path"));
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled =
                    compiler.getTask(
                                    null,
                                    files,
                                    found,
                                    options,
                                    null,
                                    files.getJavaFileObjects(source))
                            .call();
            return compiled ? List.of() : found.getDiagnostics();
        }
    }
}
