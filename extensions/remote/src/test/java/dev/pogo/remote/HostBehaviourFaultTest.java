package dev.pogo.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;
import dev.pogo.remote.RemoteJobException.Reason;
import dev.pogo.testing.ChildJvm;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import redis.clients.jedis.Protocol.Command;

import java.time.Duration;
import java.util.List;

/** What hosts in all languages do alike when they, their callers or the server are killed. */
class HostBehaviourFaultTest extends HostBehaviour {
    HostBehaviourFaultTest(RedisServer server) {
        super(server);
    }

    @ParameterizedTest
    @EnumSource
    void host_killed_failsItsJobsAndAnotherServesTheNext(Host host) throws InterruptedException {
        PogoRuntime caller = caller(4);
        HostProcess doomed = host(host, 1);
        try (PogoScope scope = caller.open()) {
            Task<?> task = work(scope, host, 1, FOREVER);
            awaitBegun(1);
            doomed.kill();
            long killed = System.nanoTime();
            RemoteTest.assertReason(Reason.HOST_LOST, "counts as lost", failure(task));
            Duration after = Duration.ofNanos(System.nanoTime() - killed);
            assertTrue(after.compareTo(NOTICED) < 0, after::toString);
        }
        host(host, 1);
        assertEquals(2, echo(caller, host, 2));
        assertNotEnded(1);
        Fleet.awaitHosts(caller, 1);
    }

    @ParameterizedTest
    @EnumSource
    void host_stoppedForLongAndContinued_givesNoSecondOutcome(Host host)
            throws InterruptedException {
        PogoRuntime caller = caller(4);
        HostProcess frozen = host(host, 2);
        try (PogoScope scope = caller.open()) {
            Task<?> task = work(scope, host, 1, FOREVER);
            awaitBegun(1);
            frozen.pause();
            TaskFailedException e = failure(task);
            RemoteTest.assertReason(Reason.HOST_LOST, "counts as lost", e);
            frozen.resume();
            assertEquals(2, echo(caller, host, 2));
            assertEquals(e.getMessage(), failure(task).getMessage());
        }
        // What it had is stopped, and its answer comes too late.
        frozen.end();
        assertEquals(1, Fleet.stats(caller).answered());
        assertNotEnded(1);
        assertEquals(0, probe.number(Command.EXISTS, Probe.key("hosts")));
    }

    @ParameterizedTest
    @EnumSource
    void host_toldToEnd_letsItsJobEndAndClaimsNoMore(Host host) throws InterruptedException {
        PogoRuntime caller = caller(4);
        HostProcess ending = host(host, 1);
        Fleet.awaitHosts(caller, 1);
        try (PogoScope scope = caller.open()) {
            Task<?> running = work(scope, host, 1, 1_000);
            awaitBegun(1);
            Thread end = Thread.ofVirtual().start(ending::end);
            Task<?> waiting = work(scope, host, 2, 1);
            running.await(Fleet.LONG);
            end.join();
            assertEquals(0, probe.number(Command.EXISTS, Probe.key("hosts")));
            assertEquals(0, probe.keys().stream().filter(key -> key.contains(":cancels:")).count());
            assertEquals(0, probe.length("begun:2"));
            Fleet.awaitHosts(caller, 0);
            host(host, 1);
            waiting.await(Fleet.LONG);
        }
        assertEquals(1, probe.length("ended:1"));
        assertEquals(1, probe.length("ended:2"));
    }

    @ParameterizedTest
    @EnumSource
    void caller_killed_stopsItsJob(Host host) throws InterruptedException {
        HostProcess serving = host(host, 1);
        try (ChildJvm doomed =
                ChildJvm.start(
                        List.of(), List.of(), DoomedCaller.class, server.url(), host.job("work"))) {
            awaitBegun(1);
            doomed.kill();
            // The only slot is free again.
            assertEquals(2, echo(caller(1), host, 2));
        }
        assertNotEnded(1);
        serving.end();
    }

    @ParameterizedTest
    @EnumSource
    void server_restarted_isServedAgain(Host host) throws InterruptedException {
        PogoRuntime caller = caller(4);
        host(host, 2);
        try (PogoScope scope = caller.open()) {
            Task<?> task = work(scope, host, 1, FOREVER);
            awaitBegun(1);
            server.restart();
            RemoteTest.assertReason(Reason.FORGOTTEN, "knows nothing of request", failure(task));
        }
        Fleet.awaitHosts(caller, 1);
        assertEquals(2, echo(caller, host, 2));
    }

    @ParameterizedTest
    @EnumSource
    void server_stoppedForFiveHeartbeats_onlyDelaysWhatRuns(Host host) throws Exception {
        PogoRuntime caller = caller(4);
        host(host, 2);
        try (PogoScope scope = caller.open()) {
            Task<?> runs = work(scope, host, 1, 1_200);
            awaitBegun(1);
            server.pause();
            Task<?> comes = scope.spawn(Fleet.POOL, host.job("echo"), 2);
            Thread.sleep(Fleet.BEAT.multipliedBy(5)); // what is tested
            server.resume();
            assertEquals(2, comes.await(Fleet.LONG));
            runs.await(Fleet.LONG);
        }
        assertEquals(1, probe.length("ended:1"));
    }

    /** Waits until a caller has so many more answers, or nothing runs any more. */
    private static void awaitAnswers(PogoRuntime caller, int more) {
        long answered = Fleet.stats(caller).answered() + more;
        Probe.until(
                () ->
                        Fleet.stats(caller).answered() >= answered
                                || caller.pool(Fleet.POOL).stats().running() == 0,
                () -> Fleet.stats(caller));
    }

    @ParameterizedTest
    @EnumSource
    void connections_thatBreakAgainAndAgain_leaveNoTaskWithoutAnOutcome(Host host)
            throws InterruptedException {
        PogoRuntime caller = caller(16);
        host(host, 4);
        Fleet.awaitHosts(caller, 1);
        for (int round = 0; round < 3; round++) {
            try (PogoScope scope = caller.open()) {
                for (int i = 0; i < 50; i++) {
                    scope.spawn(Fleet.POOL, host.job("echo"), i);
                }
                for (int i = 0; i < 6; i++) {
                    awaitAnswers(caller, 5); // others are under way
                    probe.run("CLIENT", "KILL", "TYPE", "normal");
                }
                Probe.until(
                        () ->
                                caller.pool(Fleet.POOL).stats().running() == 0
                                        && caller.pool(Fleet.POOL).stats().waiting() == 0,
                        () -> Fleet.stats(caller) + " " + probe.keys());
            }
        }
    }
}
