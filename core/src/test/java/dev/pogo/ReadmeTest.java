package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.micrometer.context.ContextRegistry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;

import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** What the README shows is compiled, and what it says to carry context with is run. */
class ReadmeTest {
    private static final String IMPORTS =
            """
            import static java.time.Duration.ofMillis;
            import static java.time.Duration.ofSeconds;
            import dev.pogo.*;
            import dev.pogo.micrometer.PogoMetrics;
            import dev.pogo.channel.*;
            import dev.pogo.process.*;
            import io.micrometer.context.*;
            import io.micrometer.core.instrument.MeterRegistry;
            import java.io.IOException;
            import java.math.BigDecimal;
            import java.net.URI;
            import java.net.http.*;
            import java.net.http.HttpRequest.BodyPublishers;
            import java.net.http.HttpResponse.BodyHandlers;
            import java.sql.*;
            import java.util.*;
            import java.util.concurrent.*;
            """;

    @TempDir private Path folder;

    @Test
    void javaBlocks_all_compile() throws IOException {
        List<String> blocks = blocks("java");
        assertTrue(blocks.size() >= 10, blocks::toString);
        String classes = tenants() + "\n" + blockWith("class FetchStock");
        for (String block : blocks) {
            if (hasScopedValues() || !block.contains("ScopedValue")) {
                compile(block.contains("class ") ? block : classes + inMethod(block)).close();
            }
        }
    }

    @Test
    void jsonBlocks_areConfigurations() throws IOException {
        PogoConfig config = PogoConfig.parse(blocks("json").get(0));
        assertEquals(
                List.of("default", "external_api", "cpu"),
                config.pools().stream().map(PoolConfig::name).toList());
        PogoConfig processes = PogoConfig.parse(blocks("json").get(1));
        assertEquals(
                List.of("default", "render", "legacy"),
                processes.pools().stream().map(PoolConfig::name).toList());
    }

    @Test
    void scopedValue_withTheDecoratorShown_isCarried() throws Exception {
        assumeTrue(hasScopedValues(), "scoped values are final from Java 25 on");
        try (URLClassLoader classes = compile(tenants())) {
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
    void micrometerContext_withTheDecoratorShown_isCarriedAndGoneAfterwards() throws Exception {
        ThreadLocal<String> tenant = new ThreadLocal<>();
        ContextRegistry registry = ContextRegistry.getInstance();
        registry.registerThreadLocalAccessor("tenant", tenant);
        try (URLClassLoader classes = compile(blockWith("class MicrometerContext"))) {
            Class<?> shown = classes.loadClass("MicrometerContext");
            PogoRuntime runtime = startWith(method(shown, "carry", Callable.class));
            try (PogoScope scope = runtime.open()) {
                tenant.set("acme");
                assertEquals("acme", scope.spawn(tenant::get).await());
                tenant.remove();
                assertNull(scope.spawn(tenant::get).await());
            }
        } finally {
            tenant.remove();
            registry.removeThreadLocalAccessor("tenant");
        }
    }

    @SuppressWarnings("unchecked") // the README shows a method that gives a Callable<Object>
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

    /** The class, or one with the same method where the real one would not compile. */
    private static String tenants() throws IOException {
        return hasScopedValues()
                ? blockWith("class Tenants")
                : "class Tenants { static Callable<Object> carry(Callable<Object> w) { return w; }"
                        + " }";
    }

    private static String blockWith(String text) throws IOException {
        return blocks("java").stream()
                .filter(block -> block.contains(text))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> blocks(String language) throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        return Pattern.compile(
                        "^```" + language + "\\R(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(readme)
                .results()
                .map(result -> result.group(1))
                .toList();
    }

    /** Statements of the README, amid what they take for granted. */
    private static String inMethod(String statements) {
        return """
        interface Prices { Integer fetch(String sku); }
        interface Stocks { Integer fetch(String sku); }
        interface Taxes { Integer compute(String sku); }
        record Page(int price, int stock, int tax) {}
        abstract class Request {
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

            Object run() throws Exception {
                if (true) {
                    %s
                }
                return null;
            }
        }
        """
                .formatted(statements);
    }

    private URLClassLoader compile(String classes) throws IOException {
        String oneFile = classes.replaceAll("(?m)^public ", "");
        Path source = Files.writeString(folder.resolve("Shown.java"), IMPORTS + oneFile);
        StringWriter errors = new StringWriter();
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
                                    errors,
                                    files,
                                    null,
                                    options,
                                    null,
                                    files.getJavaFileObjects(new File[] {source.toFile()}))
                            .call();
            assertTrue(compiled, () -> classes + errors);
        }
        return new URLClassLoader(new URL[] {folder.toUri().toURL()});
    }
}
