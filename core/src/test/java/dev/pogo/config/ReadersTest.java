package dev.pogo.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pogo.InvalidConfigException;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.config.GreetingReader.Greeting;
import dev.pogo.config.ShadeReader.Shade;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Parts of the configuration that other modules read. */
class ReadersTest {
    @Test
    void section_thatAModuleOwns_isReadByIt() {
        PogoConfig config =
                PogoConfig.parse(
                        """
                        { "num_threads": 3,
                          "greeting": { "text": "hello", "every": "2s", "numbers": { "b": 2, "a": 1 } } }
                        """);
        Greeting greeting =
                new Greeting("hello", Duration.ofSeconds(2), new TreeMap<>(Map.of("a", 1, "b", 2)));
        assertEquals(Optional.of(greeting), config.section("greeting", Greeting.class));
        assertEquals(3, config.pools().getFirst().numThreads());
    }

    @Test
    void poolDirective_thatAModuleOwns_isReadByIt() {
        PogoConfig config =
                PogoConfig.parse(
                        """
                        { "shade": "grey",
                          "pools": { "a": { "shade": "$1${PATH}" }, "b": {} } }
                        """);
        assertEquals(
                List.of(
                        Optional.of(new Shade("grey")),
                        Optional.of(new Shade("$1" + System.getenv("PATH"))),
                        Optional.empty()),
                config.pools().stream().map(pool -> pool.directive("shade", Shade.class)).toList());
        PoolConfig changed = config.pools().get(2).withDirective("shade", 1).withNumThreads(3);
        assertEquals(Optional.of(1), changed.directive("shade", Integer.class));
        assertThrows(ClassCastException.class, () -> changed.directive("shade", Shade.class));
    }

    @Test
    void section_thatIsNotInTheFile_isEmptyAndCanBeSet() {
        PogoConfig config = PogoConfig.parse("{}");
        assertEquals(Optional.empty(), config.section("greeting", Greeting.class));
        PogoConfig changed = config.withSection("greeting", "other").withJobs(List.of());
        assertEquals(Optional.of("other"), changed.section("greeting", String.class));
        assertThrows(ClassCastException.class, () -> changed.section("greeting", Greeting.class));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"greeting": 1}                                | greeting: 1 is not an object
                    {"greeting": {}}                               | greeting: has no text
                    {"greeting": {"text": 1}}                      | greeting.text: 1 is not a string
                    {"greeting": {"text": "a", "every": "0s"}}     | greeting.every: "0s" must be more than zero
                    {"greeting": {"text": "a", "numbers": []}}     | greeting.numbers: [] is not an object
                    {"greeting": {"text": "a", "numbers": {"x y": -1}}} | greeting.numbers["x y"]: -1 is not a whole number from 0 to 2147483647
                    {"greeting": {"text": "a", "tone": 1}}         | greeting.tone: is not a directive; known here: every, numbers, text
                    {"greetings": {}}                              | greetings: is not a directive; known here: await_timeout, close_grace, greeting, jobs, leak_detection, max_wait, num_threads, pools, shade, shed_doomed, threads, worker
                    {"worker": {"echo": "a", "jvm": true}}         | worker: is of several kinds at once: echo, jvm
                    {"worker": {"echo": 1}}                        | worker.echo: 1 is not a string
                    {"shade": ""}                                  | shade: "" is empty
                    {"pools": {"default": {"shade": 1}}}           | pools.default.shade: 1 is not a string
                    {"shade": "a${POGO_NO_SUCH}b"}                 | shade: "a${POGO_NO_SUCH}b" needs the environment variable POGO_NO_SUCH, not set
                    """)
    void section_orWorkerThatIsWrong_isRefusedWithPathAndValue(String json, String message) {
        InvalidConfigException e =
                assertThrows(InvalidConfigException.class, () -> PogoConfig.parse(json));
        assertEquals("JSON text: " + message, e.getMessage());
    }

    @Test
    void worker_ofAnotherModule_runsTheJobs() throws InterruptedException {
        PogoConfig config =
                PogoConfig.parse("{\"jobs\": [\"com.acme.A\"], \"worker\": {\"echo\": \"hello\"}}");
        try (PogoRuntime runtime = PogoRuntime.start(config);
                PogoScope scope = runtime.open()) {
            assertEquals("hello", scope.spawn("default", "com.acme.A", 1).await());
        }
    }
}
