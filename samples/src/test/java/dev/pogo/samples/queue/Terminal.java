package dev.pogo.samples.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import dev.pogo.samples.Eventually;
import dev.pogo.samples.cluster.Program;
import dev.pogo.testing.RedisServer;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What somebody types who has a {@code pogo.json} with the queues mail and bulk. */
final class Terminal {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final Path file;

    private Terminal(Path file) {
        this.file = file;
    }

    static Terminal at(RedisServer server, Path folder) throws IOException {
        return at(server, folder, "{}");
    }

    /**
     * @param pool the rest of the pool default
     */
    static Terminal at(RedisServer server, Path folder, String pool) throws IOException {
        Path file = folder.resolve("pogo.json");
        Files.writeString(
                file,
                """
                { "jobs": ["dev.pogo.samples.jobs.*"], "num_threads": 4, "pools": { "jobs": %s },
                  "queue": { "backend": { "redis": { "url": "%s" } }, "queues": ["mail", "bulk"],
                             "pool": "jobs", "max_attempts": 2, "retry_delay": "10ms" } }
                """
                        .formatted(pool, server.url()));
        return new Terminal(file);
    }

    private String[] call(String... words) {
        List<String> call = new ArrayList<>(List.of("queue"));
        call.addAll(Arrays.asList(words));
        call.add("--config=" + file);
        return call.toArray(String[]::new);
    }

    Program.Ended run(String... words) {
        return Program.run(call(words));
    }

    /** Returns what a call has printed that has ended well. */
    String out(String... words) {
        Program.Ended ended = run(words);
        assertEquals(0, ended.status(), ended::toString);
        assertEquals("", ended.err());
        return ended.out();
    }

    JsonNode json(String... words) {
        String out = out(words);
        assertEquals(1, out.lines().count(), out);
        return parse(out);
    }

    static JsonNode parse(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError(json, e);
        }
    }

    Process start(Map<String, String> environment, String... words) throws IOException {
        return Program.start(environment, call(words));
    }

    /**
     * Lets a {@code queue work} handle messages until there are so many that are done and dead, and
     * returns what it has printed on both outputs.
     */
    String work(String queue, int acked, int failed, String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of("work"));
        words.addAll(Arrays.asList(options));
        Process process = start(Map.of(), words.toArray(String[]::new));
        try (BufferedReader out = process.inputReader();
                BufferedReader err = process.errorReader()) {
            String first = out.readLine();
            Eventually.isTrue(
                    () -> {
                        JsonNode numbers =
                                json("status", "--json", "--queue=" + queue).at("/queues/" + queue);
                        return numbers.get("acked").asInt() == acked
                                && numbers.get("failed").asInt() == failed;
                    },
                    () -> out("status"));
            process.toHandle().destroy(); // and its output can still be read
            StringBuilder all = new StringBuilder(first).append('\n');
            out.lines().forEach(line -> all.append(line).append('\n'));
            err.lines().forEach(line -> all.append(line).append('\n'));
            assertEquals(0, process.waitFor(), all::toString);
            return all.toString();
        } finally {
            process.destroyForcibly();
        }
    }
}
