package dev.pogo.samples.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pogo.samples.Main;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Calls of the samples. */
public final class Program {
    private static final int SECONDS = 50;

    private Program() {}

    /**
     * What a call has left behind.
     *
     * @param status its exit status
     * @param out what it has printed
     * @param err its complaints
     */
    public record Ended(int status, String out, String err) {}

    /** A call in this process. */
    public static Ended run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
        return new Ended(status, out.toString(), err.toString());
    }

    public static void assertRefused(String line, String... args) {
        assertEquals(new Ended(2, "", line + System.lineSeparator()), run(args));
    }

    /** A call in a process of its own, which is killed after 50 seconds. */
    public static Process start(Map<String, String> environment, String... args)
            throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        Process process = builder.start();
        // Reading its output would not heed the timeout of a test.
        CompletableFuture.delayedExecutor(SECONDS, TimeUnit.SECONDS)
                .execute(process::destroyForcibly);
        return process;
    }
}
