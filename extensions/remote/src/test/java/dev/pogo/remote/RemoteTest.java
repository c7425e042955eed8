package dev.pogo.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.Job;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;
import dev.pogo.remote.RemoteJobException.Reason;
import dev.pogo.testing.RedisServer;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;

import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Jobs that run, and their outcomes. */
class RemoteTest extends FleetTest {
    RemoteTest(RedisServer server) {
        super(server);
    }

    @Test
    void jobs_givenByClassOrName_returnTheirResults() throws InterruptedException {
        PogoRuntime caller = fleet.caller(4);
        fleet.host(4);
        try (PogoScope scope = caller.open()) {
            assertEquals(
                    new Jobs.Item("a", 4),
                    scope.spawn(Fleet.POOL, Jobs.Twice.class, new Jobs.Item("a", 2))
                            .await(Fleet.LONG));
            assertEquals(
                    Map.of("sku", "b", "count", 6),
                    scope.spawn(
                                    Fleet.POOL,
                                    "dev.pogo.remote.Jobs$Twice",
                                    Map.of("sku", "b", "count", 3))
                            .await(Fleet.LONG));
        }
    }

    @Test
    void jobs_many_eachGetsItsOwnAnswer() throws InterruptedException {
        PogoRuntime caller = fleet.caller(64);
        fleet.host(8);
        fleet.host(8);
        try (PogoScope scope = caller.open()) {
            List<Task<Object>> tasks = new ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                tasks.add(scope.spawn(Fleet.POOL, Jobs.Echo.class, i));
            }
            for (int i = 0; i < tasks.size(); i++) {
                assertEquals(i, tasks.get(i).await(Fleet.LONG));
            }
        }
        RemoteStats stats = Fleet.stats(caller);
        assertEquals(20_000, stats.answered());
        assertEquals(0, stats.inFlight());
    }

    @Test
    void hosts_claimNoMoreThanTheyCanRun_andAFreeOneTakesWhatABusyOneLeaves()
            throws InterruptedException {
        PogoRuntime caller = fleet.caller(64);
        JobHost small = fleet.host(1);
        JobHost large = fleet.host(3);
        try (PogoScope scope = caller.open()) {
            for (int i = 0; i < 20; i++) {
                scope.spawn(Fleet.POOL, Jobs.Hold.class, i);
            }
            Probe.until(() -> Jobs.Seen.STARTED.get() == 4);
            assertEquals(1, Fleet.stats(small).running());
            assertEquals(3, Fleet.stats(large).running());
            Probe.until(() -> Fleet.stats(caller).queued() == 16, () -> Fleet.stats(caller));
            Jobs.Seen.HOLD.release(20);
            scope.awaitAll(Fleet.LONG);
        }
        assertEquals(20, Jobs.Seen.ENDED.get());
        assertEquals(4, Jobs.Seen.MOST.get());
        assertEquals(20, Fleet.stats(small).done() + Fleet.stats(large).done());
    }

    @Test
    void job_thatThrows_failsWithTheHostAndTheErrorInTheMessage() {
        PogoRuntime caller = fleet.caller(1);
        JobHost host = fleet.host(1);
        TaskFailedException e = failure(caller, Jobs.Fail.class, "out of stock");
        String message = String.valueOf(e.getMessage());
        assertTrue(
                message.startsWith(
                        "failed: the worker of pool far, asked for job dev.pogo.remote.Jobs$Fail,"
                                + " reported a failure: on host "
                                + host.name()
                                + ": java.lang.IllegalStateException: out of stock at"
                                + " dev.pogo.remote.Jobs$Fail.handle("),
                message);
        assertEquals(1, Fleet.stats(host).failed());
    }

    @Test
    void results_null_andArgsNull_arrive() throws InterruptedException {
        PogoRuntime caller = fleet.caller(1);
        fleet.host(1);
        try (PogoScope scope = caller.open()) {
            assertNull(scope.spawn(Fleet.POOL, Jobs.Echo.class, null).await(Fleet.LONG));
        }
    }

    @Test
    void requestOrAnswer_thatIsTooLarge_isRefusedWithItsSize() throws InterruptedException {
        PogoRuntime caller = fleet.caller(1, fleet.workers().withMaxPayload(10_000));
        fleet.host(1, fleet.hostConfig().withMaxPayload(5_000));
        assertReason(
                Reason.TOO_LARGE,
                "bytes, more than max_payload, 10000",
                failure(caller, Jobs.Echo.class, "x".repeat(10_000)));
        assertReason(
                Reason.REFUSED,
                "bytes, more than max_payload, 5000",
                failure(caller, Jobs.Echo.class, "x".repeat(6_000)));
        TaskFailedException e = failure(caller, Jobs.Huge.class, 5_000);
        assertTrue(String.valueOf(e.getMessage()).contains("bytes, more than max_payload, 5000"));
        try (PogoScope scope = caller.open()) {
            assertEquals(
                    "x".repeat(4_000),
                    scope.spawn(Fleet.POOL, Jobs.Huge.class, 4_000).await(Fleet.LONG));
        }
    }

    @Test
    void result_thatIsNestedTooDeeplyForAnAnswer_failsTheTask() throws InterruptedException {
        PogoRuntime caller = fleet.caller(1);
        fleet.host(1);
        try (PogoScope scope = caller.open()) {
            for (int depth = 190; depth <= 210; depth++) {
                Task<?> task = scope.spawn(Fleet.POOL, Jobs.Nested.class, depth);
                scope.settle(Fleet.LONG);
                assertTrue(task.done(), "depth " + depth);
            }
        }
        TaskFailedException e = failure(caller, Jobs.Nested.class, 200);
        assertTrue(String.valueOf(e.getMessage()).contains("on host h-"), e::getMessage);
    }

    @Test
    void jobClass_thatTheHostDoesNotAllow_isRefusedAndCounted() {
        PogoRuntime caller = fleet.caller(1);
        JobHost host = fleet.host(1);
        TaskFailedException e =
                assertThrows(
                        TaskFailedException.class,
                        () -> {
                            try (PogoScope scope = caller.open()) {
                                scope.spawn(Fleet.POOL, "no.such.Job", 1).await(Fleet.LONG);
                            }
                        });
        assertReason(Reason.REFUSED, "job class \"no.such.Job\" is not on its allow-list", e);
        assertEquals(1, Fleet.stats(host).notAllowed());
        assertEquals(1, Fleet.stats(caller).refused());
        TaskFailedException missing =
                assertThrows(
                        TaskFailedException.class,
                        () -> {
                            try (PogoScope scope = caller.open()) {
                                scope.spawn(Fleet.POOL, "dev.pogo.remote.NoSuch", 1)
                                        .await(Fleet.LONG);
                            }
                        });
        assertTrue(
                String.valueOf(missing.getMessage())
                        .contains("job class \"dev.pogo.remote.NoSuch\" cannot be loaded"),
                missing::getMessage);
    }

    @Test
    void mdcAndTrace_ofTheCaller_areThoseOfTheJobAndGoneAfterIt() throws InterruptedException {
        PogoRuntime caller =
                fleet.caller(
                        1,
                        fleet.workers(),
                        config -> config.withTaskDecorator(work -> Context.current().wrap(work)));
        fleet.host(1);
        SpanContext span =
                SpanContext.create(
                        "0af7651916cd43dd8448eb211c80319c",
                        "b7ad6b7169203331",
                        TraceFlags.getSampled(),
                        TraceState.getDefault());
        try (PogoScope scope = caller.open();
                Scope trace = Context.root().with(Span.wrap(span)).makeCurrent()) {
            MDC.put("user", "u1");
            Task<Map<String, Object>> task = scope.spawn(Fleet.POOL, Jobs.Context.class, null);
            assertEquals(
                    Map.of("mdc", Map.of("user", "u1"), "trace", span.getTraceId()),
                    task.await(Fleet.LONG),
                    trace::toString);
        } finally {
            MDC.clear();
        }
        try (PogoScope scope = caller.open()) {
            assertEquals(
                    Map.of("mdc", Map.of(), "trace", TraceId.getInvalid()),
                    scope.spawn(Fleet.POOL, Jobs.Context.class, null).await(Fleet.LONG));
        }
    }

    private static <A, R> TaskFailedException failure(
            PogoRuntime caller, Class<? extends Job<A, R>> job, A args) {
        try (PogoScope scope = caller.open()) {
            Task<?> task = scope.spawn(Fleet.POOL, job, args);
            return assertThrows(TaskFailedException.class, () -> task.await(Fleet.LONG));
        }
    }

    static void assertReason(Reason reason, String message, TaskFailedException e) {
        assertTrue(String.valueOf(e.getMessage()).contains(message), e::getMessage);
        Throwable cause = e;
        while (!(cause instanceof RemoteJobException remote)) {
            cause = cause.getCause();
            assertNotNull(cause, e::toString);
        }
        assertEquals(reason, remote.reason());
    }
}
