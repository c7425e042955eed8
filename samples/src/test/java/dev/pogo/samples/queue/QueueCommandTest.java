package dev.pogo.samples.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import dev.pogo.samples.Eventually;
import dev.pogo.samples.cluster.Program;
import dev.pogo.testing.NothingIsLeftBehind;
import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

@Timeout(60)
@ExtendWith({RedisExtension.class, NothingIsLeftBehind.class})
class QueueCommandTest {
    private static final String TIME = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d";
    private static final Pattern STEERS = Pattern.compile("[\\p{Cc}&&[^\\n]]");

    private final RedisServer server;
    private final Terminal terminal;

    QueueCommandTest(RedisServer server, @TempDir Path folder) throws IOException {
        this.server = server;
        this.terminal = Terminal.at(server, folder, "{ \"num_threads\": 4 }");
    }

    @BeforeEach
    void queuesAreEmpty() {
        assertNumbers("mail", 0, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void messages_pushedAndHandled_areCountedListedAndRetried() throws Exception {
        String pushed = terminal.out("push", "--queue=mail", "{\"order\": 1}");
        assertTrue(pushed.matches("\\d+-\\d+  code 1  accepted\\R"), pushed);
        terminal.out("push", "--queue=mail", "{\"order\": 2, \"sleep\": \"1ms\"}");
        String failing = terminal.out("push", "--queue=mail", "--count=3", "{\"fail\": true}");
        assertEquals(3, failing.lines().count(), failing);
        assertNumbers("mail", 5, 0, 0, 0, 5, 0, 0);

        String worked = terminal.work("mail", 2, 3);
        assertTrue(
                worked.startsWith(
                        "dev.pogo.samples.jobs.Scripted handles queue mail, bulk from "
                                + server.url()
                                + ", 1 at once\n"),
                worked);
        assertLines(1, "mail  \\S+  attempt 1  done in \\S+ ms  \\{\"order\":1}", worked);
        assertLines(1, "mail  .* done in \\S+ ms  \\{\"order\":2,\"sleep\":\"1ms\"}", worked);
        for (int attempt = 1; attempt <= 2; attempt++) {
            assertLines(
                    3,
                    "mail  \\S+  attempt "
                            + attempt
                            + "  failed after \\S+ ms  \\{\"fail\":true}"
                            + "  java.lang.IllegalStateException: the payload says so at .*",
                    worked);
        }
        assertLines(1, "8 deliveries handled: 2 done, 6 failed, 0 cancelled", worked);
        assertNumbers("mail", 0, 0, 0, 3, 5, 2, 3);

        String id = failing.substring(0, failing.indexOf(' '));
        String row =
                " +2  "
                        + TIME
                        + "  "
                        + TIME
                        + "  IllegalStateException: .*\\.\\.\\.  \\{\"fail\":true}";
        String failed = terminal.out("failed", "--queue=mail", "--limit=2");
        assertLines(1, "id +attempts  first failure +last failure +reason +payload", failed);
        assertLines(2, "\\d+-\\d+" + row, failed);
        assertLines(1, "2 of 3", failed);
        String all = terminal.out("failed", "--queue=mail");
        assertLines(1, id + row, all);
        assertEquals(4, all.lines().count(), all);

        assertEquals(
                "queue mail: 1 failed message is pending again\n",
                terminal.out("retry", id, "--queue=mail"));
        assertEquals(
                new Program.Ended(
                        1,
                        "",
                        "samples queue retry: queue mail has no failed message " + id + "\n"),
                terminal.run("retry", id, "--queue=mail"));
        assertEquals(
                "queue mail: 2 failed messages are pending again\n",
                terminal.out("retry", "all", "--queue=mail"));
        assertNumbers("mail", 3, 0, 0, 0, 5, 2, 3);
        assertEquals("queue mail has no failed messages\n", terminal.out("failed", "--queue=mail"));
        assertNumbers("bulk", 0, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void json_ofAllCommands_canBeParsed() throws Exception {
        JsonNode pushed = terminal.json("push", "--json", "--queue=bulk", "{\"fail\": true}");
        assertTrue(pushed.get("ok").asBoolean());
        assertEquals(1, pushed.get("code").asInt());
        assertEquals("accepted", pushed.get("message").asText());
        terminal.work("bulk", 0, 1, "--queue=bulk");
        JsonNode failed = terminal.json("failed", "--json", "--queue=bulk");
        assertEquals(1, failed.size());
        assertEquals(pushed.get("id"), failed.at("/0/id"));
        assertTrue(failed.at("/0/payload/fail").asBoolean());
        assertEquals(2, failed.at("/0/attempts").asInt());
        assertTrue(failed.at("/0/reason").asText().contains("the payload says so at "));
        assertTrue(
                failed.at("/0/first_failed_at").asLong()
                        <= failed.at("/0/last_failed_at").asLong());
        JsonNode status = terminal.json("status", "--json");
        assertTrue(status.get("ready").asBoolean());
        assertEquals(1, status.at("/queues/bulk/failed").asInt());
        assertEquals(0, status.at("/queues/mail/enqueued").asInt());
    }

    @Test
    void failed_wideTerminal_showsMore() throws Exception {
        terminal.out(
                "push", "--queue=mail", "{\"sleep\": \"an hour, if it is not too much to ask\"}");
        terminal.work("mail", 0, 1);
        String row =
                ".*  IllegalArgumentException: 'an hour, if it is not too much to ask' is not a"
                        + " duration.*\"an hour, if it is not too much to ask\"}";
        assertLines(0, row, terminal.out("failed", "--queue=mail"));
        Process process = terminal.start(Map.of("COLUMNS", "300"), "failed", "--queue=mail");
        try (BufferedReader out = process.inputReader()) {
            List<String> lines = out.lines().toList();
            assertEquals(2, lines.size(), lines::toString);
            assertTrue(lines.get(1).matches(row), lines::toString);
            assertEquals(0, process.waitFor());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void push_delayOrKey_delaysOrAddsOnce() {
        terminal.out("push", "--queue=mail", "--delay=1h", "17");
        String keyed = terminal.out("push", "--queue=mail", "--key=k", "--count=2", "\"text\"");
        String id = keyed.substring(0, keyed.indexOf(' '));
        assertEquals(
                List.of(
                        id + "  code 1  accepted",
                        id + "  code 1  accepted before, as message " + id + ", by its key"),
                keyed.lines().toList());
        assertNumbers("mail", 1, 1, 0, 0, 2, 0, 0);
    }

    @Test
    void work_failing100_failsWhatTheJobWouldDo() throws Exception {
        terminal.out("push", "--queue=mail", "1");
        String worked =
                terminal.work(
                        "mail",
                        0,
                        1,
                        "--failing=100",
                        "--concurrency=2",
                        "--job=dev.pogo.samples.jobs.Scripted");
        assertLines(2, "mail  .* failed after .* ms  1  made to fail by --failing", worked);
        assertLines(1, ".*Scripted handles queue mail, bulk from .*, 2 at once", worked);
        assertEquals(
                "made to fail by --failing",
                terminal.json("failed", "--queue=mail", "--json").at("/0/reason").asText());
    }

    @Test
    void work_poolWithProcesses_runsTheJobsThere(@TempDir Path folder) throws Exception {
        Terminal elsewhere =
                Terminal.at(
                        server, folder, "{ \"num_threads\": 1, \"worker\": { \"jvm\": true } }");
        elsewhere.out("push", "--queue=mail", "null");
        String worked = elsewhere.work("mail", 1, 0);
        assertLines(1, "mail  \\S+  attempt 1  done in \\S+ ms  null", worked);
        assertLines(1, "1 deliveries handled: 1 done, 0 failed, 0 cancelled", worked);
    }

    @Test
    void work_endedWhileAJobRuns_letsItEnd() throws Exception {
        terminal.out("push", "--queue=mail", "{\"sleep\": \"1s\"}");
        Process process = terminal.start(Map.of(), "work");
        try (BufferedReader out = process.inputReader()) {
            out.readLine();
            awaitReserved();
            process.toHandle().destroy();
            List<String> lines = out.lines().toList();
            assertEquals(0, process.waitFor());
            assertEquals(3, lines.size(), lines::toString);
            assertEquals("ends when its running deliveries have ended", lines.get(0));
            assertTrue(lines.get(1).contains("  done in 1"), lines::toString);
        } finally {
            process.destroyForcibly();
        }
        assertNumbers("mail", 0, 0, 0, 0, 1, 1, 0);
    }

    private void awaitReserved() {
        Eventually.isTrue(
                () -> terminal.json("status", "--json").at("/queues/mail/reserved").asInt() == 1,
                () -> terminal.out("status"));
    }

    @Test
    void status_watch_repeatsItself() throws Exception {
        Process process = terminal.start(Map.of(), "status", "--watch", "--queue=mail");
        try (BufferedReader out = process.inputReader()) {
            for (int i = 0; i < 2; i++) {
                assertTrue(out.readLine().startsWith("queue  pending  "));
                assertTrue(out.readLine().startsWith("mail         0  "));
                assertEquals("", out.readLine());
            }
        } finally {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    @Test
    void controlCharacters_inPayloadsAndReasons_areEscaped() throws Exception {
        terminal.out("push", "--queue=mail", "{\"sleep\": \"\\u001b[2J\\n\\u009b2J\"}");
        pushRaw("no\\x1bc");
        String worked = terminal.work("mail", 0, 2);
        assertFalse(STEERS.matcher(worked).find(), worked);
        assertTrue(worked.contains("'\\u001b[2J\\u000a\\u009b2J' is not a duration"), worked);
        String failed = terminal.out("failed", "--queue=mail");
        assertFalse(STEERS.matcher(failed).find(), failed);
        assertLines(1, ".*  \"no\\\\u001Bc\"", failed);
        String json = terminal.out("failed", "--queue=mail", "--json");
        assertFalse(STEERS.matcher(json).find(), json);
        List<String> payloads = Terminal.parse(json).findValuesAsText("payload");
        assertTrue(payloads.contains("no\u001bc"), json);
    }

    /** Adds to the queue mail what no push would. */
    private void pushRaw(String payload) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            String command =
                    "XADD pogo:queue:{mail}:stream * p \"%s\"\r\nQUIT\r\n".formatted(payload);
            socket.getOutputStream().write(command.getBytes(StandardCharsets.US_ASCII));
            assertEquals('$', socket.getInputStream().read());
        }
    }

    /** Checks the numbers of a row of the status, in its order. */
    private void assertNumbers(String queue, int... numbers) {
        StringBuilder row = new StringBuilder(queue);
        for (int number : numbers) {
            row.append(" +").append(number);
        }
        assertLines(1, row + " +0", terminal.out("status"));
        assertLines(1, row + " +0", terminal.out("status", "--queue=" + queue));
    }

    private static void assertLines(int count, String regex, String text) {
        assertEquals(
                count,
                text.lines().filter(line -> line.matches(regex)).count(),
                regex + "\n" + text);
    }
}
