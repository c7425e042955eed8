package dev.pogo.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;
import dev.pogo.testing.RedisServer;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/** Callers, and hosts in all languages, for the tests of what these do alike. */
abstract class HostBehaviour extends FleetTest {
    static final long FOREVER = 120_000;

    enum Host {
        JAVA,
        PYTHON;

        HostProcess start(String url, int slots) {
            return switch (this) {
                case JAVA -> HostProcess.Java.start(url, slots);
                case PYTHON -> HostProcess.Python.start(url, slots);
            };
        }

        /** Returns the name of a job there. */
        String job(String name) {
            return switch (this) {
                case JAVA ->
                        "dev.pogo.remote.HostJobs$"
                                + Character.toUpperCase(name.charAt(0))
                                + name.substring(1);
                case PYTHON -> name;
            };
        }
    }

    HostBehaviour(RedisServer server) {
        super(server);
    }

    final HostProcess host(Host host, int slots) {
        HostProcess started = host.start(server.url(), slots);
        fleet.closeLater(started::close);
        return started;
    }

    final PogoRuntime caller(int threads) {
        return fleet.caller(
                threads,
                fleet.workers(),
                config ->
                        config.withJobs(
                                List.of(
                                        "dev.pogo.remote.*",
                                        "no.such.*",
                                        "echo",
                                        "fail",
                                        "work",
                                        "spin",
                                        "exit")));
    }

    static @Nullable Object echo(PogoRuntime caller, Host host, @Nullable Object value)
            throws InterruptedException {
        try (PogoScope scope = caller.open()) {
            return scope.spawn(Fleet.POOL, host.job("echo"), value).await(Fleet.LONG);
        }
    }

    static Task<@Nullable Object> work(PogoScope scope, Host host, long number, long millis) {
        return scope.spawn(
                Fleet.POOL, host.job("work"), Map.of("number", number, "millis", millis));
    }

    static TaskFailedException failure(Task<?> task) {
        return assertThrows(TaskFailedException.class, () -> task.await(Fleet.LONG));
    }

    static TaskFailedException failure(PogoRuntime caller, String job, @Nullable Object args) {
        try (PogoScope scope = caller.open()) {
            return failure(scope.spawn(Fleet.POOL, job, args));
        }
    }

    static void awaitIdle(PogoRuntime caller) {
        Probe.until(() -> caller.pool(Fleet.POOL).stats().running() == 0);
        assertEquals(0, Fleet.stats(caller).inFlight());
    }

    final void awaitBegun(long number) {
        Probe.until(() -> probe.length("begun:" + number) == 1);
    }

    final void assertNotEnded(long number) {
        assertEquals(0, probe.length("ended:" + number));
    }
}
