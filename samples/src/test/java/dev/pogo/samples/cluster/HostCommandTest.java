package dev.pogo.samples.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.remote.RemoteWorkers;
import dev.pogo.samples.jobs.Render;
import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

@Timeout(60)
@ExtendWith(RedisExtension.class)
class HostCommandTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir private Path folder;

    @Test
    void sigterm_afterAJob_endsWith0(RedisServer server) throws Exception {
        Process process =
                Program.start(
                        Map.of("REDIS_URL", server.url()),
                        "host",
                        "--queue=pages",
                        "--name=h",
                        "--threads=2");
        try (BufferedReader out = process.inputReader()) {
            assertServes("h", "queue pages in pool work", server, out.readLine());
            assertEquals("h", render(server, "pages").host());
            process.toHandle().destroy(); // and its output can still be read
            List<String> lines = out.lines().toList();
            assertEquals(2, lines.size(), lines::toString);
            assertTrue(
                    lines.get(0).matches("h-\\S+ ends when its running jobs have ended"),
                    lines::toString);
            assertEquals("queue pages: 1 jobs done, 0 failed, 0 cancelled", lines.get(1));
            assertEquals(0, process.waitFor());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void config_queuesOfThePools_areServedUntilTheInputEnds(RedisServer server) throws Exception {
        Path file = folder.resolve("pogo.json");
        Files.writeString(
                file,
                """
                { "num_threads": 1, "jobs": ["dev.pogo.samples.jobs.*"],
                  "host": { "redis": "%s", "name": "filed" },
                  "pools": { "a": { "num_threads": 1, "serves": "pages" } } }
                """
                        .formatted(server.url()));
        Process process =
                Program.start(Map.of(), "host", "--until-eof", "--verbose", "--config=" + file);
        try (BufferedReader out = process.inputReader()) {
            assertServes("filed", "queue pages in pool a", server, out.readLine());
            assertEquals("filed", render(server, "pages").host());
            assertTrue(out.readLine().startsWith("begins Render#"));
            assertTrue(out.readLine().startsWith("ends Render#"));
            process.getOutputStream().close();
            assertEquals(0, process.waitFor());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void redisUrl_thatIsWrong_isRefusedAndNotShown() throws Exception {
        Program.assertRefused(
                "samples host: HostConfig: redis: is not like redis://HOST:PORT or"
                        + " rediss://HOST:PORT",
                "host",
                "--redis=http://user:secret@localhost");
        Process process = Program.start(Map.of("REDIS_URL", "redis://:sec ret@localhost"), "host");
        try (BufferedReader err = process.errorReader()) {
            List<String> lines = err.lines().toList();
            assertEquals(1, lines.size(), lines::toString);
            assertTrue(
                    lines.get(0)
                            .matches(
                                    "samples host: HostConfig: redis: is not a URL: Illegal"
                                            + " character in authority at character \\d+"),
                    lines::toString);
            assertEquals(2, process.waitFor());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void wrongCalls_printOneLineAndExitWith2() throws IOException {
        Program.assertRefused(
                "samples host: PoolConfig \"work\": num_threads: 0 must be at least 1",
                "host",
                "--threads=0");
        Program.assertRefused(
                "samples host: HostConfig: name: \"a b\" is not a name of 1 to 100 letters, digits,"
                        + " dots, hyphens and underscores",
                "host",
                "--name=a b");
        Path file = folder.resolve("pogo.json");
        String[] call = {"host", "--config=" + file};
        Program.assertRefused("samples host: " + file + ": there is no such file", call);
        Files.writeString(file, "{\"num_threads\": 1}");
        Program.assertRefused(
                "samples host: "
                        + file
                        + ": host: is missing; a job host needs it, like {\"redis\":"
                        + " \"redis://10.0.0.5:6379\"}",
                call);
        Files.writeString(
                file, "{\"num_threads\": 1, \"host\": {\"redis\": \"redis://u:secret@h\"}}");
        Program.Ended secret = Program.run(call);
        assertEquals(2, secret.status());
        assertTrue(secret.err().contains(": host: has a secret in redis; "), secret::toString);
        assertTrue(!secret.err().contains("u:secret"), secret::toString);
        Program.assertRefused(
                "samples host: --queue has no place beside --config; it stands in the file",
                "host",
                "--queue=pages",
                "--config=" + file);
    }

    @Test
    void help_printsTheOptions() {
        Program.Ended help = Program.run("host", "--help");
        assertEquals(0, help.status());
        for (String option :
                List.of("--redis", "--queue", "--threads", "--name", "--config", "--heartbeat")) {
            assertTrue(help.out().contains(option + "="), help::toString);
        }
    }

    private static void assertServes(String name, String queues, RedisServer server, String line) {
        assertTrue(
                line.matches(
                        name + "-\\d+-[0-9a-f]{6} serves " + queues + ", from " + server.url()),
                line);
    }

    /** Has a page rendered by whoever serves the queue. */
    private static Render.Rendered render(RedisServer server, String queue)
            throws InterruptedException {
        PogoConfig config =
                PogoConfig.defaults()
                        .withPool(
                                PoolConfig.named("far")
                                        .withNumThreads(1)
                                        .withMaxWait(LONG)
                                        .withWorker(RemoteWorkers.redis(server.url(), queue)));
        try (PogoRuntime runtime = PogoRuntime.start(config);
                PogoScope scope = runtime.open()) {
            return scope.spawn("far", Render.class, new Render.Page(1, 0)).await(LONG);
        }
    }
}
