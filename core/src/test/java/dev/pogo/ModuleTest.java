package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;

import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.tools.ToolProvider;

/**
 * Pogo as a module of another program's, with nothing beside it but what it needs at run time: so
 * no Micrometer, and no flight recorder unless that is asked for.
 */
class ModuleTest {
    @TempDir private Path folder;

    @Test
    void module_withWhatItNeedsOnly_compilesAndRuns() throws Exception {
        compile();
        assertEquals(
                "page, recorder false", run("--limit-modules", "acme", "-Dslf4j.provider=none"));
    }

    @Test
    void module_recorderStarted_recordsTasks() throws Exception {
        compile();
        Path file = folder.resolve("recording.jfr");
        String settings = "filename=" + file + ",+dev.pogo.Task#threshold=0ms";
        assertEquals(
                "page, recorder true",
                run("-Xlog:disable", "-XX:StartFlightRecording:" + settings));
        List<String> pools =
                RecordingFile.readAllEvents(file).stream()
                        .filter(event -> event.getEventType().getName().equals("dev.pogo.Task"))
                        .map((RecordedEvent event) -> event.getString("pool"))
                        .toList();
        assertEquals(List.of("default"), pools);
    }

    private void compile() throws IOException, URISyntaxException {
        Path module = folder.resolve("module-info.java");
        Files.writeString(module, "module acme { requires dev.pogo; }");
        Path source = Files.createDirectory(folder.resolve("acme")).resolve("Page.java");
        Files.writeString(
                source,
                """
                package acme;
                import dev.pogo.*;
                import dev.pogo.channel.*;
                class Page {
                    public static void main(String[] args) throws InterruptedException {
                        try (var scope = Pogo.open()) {
                            Channel<String> channel = scope.channel(1);
                            Task<String> task = scope.spawn("default", () -> "page");
                            System.out.print(
                                    Select.from("c", channel).from("t", task).await().value());
                        }
                        boolean recorder =
                                ModuleLayer.boot().findModule("jdk.jfr").isPresent();
                        System.out.print(", recorder " + recorder);
                    }
                }
                """);
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                errors,
                                "-proc:none",
                                "-d",
                                classes().toString(),
                                "--module-path",
                                needed(),
                                module.toString(),
                                source.toString());
        assertEquals(0, status, () -> errors.toString(StandardCharsets.UTF_8));
    }

    private String run(String... options) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.add("--module-path");
        command.add(classes() + System.getProperty("path.separator") + needed());
        command.add("--module");
        command.add("acme/acme.Page");
        Path out = folder.resolve("out.txt");
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try {
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the child JVM does not end");
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(out);
    }

    private Path classes() {
        return folder.resolve("classes");
    }

    private static String needed() throws URISyntaxException {
        List<String> places = new ArrayList<>();
        for (Class<?> one :
                List.of(
                        Pogo.class,
                        Logger.class,
                        Histogram.class,
                        ObjectMapper.class,
                        JsonFactory.class,
                        JsonProperty.class)) {
            places.add(
                    Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI())
                            .toString());
        }
        return String.join(System.getProperty("path.separator"), places);
    }
}
