package dev.pogo.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pogo.InvalidConfigException;
import dev.pogo.Messages;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PoolConfig;
import dev.pogo.Worker;
import dev.pogo.WorkerRequest;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.List;

class ProcessConfigTest {
    private static @Nullable Worker worker(String json) {
        return PogoConfig.parse(
                        "{\"num_threads\":8,\"pools\":{\"render\":{\"num_threads\":8,\"worker\":"
                                + json
                                + "}}}")
                .pools()
                .get(1)
                .worker();
    }

    @Test
    void parse_allDirectives_areTaken() {
        assertEquals(
                new ProcessWorkers(
                        List.of("php", "worker.php"),
                        2,
                        8,
                        1000,
                        Duration.ofSeconds(5),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(20),
                        Duration.ofMillis(50),
                        64 << 20,
                        1 << 20),
                worker(
                        """
                        { "command": ["php", "worker.php"], "min_workers": 2, "max_workers": 8,
                          "max_jobs": 1000, "job_timeout": "5s", "ipc_timeout": "500ms",
                          "start_timeout": "20s", "scale_latency": "50ms", "shm_size": "64MB",
                          "max_frame": "1024KB" }
                        """));
    }

    @Test
    void parse_commandOrJvmAlone_hasTheDefaults() {
        assertEquals(
                ProcessWorkers.command("php", "w.php"),
                worker("{\"command\":[\"php\",\"w.php\"]}"));
        assertEquals(ProcessWorkers.jvm(), worker("{\"jvm\": true}"));
        ProcessWorkers defaults = ProcessWorkers.jvm();
        assertEquals(1, defaults.minWorkers());
        assertEquals(0, defaults.maxWorkers(), "which stands for num_threads");
        assertEquals(8, defaults.maxWorkersIn(PoolConfig.named("a").withNumThreads(8)));
        assertEquals(0, defaults.maxJobs());
        assertEquals(null, defaults.jobTimeout());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {}                                        |: has none of the directives that say what kind of worker it is: command, echo, jvm; it has none at all
                    {"jvm":false}                             |: has neither a command, like ["php", "worker.php"], nor "jvm": true
                    {"jvm":"yes"}                             |.jvm: "yes" is neither true nor false
                    {"jvm":true,"command":["a"]}              |.jvm: true is not for workers that have a command
                    {"comand":["a"]}                          |: has none of the directives that say what kind of worker it is: command, echo, jvm; it has comand
                    {"jvm":true,"comand":["a"]}               |.comand: is not a directive; known here: command, ipc_timeout, job_timeout, jvm, max_frame, max_jobs, max_workers, min_workers, scale_latency, shm_size, start_timeout
                    {"command":"php worker.php"}              |.command: "php worker.php" is not a list of strings
                    {"command":["php",1]}                     |.command[1]: 1 is not a string
                    {"command":[]}                            |.command: [] is not a command and its arguments
                    {"command":[" "]}                         |.command: [" "] is not a command and its arguments
                    {"command":["php","\\u0000"]}             |.command: ["php","\\u0000"] is not a command and its arguments
                    {"jvm":true,"min_workers":-1}             |.min_workers: -1 is not a whole number from 0 to 2147483647
                    {"jvm":true,"min_workers":9}              |.min_workers: 9 is more than num_threads, which max_workers is by default, 8
                    {"jvm":true,"max_workers":0}              |.max_workers: 0 is not a whole number from 1 to 2147483647
                    {"jvm":true,"max_workers":2,"min_workers":3} |.min_workers: 3 is more than max_workers, 2
                    {"jvm":true,"max_jobs":0}                 |.max_jobs: 0 is not a whole number from 1 to 2147483647
                    {"jvm":true,"job_timeout":"0s"}           |.job_timeout: "0s" must be more than zero
                    {"jvm":true,"ipc_timeout":5}              |.ipc_timeout: 5 is not a duration in quotes, like "30s"
                    {"jvm":true,"start_timeout":"soon"}       |.start_timeout: "soon" is not a duration; write it like 250ms, 30s, 1m30s or 2h
                    {"jvm":true,"scale_latency":"0ms"}        |.scale_latency: "0ms" must be more than zero
                    {"jvm":true,"shm_size":64}                |.shm_size: 64 is not an amount of memory in quotes, like "64MB"
                    {"jvm":true,"shm_size":"64 MB"}           |.shm_size: "64 MB" is not an amount of memory; write it like 512KB, 64MB or 1GB
                    {"jvm":true,"shm_size":"5GB"}             |.shm_size: "5GB" is more than 4GB
                    {"jvm":true,"shm_size":"1023KB"}          |.shm_size: "1023KB" is less than 1MB, which is 128KB for each of 8 workers
                    {"jvm":true,"max_frame":"2GB"}            |.max_frame: "2GB" is not from 1KB to 1GB
                    {"jvm":true,"max_frame":"1B"}             |.max_frame: "1B" is not from 1KB to 1GB
                    """)
    void parse_wrongValue_isRefusedWithPathAndValue(String json, String message) {
        InvalidConfigException e = assertThrows(InvalidConfigException.class, () -> worker(json));
        assertEquals("JSON text: pools.render.worker" + message, e.getMessage());
    }

    @Test
    void with_wrongValues_areRefused() {
        ProcessWorkers workers = ProcessWorkers.command("a");
        assertRefused("command: [] is not a command", () -> ProcessWorkers.command(List.of()));
        assertRefused("min_workers: -1 must be", () -> workers.withMinWorkers(-1));
        assertRefused("max_workers: -1 must be", () -> workers.withMaxWorkers(-1));
        assertRefused(
                "min_workers: 3 is more than max_workers, 2",
                () -> workers.withMaxWorkers(2).withMinWorkers(3));
        assertRefused("max_jobs: -1 must be", () -> workers.withMaxJobs(-1));
        assertRefused("job_timeout: 0 ms must", () -> workers.withJobTimeout(Duration.ZERO));
        assertRefused("ipc_timeout: 0 ms must", () -> workers.withIpcTimeout(Duration.ZERO));
        assertRefused("start_timeout: 0 ms must", () -> workers.withStartTimeout(Duration.ZERO));
        assertRefused("scale_latency: 0 ms must", () -> workers.withScaleLatency(Duration.ZERO));
        assertRefused("shm_size: -1 must be", () -> workers.withShmSize(-1));
        assertRefused("shm_size: 8GB is more than 4GB", () -> workers.withShmSize(8L << 30));
        assertRefused("max_frame: 1023 is not from", () -> workers.withMaxFrame(1023));
    }

    @Test
    void start_numbersThatDoNotGoWithThePool_areRefusedAndNothingIsStarted() {
        PoolConfig two = PoolConfig.named("default").withNumThreads(2);
        assertRefused(
                "min_workers: 3 is more than num_threads, which",
                () -> start(two.withWorker(ProcessWorkers.command("a").withMinWorkers(3))));
        assertRefused(
                "shm_size: 128KB is less than 256KB",
                () -> start(two.withWorker(ProcessWorkers.command("a").withShmSize(128 << 10))));
    }

    private static void start(PoolConfig pool) {
        PogoRuntime.start(PogoConfig.defaults().withPool(pool)).close();
    }

    @Test
    void handle_ofADescription_isRefused() {
        assertThrows(
                IllegalStateException.class,
                () -> ProcessWorkers.jvm().handle(new WorkerRequest("a", null)));
    }

    @Test
    void stats_ofAnotherPool_isRefused() {
        try (PogoRuntime runtime = PogoRuntime.start(PogoConfig.defaults())) {
            IllegalArgumentException e =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> ProcessWorkers.stats(runtime.pool("default")));
            assertEquals("pool default has no worker processes", e.getMessage());
        }
    }

    private static void assertRefused(
            String start, org.junit.jupiter.api.function.Executable action) {
        Messages.assertStarts(
                "ProcessWorkers: " + start, assertThrows(InvalidConfigException.class, action));
    }
}
