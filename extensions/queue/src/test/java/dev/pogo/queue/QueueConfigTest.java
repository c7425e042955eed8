package dev.pogo.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.InvalidConfigException;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The directives of the section {@code queue}. */
class QueueConfigTest {
    private static QueueConfig parse(String section) {
        return PogoConfig.parse("{\"queue\": " + section + "}")
                .section("queue", QueueConfig.class)
                .orElseThrow();
    }

    @Test
    void section_withAllDirectives_isWhatTheCodeWouldBuild() {
        QueueConfig parsed =
                parse(
                        """
                        { "backend": { "redis": { "url": "redis://h:7/2", "tls": true,
                                                  "key_prefix": "k", "group": "g", "consumer": "c",
                                                  "max_messages": 5 } },
                          "worker": "a.B", "pool": "p", "queues": ["x", "y"], "concurrency": 2,
                          "max_payload_bytes": 3, "visibility_timeout": "4s",
                          "reserve_timeout": "500ms", "shutdown_timeout": "6s", "max_attempts": 7,
                          "retry_delay": "8ms", "max_retry_delay": "9s" }
                        """);
        QueueConfig built =
                QueueConfig.defaults()
                        .withBackend(
                                RedisBackend.at("rediss://h:7/2")
                                        .withKeyPrefix("k")
                                        .withGroup("g")
                                        .withConsumer("c")
                                        .withMaxMessages(5))
                        .withWorker("a.B", "p")
                        .withQueues(List.of("x", "y"))
                        .withConcurrency(2)
                        .withMaxPayloadBytes(3)
                        .withVisibilityTimeout(Duration.ofSeconds(4))
                        .withReserveTimeout(Duration.ofMillis(500))
                        .withShutdownTimeout(Duration.ofSeconds(6))
                        .withMaxAttempts(7)
                        .withRetryDelay(Duration.ofMillis(8), Duration.ofSeconds(9));
        assertEquals(built, parsed);
        assertEquals(
                parse("{\"backend\": {\"memory\": {\"max_messages\": 5, \"max_total_bytes\": 6}}}"),
                QueueConfig.defaults()
                        .withBackend(
                                MemoryBackend.defaults().withMaxMessages(5).withMaxTotalBytes(6)));
    }

    @Test
    void section_withoutDirectives_hasTheDefaults() {
        QueueConfig defaults = parse("{}");
        assertEquals(QueueConfig.defaults(), defaults);
        assertEquals(QueueConfig.defaults(), parse("{\"backend\": {\"memory\": {}}}"));
        assertEquals(
                "QueueConfig[backend=MemoryBackend[maxMessages=1000, maxTotalBytes=67108864],"
                    + " worker=null, pool=default, queues=[default], concurrency=1,"
                    + " maxPayloadBytes=1048576, visibilityTimeout=PT1M30S, reserveTimeout=PT1S,"
                    + " shutdownTimeout=PT30S, maxAttempts=3, retryDelay=PT1S, maxRetryDelay=PT5M]",
                defaults.toString());
        RedisBackend redis =
                (RedisBackend)
                        parse("{\"backend\": {\"redis\": {\"url\": \"redis://h\"}}}").backend();
        assertEquals(RedisBackend.at("redis://h"), redis);
        assertEquals(
                List.of("redis://h:6379", "pogo", "default"),
                List.of(redis.url().toString(), redis.keyPrefix(), redis.group()));
        assertTrue(redis.consumer().endsWith("-" + ProcessHandle.current().pid()), redis::consumer);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"queue": "x"}                  | .queue: is not a directive
                    {"visibility": "1s"}            | .visibility: is not a directive
                    {"worker": 1}                   | .worker: 1 is not a string
                    {"pool": []}                    | .pool: [] is not a string
                    {"queues": "x"}                 | .queues: "x" is not
                    {"queues": []}                  | .queues: [] must not be empty
                    {"queues": ["a", "a"]}          | .queues: ["a","a"] contains "a" twice
                    {"queues": ["a{b"]}             | .queues: ["a{b"] contains "a{b", which is not a name of 1 to 100 characters without {, } and control characters
                    {"queues": [" "]}               | .queues: [" "] contains " ", which is not a name
                    {"concurrency": 0}              | .concurrency: 0 is not a whole number from 1 to
                    {"concurrency": 1.5}            | .concurrency: 1.5
                    {"max_payload_bytes": 0}        | .max_payload_bytes: 0 is not a whole number from 1 to
                    {"max_payload_bytes": 536870913} | .max_payload_bytes: 536870913 must be at most 536870912
                    {"visibility_timeout": "9ms"}   | .visibility_timeout: "9ms" must be at least 10ms
                    {"visibility_timeout": "87673h"} | .visibility_timeout: "87673h" must be at most 10 years
                    {"visibility_timeout": 1}       | .visibility_timeout: 1
                    {"reserve_timeout": "9ms"}      | .reserve_timeout: "9ms" must be at least 10ms
                    {"reserve_timeout": "61s"}      | .reserve_timeout: "61s" must be at most 1m
                    {"shutdown_timeout": "0s"}      | .shutdown_timeout: "0s" must be more than zero
                    {"max_attempts": 0}             | .max_attempts: 0 is not a whole number from 1 to
                    {"retry_delay": "0s"}           | .retry_delay: "0s" must be more than zero
                    {"retry_delay": "6m"}           | : has a retry_delay that is more than max_retry_delay
                    {"max_retry_delay": "1ms"}      | : has a retry_delay that is more than max_retry_delay
                    {"backend": "redis"}            | .backend: "redis" is not an object
                    {"backend": {}}                 | .backend: needs either redis, like
                    {"backend": {"memory": {}, "redis": {"url": "redis://h"}}} | .backend: needs either redis, like
                    {"backend": {"kafka": {}}}      | .backend.kafka: is not a directive
                    {"backend": {"memory": {"max_messages": 0}}} | .backend.memory.max_messages: 0 is not a whole number from 1 to
                    {"backend": {"memory": {"max_total_bytes": 0}}} | .backend.memory.max_total_bytes: 0 is not a whole number from 1 to
                    {"backend": {"memory": {"url": "x"}}} | .backend.memory.url: is not a directive
                    {"backend": {"redis": {}}}      | .backend.redis: has no url, like "redis://10.0.0.5:6379"
                    {"backend": {"redis": {"url": "h:1"}}} | .backend.redis.url: "h:1" is not like redis://HOST:PORT or rediss://HOST:PORT
                    {"backend": {"redis": {"url": "redis://u:${POGO_NO_SUCH}@h"}}} | .backend.redis.url: "redis://u:${POGO_NO_SUCH}@h" needs the environment variable POGO_NO_SUCH, not set
                    {"backend": {"redis": {"url": "redis://h", "tls": "yes"}}} | .backend.redis.tls: "yes" is neither true nor false
                    {"backend": {"redis": {"url": "redis://h", "key_prefix": "{"}}} | .backend.redis.key_prefix: "{" is not a name
                    {"backend": {"redis": {"url": "redis://h", "group": ""}}} | .backend.redis.group: "" is not a name
                    {"backend": {"redis": {"url": "redis://h", "consumer": "}"}}} | .backend.redis.consumer: "}" is not a name
                    {"backend": {"redis": {"url": "redis://h", "max_messages": 0}}} | .backend.redis.max_messages: 0 is not a whole number from 1 to
                    {"backend": {"redis": {"url": "redis://h", "max_total_bytes": 1}}} | .backend.redis.max_total_bytes: is not a directive
                    """)
    void section_thatIsWrong_isRefusedWithPathAndValue(String section, String message) {
        InvalidConfigException e = assertThrows(InvalidConfigException.class, () -> parse(section));
        assertTrue(
                String.valueOf(e.getMessage()).startsWith("JSON text: queue" + message),
                e::getMessage);
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis://u:hunter2@h", "redis://hunter2@h", "redis://:hunter2@h:1"})
    void password_inTheFile_isRefusedAndNotShown(String url) {
        InvalidConfigException e =
                assertThrows(
                        InvalidConfigException.class,
                        () ->
                                parse(
                                        "{\"backend\": {\"redis\": {\"url\": \"%s\"}}}"
                                                .formatted(url)));
        String message = String.valueOf(e.getMessage());
        assertTrue(
                message.startsWith("JSON text: queue.backend.redis: has a secret in url"), message);
        assertFalse(message.contains("hunter2"), message);
    }

    @Test
    void password_fromTheEnvironment_isUsedAndNotShown() {
        Map.Entry<String, String> variable =
                System.getenv().entrySet().stream()
                        .filter(entry -> entry.getKey().matches("[A-Z_]+"))
                        .filter(entry -> entry.getValue().matches("[A-Za-z0-9]+"))
                        .findFirst()
                        .orElseThrow();
        String url = "redis://u:${" + variable.getKey() + "}@h";
        assertEquals(
                RedisBackend.at("redis://u:" + variable.getValue() + "@h"),
                parse("{\"backend\": {\"redis\": {\"url\": \"" + url + "\"}}}").backend());
        InvalidConfigException e =
                assertThrows(
                        InvalidConfigException.class, () -> RedisBackend.at("redis://u:hunter2@"));
        assertFalse(String.valueOf(e.getMessage()).contains("hunter2"), e::getMessage);
        RedisBackend backend = RedisBackend.at("redis://u:hunter2@h");
        assertNotEquals(RedisBackend.at("redis://h"), backend);
        assertEquals("redis://h:6379", backend.url().toString());
        assertFalse(
                QueueConfig.defaults().withBackend(backend).toString().contains("hunter2"),
                backend::toString);
    }

    @Test
    void values_inTheCode_areCheckedAsInTheFile() {
        QueueConfig valid = QueueConfig.defaults();
        Duration tooLong = PushOptions.LONGEST.plusMillis(1);
        assertRefused("concurrency: 0 is not from 1 to 100000", c -> c.withConcurrency(0));
        assertRefused("max_payload_bytes: 0 is not from 1 to", c -> c.withMaxPayloadBytes(0));
        assertRefused("max_payload_bytes: 536870913", c -> c.withMaxPayloadBytes((512 << 20) + 1));
        assertRefused("max_attempts: 0 must", c -> c.withMaxAttempts(0));
        assertRefused("queues: [] is empty", c -> c.withQueues(List.of()));
        assertRefused("queues: \"a\" occurs twice", c -> c.withQueues(List.of("a", "a")));
        assertRefused("queues: \"\" is not a name", c -> c.withQueues(List.of("")));
        assertRefused(
                "visibility_timeout: 9 ms is not from 10 ms to 10 years",
                c -> c.withVisibilityTimeout(Duration.ofMillis(9)));
        assertRefused("visibility_timeout: ", c -> c.withVisibilityTimeout(tooLong));
        assertRefused(
                "reserve_timeout: 61 s is not from 10 ms to 1 minute",
                c -> c.withReserveTimeout(Duration.ofSeconds(61)));
        assertRefused("shutdown_timeout: 0 ms must", c -> c.withShutdownTimeout(Duration.ZERO));
        assertRefused(
                "retry_delay: 0 ms must",
                c -> c.withRetryDelay(Duration.ZERO, Duration.ofSeconds(1)));
        assertRefused(
                "max_retry_delay: 1 s is less than retry_delay, 2 s",
                c -> c.withRetryDelay(Duration.ofSeconds(2), Duration.ofSeconds(1)));
        assertEquals(valid, valid.withMaxAttempts(3));
        assertThrows(
                InvalidConfigException.class, () -> MemoryBackend.defaults().withMaxMessages(0));
        assertThrows(
                InvalidConfigException.class,
                () -> RedisBackend.at("redis://h").withMaxMessages(0));
    }

    private static void assertRefused(String message, UnaryOperator<QueueConfig> change) {
        InvalidConfigException e =
                assertThrows(
                        InvalidConfigException.class, () -> change.apply(QueueConfig.defaults()));
        assertTrue(
                String.valueOf(e.getMessage()).startsWith("QueueConfig: " + message),
                e::getMessage);
    }

    @Test
    void options_thatAreOutOfRange_areRefused() {
        PushOptions none = PushOptions.none();
        assertThrows(IllegalArgumentException.class, () -> none.withDelay(Duration.ofNanos(-1)));
        assertThrows(
                IllegalArgumentException.class,
                () -> none.withDelay(PushOptions.LONGEST.plusNanos(1)));
        assertThrows(IllegalArgumentException.class, () -> none.withKey("", Duration.ofSeconds(1)));
        assertThrows(
                IllegalArgumentException.class,
                () -> none.withKey("x".repeat(201), Duration.ofSeconds(1)));
        assertThrows(IllegalArgumentException.class, () -> none.withKey("x", Duration.ZERO));
        assertThrows(
                IllegalArgumentException.class,
                () -> none.withKey("x", PushOptions.LONGEST.plusNanos(1)));
        assertThrows(
                IllegalArgumentException.class,
                () -> new PushOptions(Duration.ZERO, null, Duration.ofSeconds(1)));
        assertEquals(
                200,
                String.valueOf(none.withKey("x".repeat(200), PushOptions.LONGEST).key()).length());
    }

    @ParameterizedTest
    @CsvSource({"1, 100", "2, 200", "3, 400", "4, 700", "1000, 700", "2147483647, 700"})
    void retryDelay_doubles_andIsShortenedByUpToAHalf(int attempt, long most) {
        QueueConfig config =
                QueueConfig.defaults()
                        .withRetryDelay(Duration.ofMillis(100), Duration.ofMillis(700));
        for (int i = 0; i < 1_000; i++) {
            long delay = RetryDelay.after(attempt, config).toMillis();
            assertTrue(delay >= most / 2 && delay <= most, () -> "delay " + delay);
        }
        QueueConfig tiny = config.withRetryDelay(Duration.ofMillis(1), Duration.ofMillis(1));
        assertEquals(Duration.ofMillis(1), RetryDelay.after(attempt, tiny));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"jobs": ["a.C"]} | JSON text: queue: is missing, like {"backend":
                    {"jobs": ["a.C"], "queue": {"worker": "a.B"}} | JSON text: queue.worker: "a.B" is not among the jobs that the configuration allows, [a.C]
                    {"jobs": ["a.*"], "queue": {"worker": "a.B", "pool": "none"}} | JSON text: queue.pool: "none"
                    """)
    void open_withAnUnknownWorkerOrPool_isRefused(String json, String message) {
        PogoConfig config = PogoConfig.parse(json);
        try (PogoRuntime runtime = PogoRuntime.start(config)) {
            InvalidConfigException e =
                    assertThrows(
                            InvalidConfigException.class,
                            () -> PogoQueue.open(runtime, config).close());
            assertTrue(String.valueOf(e.getMessage()).startsWith(message), e::getMessage);
        }
    }
}
