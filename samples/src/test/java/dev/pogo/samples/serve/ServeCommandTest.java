package dev.pogo.samples.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command in a process of its own. */
@Timeout(60)
class ServeCommandTest {
    private static final Pattern LISTENING =
            Pattern.compile("listening on http://localhost:(\\d+), pools default 4, cpu 2");

    @Test
    void sigterm_whileARequestRuns_cancelsItAndExitsWith0() throws Exception {
        Process process = serve("--port", "0", "--drain", "10ms");
        try (BufferedReader out = process.inputReader()) {
            Matcher listening = LISTENING.matcher(out.readLine());
            assertTrue(listening.matches(), listening::toString);
            int port = Integer.parseInt(listening.group(1));
            try (Socket client = new Socket("localhost", port)) {
                client.getOutputStream().write(Demo.head("/sleep?ms=1&tasks=1"));
                // The first answer's head says that the server has got hold of the connection.
                assertEquals('H', client.getInputStream().read());
                client.getOutputStream().write(Demo.head("/sleep?ms=" + Demo.LONG_MILLIS));
                process.toHandle().destroy(); // and its output can still be read
                List<String> lines = out.lines().toList();
                assertEquals(2, lines.size(), lines::toString);
                assertTrue(
                        lines.get(0)
                                .matches(
                                        "draining: [01] requests are running and have 10 ms to"
                                                + " end"),
                        lines::toString);
                assertTrue(
                        lines.get(1).matches("drained: [01] of them had to be cancelled"),
                        lines::toString);
            }
            assertEquals(0, process.waitFor());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void portThatIsTaken_isSaidInOneLine() throws Exception {
        try (Demo demo = Demo.started()) {
            Process process = serve("--port", Integer.toString(demo.server().port()));
            try (BufferedReader err = process.errorReader()) {
                String line = err.readLine();
                assertEquals(
                        "samples serve: cannot listen on localhost:%d; is the port taken?"
                                .formatted(demo.server().port()),
                        line);
                assertTrue(process.waitFor(20, TimeUnit.SECONDS));
                assertEquals(2, process.exitValue());
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private static Process serve(String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "dev.pogo.samples.Main",
                                "serve"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).start();
        // Reading its output would not heed the timeout of a test.
        CompletableFuture.delayedExecutor(30, TimeUnit.SECONDS).execute(process::destroyForcibly);
        return process;
    }
}
