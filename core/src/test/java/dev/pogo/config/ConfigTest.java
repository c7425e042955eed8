package dev.pogo.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.InvalidConfigException;
import dev.pogo.Messages;
import dev.pogo.PogoConfig;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.ThreadKind;
import dev.pogo.engine.Runtimes;
import dev.pogo.util.ClassPatterns;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

class ConfigTest {
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    @Test
    void parse_topLevelAndNamedPools_givesThemAll() {
        PogoConfig config =
                PogoConfig.parse(
                        """
                        { "num_threads": 8, "max_wait": "30s",
                          "pools": { "external_api": { "num_threads": 16, "max_wait": "10s" },
                                     "cpu": { "num_threads": 4, "max_wait": "1m30s",
                                              "threads": "platform" } } }
                        """);
        assertEquals(
                List.of(
                        new PoolConfig(
                                "default",
                                8,
                                Duration.ofSeconds(30),
                                ThreadKind.VIRTUAL,
                                null,
                                false,
                                Map.of()),
                        new PoolConfig(
                                "external_api",
                                16,
                                Duration.ofSeconds(10),
                                ThreadKind.VIRTUAL,
                                null,
                                false,
                                Map.of()),
                        new PoolConfig(
                                "cpu",
                                4,
                                Duration.ofSeconds(90),
                                ThreadKind.PLATFORM,
                                null,
                                false,
                                Map.of())),
                config.pools());
        assertNull(config.taskDecorator());
    }

    @Test
    void parse_defaultUnderPools_isFirst() {
        PogoConfig config =
                PogoConfig.parse(
                        """
                        {"pools": {"a": {}, "default": {"num_threads": 3, "threads": "virtual"}}}
                        """);
        assertEquals(
                List.of("default", "a"), config.pools().stream().map(PoolConfig::name).toList());
        assertEquals(3, config.pools().get(0).numThreads());
        assertEquals(2 * PROCESSORS, config.pools().get(1).numThreads());
    }

    @Test
    void parse_workerAndJobs_areTaken() throws InterruptedException {
        PogoConfig config =
                PogoConfig.parse(
                        """
                        { "num_threads": 1, "jobs": ["com.acme.*"],
                          "pools": { "far": { "worker": "dev.pogo.Jobs$EchoWorker" } } }
                        """);
        assertEquals(List.of("com.acme.*"), config.jobs());
        try (PogoScope scope = Runtimes.start(config).open()) {
            assertEquals("a", scope.spawn("far", "com.acme.Job", "a").await());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "com.acme.Job, com.acme.Job, true",
        "com.acme.Job, com.acme.Jobs, false",
        "com.acme.Job, com.acme.Job$Inner, false",
        "com.acme.*, com.acme.Job, true",
        "com.acme.*, com.acme.Job$Inner, true",
        "com.acme.*, com.acme.sub.Job, false",
        "com.acme.*, com.acmee.Job, false",
        "com.acme.*, com.acme, false",
        "com.acme.**, com.acme.sub.deep.Job, true",
        "com.acme.**, com.acme.Job, true",
        "com.acme.**, com.acmee.Job, false",
    })
    void jobs_pattern_allowsWhatItSays(String pattern, String name, boolean allowed) {
        assertEquals(allowed, new ClassPatterns(List.of(pattern)).allows(name));
    }

    @Test
    void withJobs_wrongPattern_isRefused() {
        assertRefused(
                "PogoConfig: jobs: \"com.acme.\" is neither",
                () -> PogoConfig.defaults().withJobs(List.of("com.acme.")));
    }

    @Test
    void parse_empty_givesTheDefaults() {
        assertEquals(PogoConfig.defaults(), PogoConfig.parse("{}"));
        assertEquals(PogoConfig.defaults(), PogoConfig.parse("{\"pools\": {}}"));
        PoolConfig pool = PogoConfig.defaults().pools().get(0);
        assertEquals(2 * PROCESSORS, pool.numThreads());
        assertEquals(Duration.ofSeconds(30), pool.maxWait());
        assertEquals(ThreadKind.VIRTUAL, pool.threads());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"num_threads": 0}           | JSON text: num_threads: 0 is not a whole number from 1 to 2147483647
                    {"num_threads": -1}          | JSON text: num_threads: -1 is not a whole number from 1 to 2147483647
                    {"num_threads": 1.5}         | JSON text: num_threads: 1.5 is not a whole number from 1 to 2147483647
                    {"num_threads": "8"}         | JSON text: num_threads: "8" is not a whole number from 1 to 2147483647
                    {"num_threads": null}        | JSON text: num_threads: null is not a whole number from 1 to 2147483647
                    {"num_threads": 2147483648}  | JSON text: num_threads: 2147483648 is not a whole number from 1 to 2147483647
                    {"max_wait": 30}             | JSON text: max_wait: 30 is not a duration in quotes, like "30s"
                    {"max_wait": "0ms"}          | JSON text: max_wait: "0ms" must be more than zero
                    {"max_wait": "soon"}         | JSON text: max_wait: "soon" is not a duration; write it like 250ms, 30s, 1m30s or 2h
                    {"max_wait": "99999999999999999999s"} | JSON text: max_wait: "99999999999999999999s" is too long; the maximum is about 146 years
                    {"max_wait": "99999999999999h"} | JSON text: max_wait: "99999999999999h" is too long; the maximum is about 146 years
                    {"threads": "green"}         | JSON text: threads: "green" is neither "virtual" nor "platform"
                    {"threads": 1}               | JSON text: threads: 1 is neither "virtual" nor "platform"
                    {"close_grace": "0s"}        | JSON text: close_grace: "0s" must be more than zero
                    {"close_grace": null}        | JSON text: close_grace: null is not a duration in quotes, like "30s"
                    {"await_timeout": "0s"}      | JSON text: await_timeout: "0s" must be more than zero
                    {"await_timeout": 5}         | JSON text: await_timeout: 5 is not a duration in quotes, like "30s"
                    {"leak_detection": "on"}     | JSON text: leak_detection: "on" is neither true nor false
                    {"shed_doomed": "yes"}       | JSON text: shed_doomed: "yes" is neither true nor false
                    {"max_wait": "1s", "pools": {"cpu": {"close_grace": "1s"}}} | JSON text: pools.cpu.close_grace: is not a directive; known here: max_wait, num_threads, shade, shed_doomed, threads, worker
                    {"num_thread": 8}            | JSON text: num_thread: is not a directive; known here: await_timeout, close_grace, greeting, jobs, leak_detection, max_wait, num_threads, pools, shade, shed_doomed, threads, worker
                    {"max_wait": "1s", "pools": {"cpu": {"max_wait": "10 parsecs"}}} | JSON text: pools.cpu.max_wait: "10 parsecs" is not a duration; write it like 250ms, 30s, 1m30s or 2h
                    {"max_wait": "1s", "pools": {"cpu": {"pools": {}}}} | JSON text: pools.cpu.pools: is not a directive; known here: max_wait, num_threads, shade, shed_doomed, threads, worker
                    {"max_wait": "1s", "pools": {"a.b": {"x": 1}}} | JSON text: pools["a.b"].x: is not a directive; known here: max_wait, num_threads, shade, shed_doomed, threads, worker
                    {"max_wait": "1s", "pools": {"cpu": 4}} | JSON text: pools.cpu: 4 is not an object that describes a pool
                    {"max_wait": "1s", "pools": {"": {}}} | JSON text: pools: has a pool with the name ""; give it a name
                    {"max_wait": "1s", "pools": {" ": {}}} | JSON text: pools: has a pool with the name " "; give it a name
                    {"pools": []}                | JSON text: pools: [] is not an object of pools by name
                    {"pools": {"cpu": {}}}       | JSON text: pools: has no pool "default"; add one, or its num_threads, max_wait, threads, shed_doomed or worker at the top of the file
                    {"threads": "virtual", "pools": {"default": {}}} | JSON text: pools.default: the pool "default" is described both here and at the top of the file
                    {"jobs": "com.acme.*"}       | JSON text: jobs: "com.acme.*" is not a list of job classes
                    {"jobs": ["a.B", 1]}         | JSON text: jobs[1]: 1 is neither the name of a class nor a pattern like "com.acme.*" or "com.acme.**"
                    {"jobs": ["*"]}              | JSON text: jobs[0]: "*" is neither the name of a class nor a pattern like "com.acme.*" or "com.acme.**"
                    {"jobs": ["com.*.Fetch"]}    | JSON text: jobs[0]: "com.*.Fetch" is neither the name of a class nor a pattern like "com.acme.*" or "com.acme.**"
                    {"worker": 1}                | JSON text: worker: 1 is neither the name of a class in quotes nor an object that describes a worker
                    {"worker": "com.acme.None"}  | JSON text: worker: "com.acme.None" cannot be made: java.lang.ClassNotFoundException: com.acme.None
                    {"worker": "java.lang.String"} | JSON text: worker: "java.lang.String" does not implement dev.pogo.Worker
                    {"worker": "dev.pogo.Jobs$NoWorker"} | JSON text: worker: "dev.pogo.Jobs$NoWorker" has no public constructor without parameters
                    {"num_threads": 1, "pools": {"far": {"worker": "dev.pogo.Jobs$BrokenWorker"}}} | JSON text: pools.far.worker: "dev.pogo.Jobs$BrokenWorker" cannot be made: its constructor threw java.lang.IllegalStateException: no process
                    []                           | JSON text: is not a JSON object
                    8                            | JSON text: is not a JSON object
                    """)
    void parse_wrongValue_isRefusedWithPathAndValue(String json, String message) {
        InvalidConfigException e =
                assertThrows(InvalidConfigException.class, () -> PogoConfig.parse(json));
        assertEquals(message, e.getMessage());
        assertEquals("JSON text", e.source());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"num_threads": 1, "num_threads": 2}                           | num_threads
                    {"num_threads": 1, "pools": {"a": {}, "b": {}, "a": {}}}       | pools.a
                    {"num_threads": 1, "pools": {"a": {"max_wait":"1s","max_wait":"1s"}}} | pools.a.max_wait
                    """)
    void parse_repeatedKey_isRefusedWithItsPath(String json, String path) {
        InvalidConfigException e =
                assertThrows(InvalidConfigException.class, () -> PogoConfig.parse(json));
        assertEquals(path, e.path());
        Messages.assertContains("Duplicate", e);
        Messages.assertContains("line 1", e);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"num_threads": 1,}  | JSON text: num_threads: Unexpected character ('}'
                    {"num_threads": 1    | JSON text: num_threads: Unexpected end-of-input
                    {} {}                | JSON text: Trailing token
                    {'num_threads': 1}   | JSON text: Unexpected character
                    ''                   | JSON text: is not a JSON object
                    """)
    void parse_brokenJson_isRefused(String json, String message) {
        InvalidConfigException e =
                assertThrows(InvalidConfigException.class, () -> PogoConfig.parse(json));
        Messages.assertStarts(message, e);
    }

    @Test
    void load_files_areReadOrRefusedWithTheirName(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("pogo.json");
        InvalidConfigException missing =
                assertThrows(InvalidConfigException.class, () -> PogoConfig.load(file));
        assertEquals(file + ": there is no such file", missing.getMessage());
        Files.writeString(file, "{\"num_threads\": 3}");
        assertEquals(3, PogoConfig.load(file).pools().get(0).numThreads());
        Files.writeString(file, "{\"num_threads\": 0}");
        InvalidConfigException wrong =
                assertThrows(InvalidConfigException.class, () -> PogoConfig.load(file));
        Messages.assertStarts(file + ": num_threads: 0 is not", wrong);
        assertEquals(file.toString(), wrong.source());
        assertEquals("num_threads", wrong.path());
        assertEquals("0", wrong.value());
        Files.write(file, new byte[] {'{', (byte) 0xff, '}'});
        InvalidConfigException binary =
                assertThrows(InvalidConfigException.class, () -> PogoConfig.load(file));
        assertEquals(file + ": is not UTF-8", binary.getMessage());
        assertThrows(InvalidConfigException.class, () -> PogoConfig.load(folder));
    }

    @Test
    void load_resources_areReadOrRefusedWithTheirUrl(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("pogo.json");
        URL url = file.toUri().toURL();
        InvalidConfigException missing =
                assertThrows(InvalidConfigException.class, () -> PogoConfig.load(url));
        Messages.assertStarts(url + ": cannot be read: java.io.FileNotFoundException", missing);
        Files.writeString(file, "{\"num_threads\": 3}");
        assertEquals(3, PogoConfig.load(url).pools().get(0).numThreads());
        Files.writeString(file, "{\"num_threads\": 0}");
        assertRefused(url + ": num_threads: 0 is not", () -> PogoConfig.load(url));
        Files.write(file, new byte[] {'{', (byte) 0xff, '}'});
        assertRefused(url + ": is not UTF-8", () -> PogoConfig.load(url));
    }

    @Test
    void source_eachWay_saysWhereItWasReadAndIsKept(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("pogo.json"), "{}");
        assertEquals("built-in defaults", PogoConfig.defaults().source());
        assertEquals("JSON text", PogoConfig.parse("{}").source());
        assertEquals(file.toString(), PogoConfig.load(file).source());
        URL url = file.toUri().toURL();
        PogoConfig config = PogoConfig.load(url);
        assertEquals(url.toString(), config.source());
        PogoConfig changed =
                config.withPool(PoolConfig.named("cpu"))
                        .withTaskDecorator(work -> work)
                        .withJobs(List.of("com.acme.*"))
                        .withCloseGrace(Duration.ofSeconds(1))
                        .withAwaitTimeout(Duration.ofSeconds(1))
                        .withLeakDetection(true)
                        .withSection("greeting", "hello");
        assertEquals(url.toString(), changed.source());
    }

    @Test
    void equals_allButTheSource_counts() {
        PogoConfig config = PogoConfig.parse("{}");
        assertEquals(PogoConfig.defaults(), config);
        assertEquals(PogoConfig.defaults().hashCode(), config.hashCode());
        for (PogoConfig other :
                List.of(
                        config.withPool(PoolConfig.named("cpu")),
                        config.withTaskDecorator(work -> work),
                        config.withJobs(List.of("com.acme.*")),
                        config.withCloseGrace(Duration.ofSeconds(1)),
                        config.withAwaitTimeout(Duration.ofSeconds(1)),
                        config.withLeakDetection(true),
                        config.withSection("greeting", "hello"))) {
            assertNotEquals(config, other);
            assertNotEquals(config.hashCode(), other.hashCode());
        }
    }

    @Test
    void poolConfig_wrongValues_areRefused() {
        PoolConfig pool = PoolConfig.named("cpu");
        assertRefused(
                "PoolConfig: name: \" \" is not a valid pool name", () -> PoolConfig.named(" "));
        assertRefused("PoolConfig \"cpu\": num_threads: 0 must be", () -> pool.withNumThreads(0));
        assertRefused(
                "PoolConfig \"cpu\": max_wait: 0 ms must", () -> pool.withMaxWait(Duration.ZERO));
        assertRefused(
                "PoolConfig \"cpu\": max_wait: -1.000 s must",
                () -> pool.withMaxWait(Duration.ofSeconds(-1)));
    }

    @Test
    void pogoConfig_wrongPools_areRefused() {
        PoolConfig pool = PoolConfig.named("default");
        assertRefused("PogoConfig: pools: \"default\" occurs twice", () -> withPools(pool, pool));
        assertRefused(
                "PogoConfig: pools: [cpu] has no pool \"default\"",
                () -> withPools(PoolConfig.named("cpu")));
    }

    private static PogoConfig withPools(PoolConfig... pools) {
        return new PogoConfig(
                List.of(pools),
                null,
                List.of(),
                null,
                Duration.ofSeconds(5),
                false,
                Map.of(),
                "test");
    }

    @Test
    void awaitTimeout_fromJsonAndCode_isTheSame() {
        PogoConfig config = PogoConfig.defaults();
        assertEquals(Duration.ofSeconds(5), config.awaitTimeout());
        assertEquals(
                Duration.ofMillis(1_500),
                PogoConfig.parse("{\"await_timeout\": \"1500ms\"}").awaitTimeout());
        assertEquals(
                Duration.ofSeconds(2),
                config.withAwaitTimeout(Duration.ofSeconds(2)).awaitTimeout());
        assertRefused(
                "PogoConfig: await_timeout: 0 ms must be more than zero",
                () -> config.withAwaitTimeout(Duration.ZERO));
    }

    @Test
    void leakDetection_fromJsonAndCode_isTheSame() {
        assertFalse(PogoConfig.defaults().leakDetection());
        assertTrue(PogoConfig.parse("{\"leak_detection\": true}").leakDetection());
        assertTrue(PogoConfig.defaults().withLeakDetection(true).leakDetection());
        assertFalse(
                PogoConfig.defaults()
                        .withLeakDetection(true)
                        .withLeakDetection(false)
                        .leakDetection());
    }

    @Test
    void withPool_sameName_takesItsPlace() {
        PogoConfig config =
                PogoConfig.defaults()
                        .withPool(PoolConfig.named("cpu"))
                        .withPool(PoolConfig.named("default").withNumThreads(5));
        assertEquals(
                List.of("default", "cpu"), config.pools().stream().map(PoolConfig::name).toList());
        assertEquals(5, config.pools().get(0).numThreads());
    }

    private static void assertRefused(
            String start, org.junit.jupiter.api.function.Executable action) {
        Messages.assertStarts(start, assertThrows(InvalidConfigException.class, action));
    }
}
