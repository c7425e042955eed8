package dev.pogo.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.InvalidConfigException;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PoolConfig;
import dev.pogo.WorkerRequest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;

/** The directives of callers and hosts. */
class RemoteConfigTest {
    @Test
    void worker_withAllDirectives_isWhatTheCodeWouldBuild() {
        PogoConfig config =
                PogoConfig.parse(
                        """
                        { "worker": { "redis": "rediss://h:7/2", "queue": "q", "claim_timeout": "3s",
                                      "heartbeat": "500ms", "max_payload": "2MB" } }
                        """);
        RemoteWorkers expected =
                RemoteWorkers.redis("rediss://h:7/2", "q")
                        .withClaimTimeout(Duration.ofSeconds(3))
                        .withHeartbeat(Duration.ofMillis(500))
                        .withMaxPayload(2 << 20);
        assertEquals(expected, config.pools().getFirst().worker());
        assertEquals(
                RemoteWorkers.redis("redis://h", "q"),
                PogoConfig.parse("{\"worker\": {\"redis\": \"redis://h\", \"queue\": \"q\"}}")
                        .pools()
                        .getFirst()
                        .worker());
        assertTrue(expected.toString().contains("rediss://h:7/2"), expected::toString);
        assertThrows(
                IllegalStateException.class,
                () -> expected.handle(new WorkerRequest("com.acme.A", null)));
    }

    @Test
    void host_withAllDirectives_isWhatTheCodeWouldBuild() {
        PogoConfig config =
                PogoConfig.parse(
                        """
                        { "host": { "redis": "redis://h:7", "name": "web-2", "heartbeat": "2s",
                                    "max_payload": "64KB", "shutdown_timeout": "5s" },
                          "serves": "q" }
                        """);
        assertEquals(
                HostConfig.redis("redis://h:7")
                        .withName("web-2")
                        .withHeartbeat(Duration.ofSeconds(2))
                        .withMaxPayload(64 << 10)
                        .withShutdownTimeout(Duration.ofSeconds(5)),
                config.section("host", HostConfig.class).orElseThrow());
        assertEquals(
                HostConfig.serving(PoolConfig.named("default"), "q"), config.pools().getFirst());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"worker": {"redis": "redis://h"}}                 | worker: has no queue, like "queue": "default"
                    {"worker": {"redis": "redis://h", "queue": "a{b"}} | worker.queue: "a{b" is not a name of 1 to 100 characters without { and }
                    {"worker": {"redis": "redis://h", "queue": " "}}   | worker.queue: " " is not a name of 1 to 100 characters without { and }
                    {"worker": {"redis": 1, "queue": "q"}}             | worker.redis: 1 is not a string
                    {"worker": {"redis": "h:1", "queue": "q"}}         | worker.redis: "h:1" is not like redis://HOST:PORT or rediss://HOST:PORT
                    {"worker": {"redis": "redis://u:p@h", "queue": "q"}} | worker: has a secret in redis; put it into an environment variable, like "redis://user:${REDIS_PASSWORD}@10.0.0.5:6379"
                    {"worker": {"redis": "redis://u:${POGO_NO_SUCH}@h", "queue": "q"}} | worker.redis: "redis://u:${POGO_NO_SUCH}@h" needs the environment variable POGO_NO_SUCH, not set
                    {"worker": {"redis": "redis://h", "queue": "q", "heartbeat": "99ms"}} | worker.heartbeat: "99ms" is not from 100ms to 1m
                    {"worker": {"redis": "redis://h", "queue": "q", "max_payload": "1000B"}} | worker.max_payload: "1000B" is not
                    {"worker": {"redis": "redis://h", "queue": "q", "claim_timeout": "0s"}} | worker.claim_timeout: "0s" must be more than zero
                    {"worker": {"redis": "redis://h", "queue": "q", "jvm": true}} | worker: is of several kinds at once: jvm, redis
                    {"worker": {"redis": "redis://h", "queue": "q", "max_workers": 1}} | worker.max_workers: is not a directive; known here: claim_timeout, heartbeat, max_payload, queue, redis
                    {"host": {}}                                       | host: has no redis, like "redis://10.0.0.5:6379"
                    {"host": {"redis": "redis://h", "name": "a b"}}    | host.name: "a b" is not a name of 1 to 100 letters, digits, dots, hyphens and underscores
                    {"host": {"redis": "redis://h", "queue": "q"}}     | host.queue: is not a directive; known here: heartbeat, max_payload, name, redis, shutdown_timeout
                    {"pools": {"default": {"serves": "}"}}}            | pools.default.serves: "}" is not a name of 1 to 100 characters without { and }
                    """)
    void configuration_thatIsWrong_isRefusedWithPathAndValue(String json, String message) {
        InvalidConfigException e =
                assertThrows(InvalidConfigException.class, () -> PogoConfig.parse(json));
        assertTrue(
                String.valueOf(e.getMessage()).startsWith("JSON text: " + message), e::getMessage);
    }

    @Test
    void host_withoutASectionOrAPoolThatServes_isRefused() {
        InvalidConfigException noSection =
                assertThrows(
                        InvalidConfigException.class,
                        () -> JobHost.start(PogoConfig.parse("{\"serves\": \"q\"}")));
        assertEquals(
                "JSON text: host: is missing; a job host needs it, like {\"redis\":"
                        + " \"redis://10.0.0.5:6379\"}",
                noSection.getMessage());
        InvalidConfigException noPool =
                assertThrows(
                        InvalidConfigException.class,
                        () ->
                                JobHost.start(
                                        PogoConfig.parse(
                                                "{\"host\": {\"redis\": \"redis://h\"}}")));
        assertEquals(
                "JSON text: pools: has no pool that serves a queue, like {\"num_threads\": 8,"
                        + " \"serves\": \"render\"}",
                noPool.getMessage());
    }

    @Test
    void host_withTwoPoolsForOneQueue_isRefused() {
        InvalidConfigException e =
                assertThrows(
                        InvalidConfigException.class,
                        () ->
                                JobHost.start(
                                        PogoConfig.parse(
                                                """
                                                { "host": { "redis": "redis://h" }, "serves": "q",
                                                  "pools": { "a": { "serves": "q" } } }
                                                """)));
        assertEquals(
                "JSON text: pools.a.serves: \"q\" is served by pool default already",
                e.getMessage());
    }

    @Test
    void stats_ofAnotherPool_areRefused() {
        try (PogoRuntime runtime = PogoRuntime.start(PogoConfig.defaults())) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> RemoteWorkers.stats(runtime.pool("default")));
            assertEquals(false, RemoteWorkers.isUsedBy(runtime.pool("default")));
        }
    }
}
