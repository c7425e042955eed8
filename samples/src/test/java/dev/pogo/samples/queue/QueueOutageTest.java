package dev.pogo.samples.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import dev.pogo.samples.cluster.Program;
import dev.pogo.testing.NothingIsLeftBehind;
import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import java.io.BufferedReader;
import java.util.Map;

/** Redis is away. */
@Timeout(60)
@ExtendWith({RedisExtension.class, NothingIsLeftBehind.class})
class QueueOutageTest {
    @Test
    void serverKilled_commandsSaySoInOneLine(RedisServer server) {
        server.kill();
        String away = "Redis at " + server.url() + " cannot be reached: Connection refused";
        assertFails("push: code 5: " + away, server, "push", "1");
        assertFails("status: not ready: " + away, server, "status");
        assertFails("failed: " + away, server, "failed");
        assertFails("failed: " + away, server, "failed", "--json");
        assertFails("retry: " + away, server, "retry", "all");
        Program.Ended status = run(server, "status", "--json");
        assertEquals(1, status.status());
        JsonNode json = Terminal.parse(status.out());
        assertFalse(json.get("ready").asBoolean());
        assertTrue(json.at("/queues/default/backend_errors").asInt() > 0, status::toString);
        Program.Ended push = run(server, "push", "--json", "1");
        assertEquals(1, push.status());
        assertEquals(5, Terminal.parse(push.out()).get("code").asInt());
    }

    /** The timeout of the class is the bound. */
    @Test
    void serverThatDoesNotAnswer_commandsEndAllTheSame(RedisServer server) {
        server.pause();
        Program.Ended push = run(server, "push", "1");
        assertEquals(1, push.status());
        assertTrue(push.err().startsWith("samples queue push: code 5: Redis at "), push::toString);
        Program.Ended status = run(server, "status");
        assertEquals(1, status.status());
        assertTrue(
                status.err().startsWith("samples queue status: not ready: Redis at "),
                status::toString);
        assertEquals(1, status.err().lines().count(), status::toString);
    }

    @Test
    void work_serverKilled_endsWith0(RedisServer server) throws Exception {
        Process process = Program.start(Map.of("REDIS_URL", server.url()), "queue", "work");
        try (BufferedReader out = process.inputReader()) {
            assertTrue(out.readLine().contains(" handles queue default from " + server.url()));
            server.kill();
            process.toHandle().destroy();
            assertEquals("ends when its running deliveries have ended", out.readLine());
            assertEquals("0 deliveries handled: 0 done, 0 failed, 0 cancelled", out.readLine());
            assertEquals(0, process.waitFor());
        } finally {
            process.destroyForcibly();
        }
    }

    private static void assertFails(String line, RedisServer server, String... words) {
        Program.Ended ended = run(server, words);
        assertEquals(1, ended.status(), ended::toString);
        assertEquals("", ended.out());
        // Some JDKs add that it failed to connect.
        assertEquals(
                "samples queue " + line + System.lineSeparator(),
                ended.err().replace(" (connect failed)", ""));
    }

    private static Program.Ended run(RedisServer server, String... words) {
        String[] call = new String[words.length + 2];
        call[0] = "queue";
        System.arraycopy(words, 0, call, 1, words.length);
        call[words.length + 1] = "--redis=" + server.url();
        return Program.run(call);
    }
}
