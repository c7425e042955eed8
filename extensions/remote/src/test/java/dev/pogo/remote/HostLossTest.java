package dev.pogo.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;
import dev.pogo.remote.RemoteJobException.Reason;
import dev.pogo.testing.ChildJvm;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.Test;

import redis.clients.jedis.Protocol.Command;

import java.time.Duration;
import java.util.List;

/** Hosts that are killed, stopped or told to end, and what they lose with a connection. */
class HostLossTest extends FleetTest {
    HostLossTest(RedisServer server) {
        super(server);
    }

    private void awaitBegun(long number) {
        Probe.until(() -> !probe.get("begun:" + number).isEmpty());
    }

    private static Task<Long> count(PogoScope scope, long number, long millis) {
        return scope.spawn(Fleet.POOL, Jobs.Counted.class, new Jobs.Counted.Args(number, millis));
    }

    @Test
    void host_killedWhileItRunsAJob_failsItWithTheHostsName() throws InterruptedException {
        PogoRuntime caller = fleet.caller(4);
        ChildJvm host = fleet.childHost("doomed", 4);
        try (PogoScope scope = caller.open()) {
            Task<Long> task = count(scope, 1, 60_000);
            awaitBegun(1);
            host.kill();
            long killed = System.nanoTime();
            TaskFailedException e =
                    assertThrows(TaskFailedException.class, () -> task.await(Fleet.LONG));
            RemoteTest.assertReason(Reason.HOST_LOST, "host doomed-", e);
            assertTrue(
                    String.valueOf(e.getMessage())
                            .matches(
                                    "(?s).*which had claimed the job, was last seen \\d+ ms ago.*"),
                    e::getMessage);
            assertTrue(System.nanoTime() - killed < NOTICED.toNanos());
            fleet.host(1);
            assertEquals(2, scope.spawn(Fleet.POOL, Jobs.Echo.class, 2).await(Fleet.LONG));
        }
        assertEquals(1, Fleet.stats(caller).lost());
    }

    @Test
    void host_killedIdle_isNoLongerCounted() {
        PogoRuntime caller = fleet.caller(4);
        ChildJvm host = fleet.childHost("doomed", 4);
        Fleet.awaitHosts(caller, 1);
        host.kill();
        Fleet.awaitHosts(caller, 0);
    }

    @Test
    void host_thatHasPoppedAnIdAndDiesBeforeItClaims_leavesTheJobToAnother()
            throws InterruptedException {
        PogoRuntime caller = fleet.caller(4);
        try (PogoScope scope = caller.open()) {
            Task<Object> task = scope.spawn(Fleet.POOL, Jobs.Echo.class, 1);
            Probe.until(() -> probe.length(Probe.key("queue")) == 1);
            probe.run("LPOP", Probe.key("queue"));
            fleet.host(1);
            assertEquals(1, task.await(Fleet.LONG));
        }
    }

    @Test
    void host_stoppedForLongAndContinued_givesNoSecondOutcomeAndStopsItsJob()
            throws InterruptedException {
        PogoRuntime caller = fleet.caller(4);
        ChildJvm host = fleet.childHost("frozen", 4);
        try (PogoScope scope = caller.open()) {
            Task<Long> task = count(scope, 1, 5_000);
            awaitBegun(1);
            host.pause();
            TaskFailedException e =
                    assertThrows(TaskFailedException.class, () -> task.await(Fleet.LONG));
            RemoteTest.assertReason(Reason.HOST_LOST, "host frozen-", e);
            host.resume();
            // It serves again, and what it had is cancelled.
            assertEquals(2, count(scope, 2, 1).await(Fleet.LONG));
            assertEquals(e.getMessage(), failure(task).getMessage());
        }
        assertEquals(1, Fleet.stats(caller).answered());
        assertTrue(probe.get("ended:1").isEmpty());
    }

    private static TaskFailedException failure(Task<?> task) {
        return assertThrows(TaskFailedException.class, task::result);
    }

    @Test
    void host_toldToEnd_letsItsJobsEndAndClaimsNoMore() throws InterruptedException {
        PogoRuntime caller = fleet.caller(8);
        JobHost host = fleet.host(2);
        try (PogoScope scope = caller.open()) {
            for (int i = 0; i < 4; i++) {
                scope.spawn(Fleet.POOL, Jobs.Hold.class, i);
            }
            Probe.until(() -> Jobs.Seen.STARTED.get() == 2);
            Thread closing = Thread.ofVirtual().start(host::close);
            Probe.until(() -> probe.number(Command.ZCARD, Probe.key("hosts")) <= 1);
            Jobs.Seen.HOLD.release(2);
            closing.join();
            assertEquals(2, Jobs.Seen.ENDED.get());
            assertEquals(2, Jobs.Seen.STARTED.get());
            Jobs.Seen.HOLD.release(2);
            fleet.host(2);
            scope.awaitAll(Fleet.LONG);
        }
        assertEquals(4, Jobs.Seen.ENDED.get());
    }

    @Test
    void host_toldToEnd_cancelsWhatIsNotDoneInTime() throws InterruptedException {
        PogoRuntime caller = fleet.caller(8);
        JobHost host = fleet.host(2, fleet.hostConfig().withShutdownTimeout(Duration.ofMillis(50)));
        try (PogoScope scope = caller.open()) {
            Task<Object> task = scope.spawn(Fleet.POOL, Jobs.Hold.class, 1);
            Probe.until(() -> Jobs.Seen.STARTED.get() == 1);
            host.close();
            TaskFailedException e =
                    assertThrows(TaskFailedException.class, () -> task.await(Fleet.LONG));
            RemoteTest.assertReason(Reason.HOST_CLOSED, "ended the job early", e);
        }
    }

    @Test
    void host_inAProcess_endsBySigtermAndWithoutConfigurationWithAMessage() {
        PogoRuntime caller = fleet.caller(8);
        ChildJvm host = fleet.childHost("ended", 2);
        Fleet.awaitHosts(caller, 1);
        host.end();
        Fleet.awaitHosts(caller, 0);
        assertEquals(
                2,
                ChildJvm.start(List.of(), List.of("-Dpogo.config=no-such.json"), JobHost.class)
                        .status());
    }

    @Test
    void claim_lostWithItsConnection_isGivenUpByTheHostThatDoesNotKnowIt() throws Exception {
        PogoRuntime caller = fleet.caller(4);
        Fleet.awaitNamed(probe, "callers");
        try (PogoScope scope = caller.open()) {
            Task<Object> task = scope.spawn(Fleet.POOL, Jobs.Echo.class, 1);
            Probe.until(() -> probe.length(Probe.key("queue")) == 1);
            String id = probe.pop(Probe.key("queue"));
            JobHost host = fleet.host(1);
            Fleet.awaitHosts(caller, 1);
            // As if the host had claimed it, and the reply had been lost.
            String name = id.substring(0, id.lastIndexOf('/'));
            probe.run("DEL", Probe.key("request:" + id));
            probe.run(
                    "HSET",
                    Probe.key("claims:" + name),
                    id.substring(id.lastIndexOf('/') + 1),
                    host.name());
            probe.run("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
            TaskFailedException e =
                    assertThrows(TaskFailedException.class, () -> task.await(Fleet.LONG));
            RemoteTest.assertReason(Reason.REFUSED, "over a connection that broke", e);
        }
    }

    @Test
    void answer_whoseConnectionBreaks_isSentAgain() throws Exception {
        try (RedisServer durable =
                        RedisServer.start("--appendonly", "yes", "--appendfsync", "always");
                Fleet own = new Fleet(durable)) {
            PogoRuntime caller = own.caller(4);
            JobHost host = own.host(1);
            try (PogoScope scope = caller.open()) {
                Task<Object> task = scope.spawn(Fleet.POOL, Jobs.Hold.class, 7);
                Probe.until(() -> Jobs.Seen.STARTED.get() == 1);
                durable.pause();
                Jobs.Seen.HOLD.release();
                Probe.until(() -> Fleet.stats(host).running() == 0);
                durable.restart();
                assertEquals(7, task.await(Fleet.LONG));
            }
            assertEquals(0, Fleet.stats(host).unheard());
        }
    }
}
