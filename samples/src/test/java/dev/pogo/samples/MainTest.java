package dev.pogo.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir private Path folder;

    /** The runtime's close does not wait until the last of its threads has left its last step. */
    @AfterEach
    void noThreadIsLeft() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("pogo")) {
                assertTrue(thread.join(Duration.ofSeconds(20)), thread::toString);
            }
        }
    }

    @Test
    void fanout_plain_drawsTheSmokeCase() {
        assertEquals(0, run("fanout"));
        assertTrue(out.toString().matches("(?s)Sleep#\\d+ +default +waited .* ran .* SUCCEEDED.*"));
        assertTrue(out.toString().matches("(?s).*Sha256#\\d+ +cpu .*"), out::toString);
        assertTrue(out.toString().matches("(?s).* ms: slowest task Sleep#\\d+ .*"), out::toString);
        assertTrue(out.toString().contains("####"), out::toString);
        assertTrue(out.toString().matches("(?s).*elapsed \\d+ ms, sum of the parts \\d+ ms.*"));
        assertEquals("", err.toString());
    }

    @Test
    void fanout_json_isTheSameAsJson() throws IOException {
        assertEquals(0, run("fanout", "--json", "--sleep", "50ms"));
        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertEquals(4, json.at("/workers/default").asInt());
        assertEquals(2, json.at("/workers/cpu").asInt());
        assertEquals(50, json.at("/results/1/slept_ms").asInt());
        assertEquals(
                "27aba2a5f8b99e12f9a58c2c2a48506491456313cd98970d73ab071f8e061545",
                json.at("/results/2/sha256").asText());
        assertTrue(json.at("/elapsed_ms").asInt() >= 50);
    }

    @Test
    void fanout_svgThatCannotBeWritten_isSaidInOneLine() {
        Path file = folder.resolve("missing").resolve("run.svg");
        assertEquals(2, run("fanout", "--sleep", "1ms", "--svg", file.toString()));
        assertTrue(
                err.toString().startsWith("samples fanout: --svg " + file + " cannot be written: "),
                err::toString);
        assertFalse(err.toString().contains("\tat "), err::toString);
    }

    @Test
    void fanout_svg_writesThePicture() throws IOException {
        Path file = folder.resolve("run.svg");
        assertEquals(0, run("fanout", "--sleep", "1ms", "--svg", file.toString()));
        assertTrue(Files.readString(file).contains("pool cpu: waited "));
    }

    @Test
    void fanout_moreTasksThanThreads_showsThemWaiting() {
        assertEquals(0, run("fanout", "--tasks", "3", "--threads", "1", "--sleep", "20ms"));
        List<Long> waited =
                out.toString()
                        .lines()
                        .filter(line -> line.matches("Sleep#\\d+ *\\|[ .]*#+ *\\|"))
                        .map(line -> line.chars().filter(c -> c == '.').count())
                        .toList();
        assertEquals(3, waited.size(), out::toString);
        assertTrue(waited.get(0) < waited.get(1), out::toString);
        assertTrue(waited.get(1) < waited.get(2), out::toString);
    }

    @Test
    void fanout_timeoutOrMaxWait_exitsWith1AndSaysWhy() {
        assertEquals(1, run("fanout", "--timeout", "10ms"));
        assertTrue(
                out.toString().contains("CANCELLED: no outcome by the deadline of its scope"),
                out::toString);
        String[] saturated = {"fanout", "--threads", "1", "--max-wait", "5ms", "--json"};
        assertEquals(1, run(saturated));
        assertTrue(out.toString().contains("no permit within max_wait of 5.0 ms"));
    }

    @Test
    void isolate_spinningJob_isStoppedInAProcessAndNotInAThread() {
        assertEquals(0, run("isolate", "--deadline", "100ms", "--spin", "4s"));
        Matcher said =
                Pattern.compile(
                                "A job spins for 4000 ms .* 100 ms:\n"
                                    + "threads +over after +(\\d+) ms: .* it spun on to its end\n"
                                    + "processes +over after +(\\d+) ms: process (\\d+) was killed"
                                    + " at the deadline\n")
                        .matcher(out.toString());
        assertTrue(said.matches(), out::toString);
        assertTrue(Integer.parseInt(said.group(1)) >= 4_000, out::toString);
        assertTrue(Integer.parseInt(said.group(2)) < 4_000, out::toString);
        assertTrue(ProcessHandle.of(Long.parseLong(said.group(3))).isEmpty(), out::toString);
    }

    @Test
    void isolate_whereNoWorkerCanBeStarted_saysWhyAndExitsWith1() throws Exception {
        Path complaints = folder.resolve("err.txt");
        ProcessBuilder builder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName(),
                                "isolate")
                        .redirectError(complaints.toFile());
        builder.environment().put("PATH", folder.toString());
        Process program = builder.start();
        assertEquals(0, program.getInputStream().readAllBytes().length);
        assertEquals(1, program.waitFor());
        List<String> lines = Files.readAllLines(complaints);
        String last = lines.get(lines.size() - 1);
        assertTrue(
                last.matches(
                        "samples isolate: .*process workers need the commands sh and setsid.*"),
                lines::toString);
        assertTrue(lines.stream().noneMatch(line -> line.startsWith("\tat ")), lines::toString);
    }

    @Test
    void isolate_jobDoneBeforeTheDeadline_isNotKilled() {
        assertEquals(0, run("isolate", "--deadline", "1m", "--spin", "1ms"));
        assertEquals(2, out.toString().split("the job was done in time", -1).length - 1);
    }

    @Test
    void fanout_manyTasks_printsTheFirst() {
        assertEquals(0, run("fanout", "--tasks", "100", "--threads", "100", "--sleep", "1ms"));
        assertTrue(out.toString().contains("... and 61 more tasks"), out::toString);
    }

    @Test
    void wrongCalls_printOneLineAndExitWith2() throws IOException {
        assertRefused(
                "samples: name a sample: fanout, fetch, pipeline, isolate, serve, load, host,"
                        + " cluster or queue");
        assertRefused("samples fanout: Unknown option: '--frobnicate'", "fanout", "--frobnicate");
        assertRefused(
                "samples fanout: Invalid value for option '--sleep': 'soon' is not a duration;"
                        + " write it like 250ms, 30s, 1m30s or 2h",
                "fanout",
                "--sleep",
                "soon");
        assertRefused(
                "samples fanout: unknown Pogo pool \"db\"; known pools: default, cpu (from built-in"
                        + " defaults)",
                "fanout",
                "--pool",
                "db");
        assertRefused(
                "samples fanout: PoolConfig \"default\": num_threads: 0 must be at least 1",
                "fanout",
                "--threads",
                "0");
        assertRefused(
                "samples fanout: --tasks must not be negative, but is -1", "fanout", "--tasks=-1");
        assertRefused(
                "samples pipeline: --workers must be at least 1, but is 0",
                "pipeline",
                "--workers",
                "0");
        assertRefused("samples fetch: Missing required parameter: 'URL'", "fetch");
        assertRefused("samples fetch: 'ftp://x' is not an http or https URL", "fetch", "ftp://x");
        Path file = folder.resolve("pogo.json");
        String[] call = {"fanout", "--config", file.toString()};
        assertRefused("samples fanout: " + file + ": there is no such file", call);
        Files.writeString(file, "{\"num_threads\": 0}");
        assertRefused(
                "samples fanout: "
                        + file
                        + ": num_threads: 0 is not a whole number from 1 to 2147483647",
                call);
    }

    @Test
    void pipeline_plain_squaresAllNumbers() {
        for (String capacity : List.of("0", "8")) {
            assertEquals(0, run("pipeline", "--work", "0ms", "--capacity", capacity));
            assertTrue(
                    out.toString()
                            .matches(
                                    "2 producers, 4 workers: 100 of 100 numbers in \\d+ ms, 90"
                                            + " squared \\(sum 74,850\\), 10 rejected\\R"),
                    out::toString);
        }
    }

    @Test
    void pipeline_workersAreSlow_givesUpAndExitsWith1() {
        assertEquals(1, run("pipeline", "--work", "1h", "--patience", "20ms"));
        assertTrue(out.toString().contains(": 0 of 100 numbers in "), out::toString);
        assertTrue(out.toString().contains("; gave up"), out::toString);
    }

    @Test
    void fetch_serverThatAnswersAndOneThatDoesNot_givesWhatCameByTheDeadline() throws Exception {
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        CountDownLatch never = new CountDownLatch(1);
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext(
                "/page",
                exchange -> {
                    exchange.sendResponseHeaders(200, 5);
                    exchange.getResponseBody().write(new byte[5]);
                    exchange.close();
                });
        server.createContext(
                "/hangs",
                exchange -> {
                    try (exchange) {
                        exchange.sendResponseHeaders(200, 5);
                        exchange.getResponseBody().flush();
                        never.await(60, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                });
        server.start();
        // accepts, by its backlog, and says nothing
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String base = "http://127.0.0.1:" + server.getAddress().getPort();
            long began = System.nanoTime();
            int status =
                    run(
                            "fetch",
                            "--deadline",
                            "1s",
                            base + "/page",
                            base + "/none",
                            base + "/hangs",
                            "http://127.0.0.1:" + mute.getLocalPort() + "/");
            assertTrue(System.nanoTime() - began < TimeUnit.SECONDS.toNanos(20));
            assertEquals(1, status);
            List<String> lines = out.toString().lines().toList();
            assertEquals(4, lines.size(), out::toString);
            assertTrue(lines.get(0).matches("200 +5 bytes .* ms  .*/page"), lines.get(0));
            assertTrue(lines.get(1).matches("404 +\\d+ bytes .*/none"), lines.get(1));
            String late = "CANCELLED +[05] bytes .*: no outcome by the deadline of its scope.*";
            assertTrue(lines.get(2).matches(late), lines.get(2));
            assertTrue(lines.get(3).matches(late), lines.get(3));
        } finally {
            never.countDown();
            server.stop(0);
            threads.shutdownNow();
        }
    }

    private int run(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    private void assertRefused(String line, String... args) {
        assertEquals(2, run(args));
        assertEquals(line + System.lineSeparator(), err.toString());
        assertEquals("", out.toString());
    }
}
