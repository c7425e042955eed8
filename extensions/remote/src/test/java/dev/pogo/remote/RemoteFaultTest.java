package dev.pogo.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.PoolSaturatedException;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;
import dev.pogo.TaskTimeoutException;
import dev.pogo.remote.RemoteJobException.Reason;
import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import redis.clients.jedis.Protocol.Command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Hosts, callers and servers that are killed or stopped. */
@ExtendWith(RedisExtension.class)
class RemoteFaultTest {
    /** Three heartbeats, and what this machine may add while others use it. */
    private static final Duration NOTICED = Fleet.BEAT.multipliedBy(3).plusSeconds(2);

    private final RedisServer server;
    private Fleet fleet;
    private Probe probe;

    RemoteFaultTest(RedisServer server) {
        this.server = server;
    }

    @BeforeEach
    void start() {
        fleet = new Fleet(server);
        probe = new Probe(server);
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private void awaitBegun(long number) {
        Probe.until(() -> !probe.get("begun:" + number).isEmpty());
    }

    private static Task<Long> count(PogoScope scope, long number, long millis) {
        return scope.spawn(Fleet.POOL, Jobs.Counted.class, new Jobs.Counted.Args(number, millis));
    }

    // Hosts.

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

    // Callers.

    /** Spawns a job that takes long, in a process of its own. */
    static final class DoomedCaller {
        public static void main(String[] args) throws InterruptedException {
            RemoteWorkers workers =
                    RemoteWorkers.redis(args[0], Fleet.QUEUE).withHeartbeat(Fleet.BEAT);
            try (PogoRuntime runtime =
                            PogoRuntime.start(
                                    PogoConfig.defaults()
                                            .withPool(
                                                    PoolConfig.named(Fleet.POOL)
                                                            .withWorker(workers)));
                    PogoScope scope = runtime.open()) {
                scope.spawn(Fleet.POOL, Jobs.Hold.class, 1).await(Duration.ofMinutes(5));
            }
        }
    }

    @Test
    void caller_killed_endsItsJobsAndLeavesNoKey() {
        JobHost host = fleet.host(2);
        ChildJvm caller = ChildJvm.start(List.of(), List.of(), DoomedCaller.class, server.url());
        Probe.until(() -> Jobs.Seen.STARTED.get() == 1);
        caller.kill();
        Probe.until(() -> Jobs.Seen.ENDED.get() == 1);
        Probe.until(() -> Fleet.stats(host).running() == 0);
        assertEquals(1, Fleet.stats(host).cancelled());
        host.close();
        Probe.until(() -> probe.keys().isEmpty(), probe::keys);
    }

    // The server.

    @Test
    void server_stoppedForThreeSeconds_onlyDelaysWhatRuns() throws Exception {
        PogoRuntime caller = fleet.caller(4, fleet.workers().withHeartbeat(Duration.ofSeconds(1)));
        fleet.host(2, fleet.hostConfig().withHeartbeat(Duration.ofSeconds(1)));
        try (PogoScope scope = caller.open()) {
            Task<Object> runs = scope.spawn(Fleet.POOL, Jobs.Hold.class, 1);
            Probe.until(() -> Jobs.Seen.STARTED.get() == 1);
            server.pause();
            Task<Object> comes = scope.spawn(Fleet.POOL, Jobs.Echo.class, 2);
            Thread.sleep(3_000); // what is tested
            Jobs.Seen.HOLD.release();
            server.resume();
            assertEquals(1, runs.await(Fleet.LONG));
            assertEquals(2, comes.await(Fleet.LONG));
        }
    }

    @Test
    void server_silent_holdsNobodyPastTheDeadline() {
        PogoRuntime caller = fleet.caller(4);
        JobHost host = fleet.host(2);
        long start = System.nanoTime();
        try (PogoScope scope = caller.open(Duration.ofMillis(700))) {
            Task<Object> task = scope.spawn(Fleet.POOL, Jobs.Hold.class, 1);
            Probe.until(() -> Jobs.Seen.STARTED.get() == 1);
            server.pause();
            assertThrows(TaskTimeoutException.class, task::await);
        }
        assertTrue(System.nanoTime() - start < NOTICED.plusMillis(700).toNanos());
        // The host cannot know either, and ends the job at the deadline.
        Probe.until(() -> Fleet.stats(host).running() == 0);
        assertEquals(1, Jobs.Seen.ENDED.get());
        server.resume();
    }

    @Test
    void server_killedAndRestarted_failsWhatRanAndRunsWhatComesLater() throws Exception {
        PogoRuntime caller = fleet.caller(4);
        fleet.host(2);
        try (PogoScope scope = caller.open()) {
            Task<Object> task = scope.spawn(Fleet.POOL, Jobs.Hold.class, 1);
            Probe.until(() -> Jobs.Seen.STARTED.get() == 1);
            server.restart();
            TaskFailedException e =
                    assertThrows(TaskFailedException.class, () -> task.await(Fleet.LONG));
            RemoteTest.assertReason(Reason.FORGOTTEN, "Redis knows nothing of request", e);
            Jobs.Seen.HOLD.release();
            assertEquals(2, scope.spawn(Fleet.POOL, Jobs.Echo.class, 2).await(Fleet.LONG));
        }
    }

    @Test
    void server_away_failsTasksAtOnceAndWorksWhenItIsBack() throws InterruptedException {
        PogoRuntime caller = fleet.caller(4);
        fleet.host(2);
        Fleet.awaitHosts(caller, 1);
        server.kill();
        try (PogoScope scope = caller.open()) {
            Task<Object> task = scope.spawn(Fleet.POOL, Jobs.Echo.class, 1);
            TaskFailedException e =
                    assertThrows(TaskFailedException.class, () -> task.await(Fleet.LONG));
            assertTrue(String.valueOf(e.getMessage()).contains("Redis"), e::getMessage);
            server.restart();
            Fleet.awaitHosts(caller, 1);
            assertEquals(2, scope.spawn(Fleet.POOL, Jobs.Echo.class, 2).await(Fleet.LONG));
        }
    }

    @Test
    void server_neverThere_failsTasksWithItsAddress() {
        server.kill();
        PogoRuntime caller = fleet.caller(4);
        try (PogoScope scope = caller.open()) {
            Task<Object> task = scope.spawn(Fleet.POOL, Jobs.Echo.class, 1);
            TaskFailedException e =
                    assertThrows(TaskFailedException.class, () -> task.await(Fleet.LONG));
            RemoteTest.assertReason(
                    Reason.NOT_SENT,
                    "Redis at " + server.url() + " cannot be reached: Connection refused",
                    e);
        }
        assertEquals(1, Fleet.stats(caller).notSent());
    }

    @Test
    void server_thatRefusesToWrite_holdsNobodyPastTheDeadline() {
        PogoRuntime caller = fleet.caller(4);
        JobHost host = fleet.host(2);
        long start = System.nanoTime();
        try (PogoScope scope = caller.open(Duration.ofMillis(700))) {
            Task<Object> task = scope.spawn(Fleet.POOL, Jobs.Hold.class, 1);
            Probe.until(() -> Jobs.Seen.STARTED.get() == 1);
            probe.run("REPLICAOF", "127.0.0.1", "1");
            assertThrows(TaskTimeoutException.class, task::await);
        }
        assertTrue(System.nanoTime() - start < NOTICED.plusMillis(700).toNanos());
        Probe.until(() -> Fleet.stats(host).running() == 0);
        probe.run("REPLICAOF", "NO", "ONE");
    }

    @Test
    void host_closedWhileTheServerIsSilent_givesItsAnswersAllTheSame() throws Exception {
        PogoRuntime caller = fleet.caller(8);
        JobHost host = fleet.host(8);
        try (PogoScope scope = caller.open()) {
            List<Task<Object>> tasks = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                tasks.add(scope.spawn(Fleet.POOL, Jobs.Hold.class, i));
            }
            Probe.until(() -> Jobs.Seen.STARTED.get() == 8);
            server.pause();
            Thread closing = Thread.ofVirtual().start(host::close);
            Jobs.Seen.HOLD.release(8);
            Probe.until(() -> Fleet.stats(host).running() == 0);
            server.resume();
            closing.join();
            for (int i = 0; i < 8; i++) {
                assertEquals(i, tasks.get(i).await(Fleet.LONG));
            }
        }
    }

    @Test
    void answer_thatDoesNotSayHowTheJobEnded_failsTheTask() {
        PogoRuntime caller = fleet.caller(1);
        try (PogoScope scope = caller.open()) {
            Task<Object> task = scope.spawn(Fleet.POOL, Jobs.Echo.class, 1);
            Probe.until(() -> probe.length(Probe.key("queue")) == 1);
            String id = probe.pop(Probe.key("queue"));
            probe.push(
                    Probe.key("answers:" + id.substring(0, id.lastIndexOf('/'))),
                    "{\"request\": 1, \"end\": \"odd\", \"host\": \"h\"}\n");
            TaskFailedException e =
                    assertThrows(TaskFailedException.class, () -> task.await(Fleet.LONG));
            RemoteTest.assertReason(Reason.INVALID_ANSWER, "how the job has ended", e);
        }
    }

    // Nobody.

    @Test
    void nobodyServes_saturatesThePoolAndTheQueueStaysShort() {
        PogoRuntime caller =
                fleet.caller(8, fleet.workers().withClaimTimeout(Duration.ofMillis(20)));
        for (int round = 0; round < 20; round++) {
            try (PogoScope scope = caller.open()) {
                List<Task<Object>> tasks = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    tasks.add(scope.spawn(Fleet.POOL, Jobs.Echo.class, i));
                }
                for (Task<Object> task : tasks) {
                    PoolSaturatedException e =
                            assertThrows(
                                    PoolSaturatedException.class, () -> task.await(Fleet.LONG));
                    assertTrue(
                            String.valueOf(e.getMessage())
                                    .startsWith(
                                            "no host claimed the job within claim_timeout of 20 ms:"
                                                    + " 0 hosts serve queue render of redis://"),
                            e::getMessage);
                }
            }
        }
        assertEquals(160, Fleet.stats(caller).unclaimed());
        assertEquals(160, caller.pool(Fleet.POOL).stats().saturated());
        Probe.until(() -> probe.length(Probe.key("queue")) == 0, probe::keys);
        caller.close();
        Probe.until(() -> probe.keys().isEmpty(), probe::keys);
    }

    @Test
    void closing_leavesNoKey() throws InterruptedException {
        PogoRuntime caller = fleet.caller(8);
        JobHost host = fleet.host(2);
        try (PogoScope scope = caller.open()) {
            scope.spawn(Fleet.POOL, Jobs.Echo.class, 1).await(Fleet.LONG);
        }
        assertFalse(probe.keys().isEmpty());
        caller.close();
        host.close();
        assertTrue(probe.keys().isEmpty(), () -> probe.keys().toString());
    }
}
