package dev.pogo.samples.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.samples.cluster.Program;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Calls that need no server. */
class QueueCallsTest {
    private static final String NOT_JSON =
            "samples queue push: the payload is not JSON; a string has double quotes inside those"
                    + " of the shell, like ";

    @TempDir private Path folder;

    @Test
    void payload_thatIsNotJson_isRefusedWithAnExample() {
        assertNotJson("'\"hello\"': Unrecognized token 'hello'", "hello");
        assertNotJson("'\"it'\\''s\"': Unrecognized token 'it'", "it's");
        assertNotJson("'\"{a: 1}\"': ", "{a: 1}");
        assertNotJson("'\"1 2\"': ", "1 2");
        assertNotJson("'\"{\\\"a\\\":1,\\\"a\\\":2}\"': Duplicate ", "{\"a\":1,\"a\":2}");
        assertNotJson("'\"some text\"': ", "x".repeat(41));
        assertNotJson("'\"a\\u001Bc\"': Unrecognized token 'a\\u001bc'", "a\u001bc");
        Program.assertRefused(
                "samples queue push: the payload is empty; as JSON, an empty string is '\"\"'",
                "queue",
                "push",
                " ");
    }

    private static void assertNotJson(String end, String payload) {
        Program.Ended ended = Program.run("queue", "push", payload);
        assertEquals(2, ended.status());
        assertTrue(ended.err().startsWith(NOT_JSON + end), ended::toString);
        assertEquals(1, ended.err().lines().count(), ended::toString);
    }

    @Test
    void queue_thatIsNotConfigured_isRefused() throws IOException {
        String config = "--config=" + queues("\"redis\": { \"url\": \"redis://127.0.0.1:1\" }");
        String unknown = "there is no queue nope; there is mail, bulk";
        assertEquals(
                new Program.Ended(
                        1, "", "samples queue push: code 6: " + unknown + System.lineSeparator()),
                Program.run("queue", "push", "--queue=nope", config, "1"));
        for (String command : List.of("work", "status", "failed")) {
            Program.assertRefused(
                    "samples queue " + command + ": " + unknown,
                    "queue",
                    command,
                    "--queue=nope",
                    config);
        }
        Program.assertRefused(
                "samples queue retry: " + unknown, "queue", "retry", "all", "--queue=nope", config);
        Program.assertRefused(
                "samples queue failed: name one of the queues with --queue: mail, bulk",
                "queue",
                "failed",
                config);
    }

    @Test
    void configuration_thatIsWrong_isRefused() throws IOException {
        Path memory = queues("\"memory\": {}");
        Program.assertRefused(
                "samples queue status: "
                        + memory
                        + ": queue: keeps its messages in the memory of one process, which no other"
                        + " one sees; this command needs the backend redis, or --redis",
                "queue",
                "status",
                "--config=" + memory);
        Path missing = folder.resolve("missing.json");
        Program.assertRefused(
                "samples queue work: " + missing + ": there is no such file",
                "queue",
                "work",
                "--config=" + missing);
        Program.Ended secret = Program.run("queue", "status", "--redis=http://u:secret@localhost");
        assertEquals(2, secret.status());
        assertEquals(
                "samples queue status: RedisBackend: url: is not like redis://HOST:PORT or"
                        + " rediss://HOST:PORT"
                        + System.lineSeparator(),
                secret.err());
    }

    private Path queues(String backend) throws IOException {
        return Files.writeString(
                folder.resolve("pogo.json"),
                """
                { "num_threads": 1,
                  "queue": { "backend": { %s }, "queues": ["mail", "bulk"] } }
                """
                        .formatted(backend));
    }

    @Test
    void wrongCalls_printOneLineAndExitWith2() {
        Program.assertRefused(
                "samples queue: name what to do: push, work, status, failed or retry", "queue");
        assertRefused("push: Missing required parameter: 'PAYLOAD'", "push");
        assertRefused("push: --count must be at least 1, but is 0", "push", "--count=0", "1");
        assertRefused("push: --window is for a --key", "push", "--window=1h", "1");
        assertRefused("push: a key has 1 to 200 characters, not 0", "push", "--key=", "1");
        assertRefused("failed: --limit must be from 1 to 1000, but is 0", "failed", "--limit=0");
        assertRefused("retry: Missing required parameter: 'ID|all'", "retry");
        assertRefused("work: --failing must be from 0 to 100, but is 101", "work", "--failing=101");
        assertRefused("work: there is no job class com.acme.None", "work", "--job=com.acme.None");
        assertRefused(
                "work: QueueConfig: concurrency: 0 is not from 1 to 100000",
                "work",
                "--concurrency=0");
    }

    private static void assertRefused(String line, String... words) {
        String[] call = new String[words.length + 1];
        call[0] = "queue";
        System.arraycopy(words, 0, call, 1, words.length);
        Program.assertRefused("samples queue " + line, call);
    }

    @Test
    void help_printsTheOptions() {
        assertHelp(List.of("push", "work", "status", "failed", "retry"));
        assertHelp(List.of("--delay", "--key", "--window", "--count", "--json", "PAYLOAD"), "push");
        assertHelp(List.of("--concurrency", "--job", "--failing"), "work");
        assertHelp(List.of("--json", "--watch"), "status");
        assertHelp(List.of("--limit", "--json"), "failed");
        assertHelp(List.of("ID|all", "--queue", "--redis", "--config"), "retry");
    }

    private static void assertHelp(List<String> words, String... command) {
        String[] call = new String[command.length + 2];
        call[0] = "queue";
        System.arraycopy(command, 0, call, 1, command.length);
        call[command.length + 1] = "--help";
        Program.Ended help = Program.run(call);
        assertEquals(0, help.status());
        for (String word : words) {
            assertTrue(help.out().contains(word), help::toString);
        }
    }
}
