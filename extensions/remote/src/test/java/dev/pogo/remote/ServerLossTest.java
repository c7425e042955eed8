package dev.pogo.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;
import dev.pogo.TaskTimeoutException;
import dev.pogo.remote.RemoteJobException.Reason;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A server that is stopped, killed, restarted, or refuses to write. */
class ServerLossTest extends FleetTest {
    ServerLossTest(RedisServer server) {
        super(server);
    }

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
}
