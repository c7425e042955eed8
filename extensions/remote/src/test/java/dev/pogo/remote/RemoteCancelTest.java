package dev.pogo.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.AwaitTimeoutException;
import dev.pogo.DeadlineExceededException;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;
import dev.pogo.TaskSpec;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.Test;

import redis.clients.jedis.Protocol;

import java.time.Duration;
import java.util.List;

/** Tasks that are no longer wanted: their jobs end, and only then their permits come back. */
class RemoteCancelTest extends FleetTest {
    RemoteCancelTest(RedisServer server) {
        super(server);
    }

    private static void awaitStarted(int jobs) {
        Probe.until(() -> Jobs.Seen.STARTED.get() == jobs, Jobs.Seen.STARTED::get);
    }

    @Test
    void cancel_ofARequestThatNobodyHasClaimed_takesItBack() throws InterruptedException {
        PogoRuntime caller = fleet.caller(1);
        try (PogoScope scope = caller.open()) {
            Task<?> task = scope.spawn(Fleet.POOL, Jobs.Hold.class, 1);
            Probe.until(() -> probe.length(Probe.key("queue")) == 1);
            assertTrue(task.cancel());
        }
        assertEquals(0, probe.number(Protocol.Command.EXISTS, Probe.key("claims:x")));
        assertTrue(
                probe.keys().stream().noneMatch(key -> key.contains("request")),
                () -> probe.keys().toString());
        assertEquals(1, Fleet.stats(caller).cancelled());
        fleet.host(1);
        try (PogoScope scope = caller.open()) {
            assertEquals(2, scope.spawn(Fleet.POOL, Jobs.Echo.class, 2).await(Fleet.LONG));
        }
        assertEquals(0, Jobs.Seen.STARTED.get());
    }

    @Test
    void cancel_ofAJobThatRuns_interruptsItThereAndWaitsForItsEnd() throws InterruptedException {
        PogoRuntime caller = fleet.caller(1);
        JobHost host = fleet.host(1);
        try (PogoScope scope = caller.open()) {
            Task<?> task = scope.spawn(Fleet.POOL, Jobs.Hold.class, 1);
            awaitStarted(1);
            task.cancel();
        }
        assertEquals(1, Jobs.Seen.ENDED.get());
        assertEquals(1, Fleet.stats(host).cancelled());
        assertEquals(0, Fleet.stats(host).running());
    }

    @Test
    void cancel_ofAJobThatIgnoresIt_keepsThePermitUntilItsEnd() throws InterruptedException {
        PogoRuntime caller = fleet.caller(1);
        fleet.host(1);
        try (PogoScope scope = caller.open()) {
            Task<?> task = scope.spawn(Fleet.POOL, Jobs.Stubborn.class, 1);
            awaitStarted(1);
            assertThrows(AwaitTimeoutException.class, () -> task.await(Duration.ofMillis(10)));
            Task<?> next = scope.spawn(Fleet.POOL, Jobs.Echo.class, 2);
            assertThrows(AwaitTimeoutException.class, () -> next.await(Duration.ofMillis(300)));
            assertEquals(1, caller.pool(Fleet.POOL).stats().running());
            Jobs.Seen.HOLD.release();
            Probe.until(() -> caller.pool(Fleet.POOL).stats().running() == 0);
            assertEquals(1, Jobs.Seen.ENDED.get());
        }
    }

    @Test
    void cancel_thatIsFasterThanTheClaim_isHeeded() {
        Duration rare = Duration.ofMinutes(1); // so that the cancellation is not repeated
        PogoRuntime caller = fleet.caller(1, fleet.workers().withHeartbeat(rare));
        JobHost host = fleet.host(1, fleet.hostConfig().withHeartbeat(rare));
        Fleet.awaitNamed(probe, "callers");
        Fleet.awaitNamed(probe, "hosts");
        String cancels = Probe.key("cancels:" + host.name());
        probe.push(cancels, probe.first(Probe.key("callers")) + "/1");
        Probe.until(() -> probe.length(cancels) == 0);
        try (PogoScope scope = caller.open()) {
            Task<?> task = scope.spawn(Fleet.POOL, Jobs.Hold.class, 1);
            TaskFailedException e =
                    assertThrows(TaskFailedException.class, () -> task.await(Fleet.LONG));
            RemoteTest.assertReason(
                    RemoteJobException.Reason.HOST_CLOSED, "ended the job early", e);
        }
        assertEquals(1, Fleet.stats(host).cancelled());
    }

    @Test
    void cancel_ofAJobInAWorkerProcessOfTheHost_killsItThere() throws InterruptedException {
        PogoRuntime caller = fleet.caller(1);
        PogoConfig config =
                PogoConfig.parse(
                        """
                        { "jobs": ["dev.pogo.remote.*"], "num_threads": 2,
                          "pools": { "work": { "num_threads": 1, "serves": "render",
                                               "worker": { "jvm": true } } } }
                        """);
        JobHost host = JobHost.start(config, fleet.hostConfig());
        fleet.closeLater(host::close);
        try (PogoScope scope = caller.open()) {
            Task<?> task = scope.spawn(Fleet.POOL, Jobs.Spin.class, server.url());
            Probe.until(() -> probe.get("begun:spin").equals("1"));
            task.cancel();
        }
        assertEquals(1, Fleet.stats(host).cancelled());
        try (PogoScope scope = caller.open()) {
            assertEquals(2, scope.spawn(Fleet.POOL, Jobs.Echo.class, 2).await(Fleet.LONG));
        }
    }

    @Test
    void deadline_ofScopeAndOfTask_endTheJobs() {
        PogoRuntime caller = fleet.caller(2);
        fleet.host(2);
        try (PogoScope scope = caller.open(Duration.ofMillis(500))) {
            Task<?> byScope = scope.spawn(Fleet.POOL, Jobs.Hold.class, 1);
            Task<?> byTask =
                    scope.spawn(
                            TaskSpec.in(Fleet.POOL).within(Duration.ofMillis(300)),
                            Jobs.Hold.class,
                            2);
            awaitStarted(2);
            assertThrows(DeadlineExceededException.class, byTask::await);
            assertThrows(DeadlineExceededException.class, byScope::await);
        }
        assertEquals(2, Jobs.Seen.ENDED.get());
    }

    @Test
    void failureOfASibling_andALostRace_endTheJobs() throws InterruptedException {
        PogoRuntime caller = fleet.caller(4);
        fleet.host(4);
        try (PogoScope scope = caller.open()) {
            scope.failFast();
            scope.spawn(Fleet.POOL, Jobs.Hold.class, 1);
            awaitStarted(1);
            scope.spawn(Fleet.POOL, Jobs.Fail.class, "no");
            assertThrows(TaskFailedException.class, scope::awaitAll);
        }
        assertEquals(1, Jobs.Seen.ENDED.get());
        try (PogoScope scope = caller.open()) {
            Task<Object> slow = scope.spawn(Fleet.POOL, Jobs.Hold.class, 2);
            awaitStarted(2);
            Task<Object> fast = scope.spawn(Fleet.POOL, Jobs.Echo.class, 3);
            assertEquals(3, scope.awaitAny(List.of(slow, fast), Fleet.LONG));
        }
        assertEquals(2, Jobs.Seen.ENDED.get());
    }

    @Test
    void requestsInTheQueue_whoseTimeIsOver_neverBegin() throws InterruptedException {
        PogoRuntime caller = fleet.caller(4);
        JobHost host = fleet.host(1);
        try (PogoScope scope = caller.open()) {
            scope.spawn(Fleet.POOL, Jobs.Hold.class, 1);
            awaitStarted(1);
            for (int i = 0; i < 3; i++) {
                Task<?> late =
                        scope.spawn(
                                TaskSpec.in(Fleet.POOL).within(Duration.ofMillis(50)),
                                Jobs.Hold.class,
                                i);
                assertThrows(DeadlineExceededException.class, () -> late.await(Fleet.LONG));
            }
            Jobs.Seen.HOLD.release(10);
            assertEquals(5, scope.spawn(Fleet.POOL, Jobs.Echo.class, 5).await(Fleet.LONG));
        }
        assertEquals(1, Jobs.Seen.STARTED.get());
        assertEquals(0, Fleet.stats(host).running());
    }
}
