package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

import java.io.ByteArrayOutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import javax.tools.ToolProvider;

class ModuleTest {
    /** With nothing on the module path but Pogo and what it needs at run time. */
    @Test
    void module_requiresPogo_compiles(@TempDir Path folder) throws Exception {
        Path module = folder.resolve("module-info.java");
        Files.writeString(module, "module acme { requires dev.pogo; }");
        Path source = Files.createDirectory(folder.resolve("acme")).resolve("Page.java");
        Files.writeString(
                source,
                """
                package acme;
                import dev.pogo.*;
                class Page {
                    String get() throws InterruptedException {
                        try (var scope = Pogo.open()) {
                            return scope.spawn("default", () -> "page").await();
                        }
                    }
                }
                """);
        List<String> modules = new ArrayList<>();
        for (Class<?> one :
                List.of(
                        Pogo.class,
                        Logger.class,
                        Histogram.class,
                        ObjectMapper.class,
                        JsonFactory.class,
                        JsonProperty.class)) {
            modules.add(location(one).toString());
        }
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                errors,
                                "-proc:none",
                                "-d",
                                folder.resolve("classes").toString(),
                                "--module-path",
                                String.join(System.getProperty("path.separator"), modules),
                                module.toString(),
                                source.toString());
        assertEquals(0, status, () -> errors.toString(StandardCharsets.UTF_8));
    }

    private static Path location(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
