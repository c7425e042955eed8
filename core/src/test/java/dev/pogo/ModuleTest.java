package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Pogo as a module of another program's, with nothing beside it but what it needs at run time: so
 * no Micrometer, and no flight recorder unless that is asked for.
 */
class ModuleTest {
    private static final String PAGE =
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
            """;

    @TempDir private Path folder;

    private String run(String... options) throws IOException, InterruptedException {
        return new ModuleProgram(folder.resolve("program"), "", Map.of("acme/Page.java", PAGE))
                .run(List.of(options), "acme.Page");
    }

    @Test
    void module_withWhatItNeedsOnly_compilesAndRuns() throws Exception {
        assertEquals(
                "page, recorder false", run("--limit-modules", "acme", "-Dslf4j.provider=none"));
    }

    /** It can be: no module that Pogo needs is an automatic one. */
    @Test
    void module_linkedIntoAJavaOfItsOwn_isThere() throws Exception {
        Path image =
                new ModuleProgram(folder.resolve("program"), "", Map.of("acme/Page.java", PAGE))
                        .link();
        assertTrue(
                Files.readString(image.resolve("release")).contains("dev.pogo"),
                () -> "not in " + image);
    }

    @Test
    void module_recorderStarted_recordsTasks() throws Exception {
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
}
