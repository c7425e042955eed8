package dev.pogo.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.DeadlineExceededException;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;
import dev.pogo.TaskSpec;
import dev.pogo.remote.AnswerHeader.End;
import dev.pogo.remote.RemoteJobException.Reason;
import dev.pogo.testing.RedisServer;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What hosts in all languages do alike, as {@code docs/remote-protocol.md} describes it. */
class HostBehaviourTest extends HostBehaviour {
    HostBehaviourTest(RedisServer server) {
        super(server);
    }

    // Outcomes.

    @ParameterizedTest
    @EnumSource
    void results_ofAllKindsOfJson_comeBackAsTheyWent(Host host) throws InterruptedException {
        PogoRuntime caller = caller(1);
        host(host, 2);
        Map<String, @Nullable Object> all = new HashMap<>();
        all.put("nothing", null);
        all.put("text", "é \u0001\n\"\\ \u4e2d \ud83d\ude80 \u2028");
        all.put("\u00fc", List.of(true, false, List.of(), Map.of()));
        all.put(
                "numbers",
                List.of(0, -1, 1L << 53, Long.MAX_VALUE, new BigInteger("9".repeat(30))));
        all.put("decimals", List.of(new BigDecimal("1.25"), new BigDecimal("-0.001")));
        all.put("holes", Arrays.asList(1, null, ""));
        for (Object value : Arrays.asList(null, true, 17, "", "x", List.of(), Map.of(), all)) {
            assertEquals(value, echo(caller, host, value));
        }
        String large = "\u00e9".repeat(100_000);
        assertEquals(large, echo(caller, host, large));
    }

    @ParameterizedTest
    @EnumSource
    void jobs_many_eachGetsItsOwnAnswer(Host host) throws InterruptedException {
        PogoRuntime caller = caller(32);
        host(host, 4);
        host(host, 4);
        try (PogoScope scope = caller.open()) {
            List<Task<?>> tasks = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                tasks.add(scope.spawn(Fleet.POOL, host.job("echo"), i));
            }
            for (int i = 0; i < tasks.size(); i++) {
                assertEquals(i, tasks.get(i).await(Fleet.LONG));
            }
        }
        assertEquals(500, Fleet.stats(caller).answered());
        Probe.until(() -> probe.keys().stream().noneMatch(key -> key.contains("request:")));
    }

    @ParameterizedTest
    @EnumSource
    void jobs_thatFailOrAreNotKnown_failWithTheReason(Host host) throws InterruptedException {
        PogoRuntime caller = caller(1);
        host(host, 1);
        TaskFailedException e = failure(caller, host.job("fail"), null);
        String message = String.valueOf(e.getMessage());
        assertTrue(message.contains("reported a failure: on host "), message);
        assertTrue(message.contains("by zero"), message);
        RemoteTest.assertReason(
                Reason.REFUSED, "no.such.Job", failure(caller, "no.such.Job", null));
        assertEquals(1, echo(caller, host, 1));
    }

    /** Sends a request that no caller of this library would, and returns the answer's header. */
    private AnswerHeader request(String request, long keptMillis) throws IOException {
        String id = "somebody/7";
        probe.run("SET", Probe.key("request:" + id), request, "PX", Long.toString(keptMillis));
        probe.push(Probe.key("queue"), id);
        String answers = Probe.key("answers:somebody");
        Probe.until(() -> probe.length(answers) == 1);
        AnswerHeader header =
                Json.header(Objects.requireNonNull(take(answers)), AnswerHeader.class);
        assertEquals(7, header.request());
        assertEquals(0, probe.number(Command.EXISTS, Probe.key("claims:somebody")));
        if (header.end() != End.DONE) {
            assertNotNull(header.error());
        }
        return header;
    }

    private static String request(Host host, String left, long heartbeat, long number) {
        return """
        {%s "expires_ms": 60000, "heartbeat_ms": %d, "more": [1]}
        {"class": "%s", "args": {"number": %d, "millis": 1}}\
        """
                .formatted(left, heartbeat, host.job("work"), number);
    }

    @ParameterizedTest
    @EnumSource
    void requests_thatCannotBeUnderstood_areRefused(Host host) throws Exception {
        host(host, 1);
        String header = "{\"expires_ms\": 60000, \"heartbeat_ms\": 300}";
        for (String malformed :
                List.of(
                        "x",
                        "null\n{\"class\": \"x\", \"args\": 1}",
                        "{}\n{\"class\": \"x\", \"args\": 1}",
                        header,
                        header + "\n",
                        header + "\n[]",
                        header + "\n{\"args\": 1}",
                        header + "\n{\"class\": 1, \"args\": 1}",
                        header + "\n{\"class\": \"" + host.job("echo"))) {
            assertEquals(End.REFUSED, request(malformed, 60_000).end(), malformed);
        }
        for (String id : List.of("", "x", "/", "somebody/", "somebody/x", "/1", "\u00e9/1")) {
            probe.push(Probe.key("queue"), id);
        }
        assertEquals(End.REFUSED, request(request(host, "", 100, 1), 60_000).end());
        assertEquals(End.REFUSED, request(request(host, "", 1_000, 1), 60_000).end());
        assertEquals(End.DONE, request(request(host, "", 300, 2), 60_000).end());
        assertEquals(0, probe.length("begun:1"));
        assertEquals(1, probe.length("ended:2"));
    }

    // Slots.

    @ParameterizedTest
    @EnumSource
    void ids_thatAppearAgain_beginNoSecondJobAndNoSecondAnswer(Host host)
            throws InterruptedException {
        PogoRuntime caller = caller(2);
        host(host, 2);
        try (PogoScope scope = caller.open()) {
            Task<?> task = work(scope, host, 1, 500);
            awaitBegun(1);
            String id = probe.first(Probe.key("callers")) + "/1";
            probe.push(Probe.key("queue"), id);
            probe.push(Probe.key("queue"), id);
            assertEquals(2, echo(caller, host, 2));
            task.await(Fleet.LONG);
            probe.push(Probe.key("queue"), id);
            assertEquals(3, echo(caller, host, 3));
        }
        assertEquals(1, probe.length("begun:1"));
        assertEquals(3, Fleet.stats(caller).answered());
    }

    @ParameterizedTest
    @EnumSource
    void jobs_moreThanSlots_neverRunAtOnce(Host host) throws InterruptedException {
        PogoRuntime caller = caller(12);
        host(host, 3);
        try (PogoScope scope = caller.open()) {
            for (int i = 0; i < 12; i++) {
                work(scope, host, i, 100);
            }
            scope.awaitAll(Fleet.LONG);
        }
        int most = 0;
        for (int i = 0; i < 12; i++) {
            byte[] running = take("begun:" + i);
            assertNotNull(running);
            most = Math.max(most, Integer.parseInt(new String(running, StandardCharsets.US_ASCII)));
            assertEquals(0, probe.length("begun:" + i), "each begins once");
        }
        assertTrue(1 < most && most <= 3, "at once: " + most);
    }

    // Cancels and deadlines.

    @ParameterizedTest
    @EnumSource
    void cancel_ofAJobThatRuns_stopsItAndGivesThePermitBack(Host host) throws InterruptedException {
        PogoRuntime caller = caller(1);
        host(host, 1);
        try (PogoScope scope = caller.open()) {
            Task<?> task = work(scope, host, 1, FOREVER);
            awaitBegun(1);
            assertTrue(task.cancel());
            awaitIdle(caller);
        }
        assertEquals(2, echo(caller, host, 2));
        assertNotEnded(1);
        assertEquals(1, Fleet.stats(caller).cancelled());
    }

    @ParameterizedTest
    @EnumSource
    void deadline_whileTheJobRuns_stopsIt(Host host) throws InterruptedException {
        PogoRuntime caller = caller(1);
        host(host, 1);
        Fleet.awaitHosts(caller, 1);
        try (PogoScope scope = caller.open()) {
            Task<?> task =
                    scope.spawn(
                            TaskSpec.in(Fleet.POOL).within(Duration.ofMillis(800)),
                            host.job("work"),
                            Map.of("number", 1, "millis", FOREVER));
            awaitBegun(1);
            assertThrows(DeadlineExceededException.class, () -> task.await(Fleet.LONG));
            awaitIdle(caller);
        }
        assertEquals(2, echo(caller, host, 2));
        assertNotEnded(1);
    }

    @ParameterizedTest
    @EnumSource
    void deadline_inTheQueue_letsTheJobNeverBegin(Host host) throws Exception {
        PogoRuntime caller = caller(2);
        host(host, 1);
        try (PogoScope scope = caller.open()) {
            Task<?> first = work(scope, host, 1, FOREVER);
            awaitBegun(1);
            Task<?> late =
                    scope.spawn(
                            TaskSpec.in(Fleet.POOL).within(Duration.ofMillis(50)),
                            host.job("work"),
                            Map.of("number", 2, "millis", 1));
            assertThrows(DeadlineExceededException.class, () -> late.await(Fleet.LONG));
            first.cancel();
            assertEquals(3, echo(caller, host, 3));
        }
        assertEquals(0, probe.length("begun:2"));
        // What came late: it was in the queue for a second.
        assertEquals(
                End.EXPIRED, request(request(host, "\"left_ms\": 900,", 300, 4), 59_000).end());
        assertEquals(End.EXPIRED, request(request(host, "\"left_ms\": 0,", 300, 4), 60_000).end());
        assertEquals(0, probe.length("begun:4"));
        assertEquals(End.DONE, request(request(host, "\"left_ms\": 60000,", 300, 5), 59_000).end());
        // Without a caller that withdraws it.
        String endless = request(host, "\"left_ms\": 300,", 300, 6);
        endless = endless.replace("\"millis\": 1", "\"millis\": 60000");
        assertEquals(End.EXPIRED, request(endless, 60_000).end());
        assertNotEnded(6);
    }

    // Processes.

    @Test
    void jobsInProcesses_thatSpinOrExit_endWithTheirProcess() throws InterruptedException {
        PogoRuntime caller = caller(1);
        host(Host.PYTHON, 1);
        for (int status : new int[] {0, 3}) {
            String message = String.valueOf(failure(caller, "exit", status).getMessage());
            assertTrue(message.contains("its process ended with wait status "), message);
        }
        try (PogoScope scope = caller.open()) {
            Task<?> spins = scope.spawn(Fleet.POOL, "spin", null);
            Probe.until(() ->
                    probe.number(Command.DBSIZE) > 0
                            && probe.keys().stream().anyMatch(key -> key.contains(":claims:")));
            spins.cancel();
            awaitIdle(caller);
        }
        assertEquals(1, echo(caller, Host.PYTHON, 1));
    }

    /** Takes the first element of a list, null if it is empty. */
    private byte @Nullable [] take(String list) {
        try (Connection connection = new Connection(new HostAndPort("127.0.0.1", server.port()))) {
            connection.sendCommand(Command.LPOP, list);
            return connection.getBinaryBulkReply();
        }
    }
}
