package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pogo.Jobs.Sku;
import dev.pogo.Jobs.Stock;
import dev.pogo.engine.Runtimes;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Jobs that a pool's worker runs. */
class WorkerTest {
    private static final String JOB = "the worker of pool remote, asked for job ";

    private static PogoScope open(Worker worker) {
        return Runtimes.start(
                        PogoConfig.defaults()
                                .withJobs(List.of("com.acme.*"))
                                .withPool(PoolConfig.named("remote").withWorker(worker)))
                .open();
    }

    @Test
    void worker_answers_givesTheResultAsTheJobsType() throws InterruptedException {
        List<WorkerRequest> requests = new ArrayList<>();
        Worker worker =
                request -> {
                    requests.add(request);
                    return WorkerResponse.success(
                            Map.of("sku", "b", "count", 2, "price", new BigDecimal("1.10")));
                };
        try (PogoScope scope = open(worker)) {
            Stock stock = scope.spawn("remote", Jobs.FetchStock.class, new Sku("a")).await();
            assertEquals(new Stock("b", 2, new BigDecimal("1.10")), stock);
            assertEquals(
                    List.of(new WorkerRequest("dev.pogo.Jobs$FetchStock", Map.of("sku", "a"))),
                    requests);
        }
    }

    @Test
    void worker_thatFindsNobody_saturatesThePool() throws InterruptedException {
        WorkerSaturatedException nobody =
                new WorkerSaturatedException("no host took the job within 30 ms");
        Worker worker =
                request -> {
                    throw nobody;
                };
        try (PogoScope scope = open(worker)) {
            Task<?> task = scope.spawn("remote", "com.acme.Far", null);
            PoolSaturatedException e = assertThrows(PoolSaturatedException.class, task::await);
            assertSame(nobody, e.getCause());
            Messages.assertStarts("no host took the job within 30 ms [task Far", e);
            assertEquals(Duration.ofSeconds(30), e.maxWait());
            assertEquals(Task.State.FAILED, task.state());
            assertInstanceOf(PoolSaturatedException.class, task.failure().orElseThrow());
            assertThrows(PoolSaturatedException.class, scope::awaitAll);
        }
    }

    @Test
    void allowsJob_isWhatTheListSays() {
        PogoConfig config = PogoConfig.defaults().withJobs(List.of("com.acme.*", "org.Job"));
        assertEquals(
                List.of(true, false, true, false),
                Stream.of("com.acme.A", "com.acme.a.A", "org.Job", "org.Jobs")
                        .map(config::allowsJob)
                        .toList());
    }

    @Test
    void worker_givenANameThatNobodyHas_isAskedAllTheSame() throws InterruptedException {
        try (PogoScope scope = open(request -> WorkerResponse.success(request.jobClass()))) {
            assertEquals("com.acme.Far", scope.spawn("remote", "com.acme.Far", null).await());
        }
    }

    @Test
    void worker_givenANameThatIsNotAllowed_isNotAsked() {
        try (PogoScope scope = open(request -> WorkerResponse.success(1))) {
            Task<?> task = scope.spawn("remote", "org.evil.Job", null);
            TaskFailedException e = assertThrows(TaskFailedException.class, task::await);
            Messages.assertContains("is not on the allow-list", e);
        }
    }

    @Test
    void worker_ofOnePool_leavesLambdasAndOtherPoolsAlone() throws InterruptedException {
        try (PogoScope scope = open(request -> WorkerResponse.failure("not for you"))) {
            assertEquals(1, scope.spawn("remote", () -> 1).await());
            assertEquals("a", scope.spawn(Jobs.Echo.class, "a").await());
        }
    }

    @Test
    void worker_resultChangedAfterwards_staysAsItWas() throws InterruptedException {
        List<Integer> kept = new ArrayList<>(List.of(1));
        try (PogoScope scope = open(request -> WorkerResponse.success(kept))) {
            Task<?> task = scope.spawn("remote", "com.acme.A", null);
            assertEquals(List.of(1), task.await());
            kept.add(2);
            assertEquals(List.of(1), task.await());
        }
    }

    @Test
    void worker_okWithoutResult_isNull() throws InterruptedException {
        try (PogoScope scope = open(request -> WorkerResponse.parse(bytes("{\"ok\":true}")))) {
            assertNull(scope.spawn("remote", "com.acme.A", null).await());
        }
    }

    @Test
    void worker_throws_failsTheTaskAndIsAmongTheCauses() {
        IOException thrown = new IOException("connection refused");
        Worker worker =
                request -> {
                    throw thrown;
                };
        TaskFailedException e = failure(worker);
        Messages.assertStarts(
                "failed: "
                        + JOB
                        + "com.acme.A, threw: java.io.IOException: connection refused ["
                        + "task A, id ",
                e);
        assertSame(thrown, assertInstanceOf(WorkerException.class, e.getCause()).getCause());
    }

    @Test
    void worker_throwsAnError_failsTheTaskLikewise() {
        TaskFailedException e =
                failure(request -> {
                    throw new NoClassDefFoundError("com/acme/Client");
                });
        Messages.assertContains(", threw: java.lang.NoClassDefFoundError: com/acme/Client [", e);
    }

    @Test
    void worker_answersANumberBeyondAllBounds_failsTheTaskSoon() {
        byte[] answer = bytes("{\"ok\":true,\"result\":{\"count\":1e999999999}}");
        try (PogoScope scope = open(request -> WorkerResponse.parse(answer))) {
            Task<Stock> task = scope.spawn("remote", Jobs.FetchStock.class, new Sku("a"));
            assertThrows(TaskFailedException.class, task::await);
        }
    }

    @Test
    @SuppressWarnings("NullAway") // that is the fault
    void worker_answersNull_failsTheTask() {
        Messages.assertStarts(
                "failed: " + JOB + "com.acme.A, returned null [", failure(request -> null));
    }

    @Test
    void worker_notOk_failsTheTaskWithItsError() {
        Messages.assertStarts(
                "failed: " + JOB + "com.acme.A, reported a failure: out of stock [",
                failure(request -> WorkerResponse.failure("out of stock")));
        Messages.assertStarts(
                "failed: " + JOB + "com.acme.A, reported a failure: no error text given [",
                failure(request -> new WorkerResponse(false, null, null)));
    }

    @Test
    void worker_resultNotJson_failsTheTaskWithThePath() {
        TaskFailedException e =
                failure(request -> WorkerResponse.success(Map.of("x", new Object())));
        InvalidPayloadException cause =
                assertInstanceOf(InvalidPayloadException.class, e.getCause());
        assertEquals("$.x", cause.path());
        Messages.assertContains("result of job com.acme.A in pool remote: $.x", cause);
    }

    @Test
    void worker_resultOfAnotherType_failsTheTaskWithThePath() {
        try (PogoScope scope = open(request -> WorkerResponse.success(Map.of("sku", 1)))) {
            Task<Stock> task = scope.spawn("remote", Jobs.FetchStock.class, new Sku("a"));
            TaskFailedException e = assertThrows(TaskFailedException.class, task::await);
            Messages.assertContains("result of job dev.pogo.Jobs$FetchStock in pool remote: $", e);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    []                          | the worker's response: $: is not a JSON object
                    ``                          | the worker's response: $: No content to map due to end-of-input
                    {}                          | the worker's response: $.ok: must be true or false
                    {"ok":1}                    | the worker's response: $.ok: must be true or false
                    {"result":1}                | the worker's response: $.ok: must be true or false
                    {"ok":true,"error":"x"}     | the worker's response: $.error: must be absent when ok is true
                    {"ok":false,"result":1}     | the worker's response: $.result: must be absent when ok is false
                    {"ok":false,"error":{}}     | the worker's response: $.error: is not a string
                    {"ok":true,"took_ms":1}     | the worker's response: $.took_ms: is not known here, only ok, result, error are
                    {"ok":true} {}              | the worker's response: $: Trailing token
                    {"ok":true,"ok":true}       | the worker's response: $: Duplicate field 'ok'
                    {"ok":true,"result":NaN}    | the worker's response: $: Non-standard token 'NaN'
                    {"ok":tru                   | the worker's response: $: Unrecognized token
                    """)
    void worker_answersWhatIsNoResponse_failsTheTask(String answer, String problem) {
        TaskFailedException e = failure(request -> WorkerResponse.parse(bytes(answer)));
        Messages.assertStarts(
                "failed: "
                        + JOB
                        + "com.acme.A, threw: dev.pogo.InvalidPayloadException: "
                        + problem,
                e);
    }

    private static TaskFailedException failure(Worker worker) {
        try (PogoScope scope = open(worker)) {
            Task<?> task = scope.spawn("remote", "com.acme.A", null);
            return assertThrows(TaskFailedException.class, task::await);
        }
    }

    @Test
    void worker_throwsAWorkerException_failsTheTaskWithItsMessage() {
        TaskFailedException e =
                failure(request -> {
                    throw new WorkerException("process 7 is gone", null);
                });
        Messages.assertStarts("failed: " + JOB + "com.acme.A, failed: process 7 is gone [", e);
    }

    /** Counts what is started and closed. */
    private static final class Startable implements Worker {
        private final List<String> log = new ArrayList<>();

        private final class Started implements Worker, AutoCloseable {
            private final String pool;

            Started(String pool) {
                this.pool = pool;
            }

            @Override
            public WorkerResponse handle(WorkerRequest request) {
                return WorkerResponse.success(pool);
            }

            @Override
            public void close() {
                log.add("closed " + pool);
                throw new IllegalStateException("for once");
            }
        }

        @Override
        public Worker start(PoolConfig pool) {
            log.add("started " + pool.name());
            if (pool.numThreads() == 7) {
                throw new IllegalArgumentException("not 7");
            }
            return new Started(pool.name());
        }

        @Override
        public WorkerResponse handle(WorkerRequest request) {
            throw new IllegalStateException("not started");
        }
    }

    @Test
    void start_workerOfTwoPools_isStartedForEachAndClosedWithTheRuntime()
            throws InterruptedException {
        Startable worker = new Startable();
        PogoConfig config =
                PogoConfig.defaults()
                        .withJobs(List.of("a"))
                        .withPool(PoolConfig.named("x").withWorker(worker))
                        .withPool(PoolConfig.named("y").withWorker(worker));
        assertEquals(List.of(), worker.log);
        try (PogoRuntime runtime = PogoRuntime.start(config);
                PogoScope scope = runtime.open()) {
            assertEquals(List.of("started x", "started y"), worker.log);
            assertEquals("x", scope.spawn("x", "a", null).await());
            assertEquals("y", scope.spawn("y", "a", null).await());
        }
        assertEquals(List.of("started x", "started y", "closed x", "closed y"), worker.log);
    }

    @Test
    void start_oneThatThrows_closesTheOthers() {
        Startable worker = new Startable();
        PogoConfig config =
                PogoConfig.defaults()
                        .withPool(PoolConfig.named("x").withWorker(worker))
                        .withPool(PoolConfig.named("y").withWorker(worker).withNumThreads(7));
        assertThrows(IllegalArgumentException.class, () -> PogoRuntime.start(config));
        assertEquals(List.of("started x", "started y", "closed x"), worker.log);
    }

    @Test
    void close_workerThatIsTheConfigurationsOwn_isNotClosed() {
        List<String> log = new ArrayList<>();
        record Own(List<String> log) implements Worker, AutoCloseable {
            @Override
            public WorkerResponse handle(WorkerRequest request) {
                return WorkerResponse.success(null);
            }

            @Override
            public void close() {
                log.add("closed");
            }
        }
        open(new Own(log)).close();
        assertEquals(List.of(), log);
    }

    @Test
    void localWorker_classThatIsNotAllowed_isNotLoaded() throws InterruptedException {
        LocalWorker worker = new LocalWorker(name -> name.endsWith("$Initialised"));
        assertEquals(
                WorkerResponse.failure("job class \"dev.pogo.None\" is not allowed here"),
                worker.handle(new WorkerRequest("dev.pogo.None", null)));
    }

    @Test
    void localWorker_jobs_giveWhatTheyGiveInAPool() throws InterruptedException {
        LocalWorker worker = new LocalWorker(name -> true);
        WorkerResponse stock =
                worker.handle(
                        new WorkerRequest(Jobs.FetchStock.class.getName(), Map.of("sku", "a")));
        assertEquals(
                Map.of("sku", "a", "count", 3, "price", new BigDecimal("9.90")), stock.result());
        String failed =
                String.valueOf(
                        worker.handle(new WorkerRequest(Jobs.Throwing.class.getName(), "no"))
                                .error());
        Messages.assertContains("java.io.IOException: no at dev.pogo.Jobs$Throwing.handle", failed);
        Messages.assertContains(
                "$.data[1]",
                String.valueOf(
                        worker.handle(new WorkerRequest(Jobs.GivesStream.class.getName(), ""))
                                .error()));
    }

    @Test
    void envelopes_writtenAndRead_areTheSame() {
        WorkerRequest request = new WorkerRequest("com.acme.A", Map.of("list", List.of(1, "a")));
        assertEquals(
                "{\"class\":\"com.acme.A\",\"args\":{\"list\":[1,\"a\"]}}",
                new String(request.toJson(), StandardCharsets.UTF_8));
        assertEquals(request, WorkerRequest.parse(request.toJson()));
        for (WorkerResponse response :
                List.of(
                        WorkerResponse.success(new BigDecimal("1.50")),
                        WorkerResponse.success(null),
                        WorkerResponse.failure("no"),
                        new WorkerResponse(false, null, null))) {
            assertEquals(response, WorkerResponse.parse(response.toJson()));
        }
        assertArrayEquals(
                bytes("{\"ok\":false,\"error\":\"no\"}"), WorkerResponse.failure("no").toJson());
    }

    @Test
    void request_withoutClass_isRefused() {
        InvalidPayloadException e =
                assertThrows(
                        InvalidPayloadException.class,
                        () -> WorkerRequest.parse(bytes("{\"args\":1}")));
        assertEquals("$.class", e.path());
    }

    @Test
    void response_withResultAndError_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> new WorkerResponse(true, 1, "x"));
        assertThrows(IllegalArgumentException.class, () -> new WorkerResponse(false, 1, "x"));
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
