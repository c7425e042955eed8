package dev.pogo.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.DeadlineExceededException;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.Task;
import dev.pogo.TaskSpec;
import dev.pogo.testing.ChildJvm;
import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A host whose clock is an hour ahead of the others, or behind. */
@ExtendWith(RedisExtension.class)
class RemoteClockTest {
    private static final Duration BEAT = Duration.ofSeconds(1);

    @ParameterizedTest
    @ValueSource(strings = {"+1h", "-1h"})
    void clocks_anHourApart_changeNothing(String offset, RedisServer server)
            throws InterruptedException {
        // Not by the program faketime, which would be the one that is killed.
        List<String> prefix =
                List.of(
                        "env",
                        "LD_PRELOAD=" + library(),
                        "FAKETIME=" + offset,
                        "DONT_FAKE_MONOTONIC=1");
        try (ChildJvm host = HostJvm.start(prefix, List.of(), server.url(), "elsewhen", 2, BEAT);
                Fleet fleet = new Fleet(server)) {
            PogoRuntime caller = fleet.caller(2, fleet.workers().withHeartbeat(BEAT));
            Fleet.awaitHosts(caller, 1);
            Probe probe = new Probe(server);
            try (PogoScope scope = caller.open(Duration.ofSeconds(60))) {
                long there = scope.spawn(Fleet.POOL, Jobs.Clock.class, null).await(Fleet.LONG);
                long apart = Math.abs(System.currentTimeMillis() - there);
                assertTrue(apart > Duration.ofMinutes(50).toMillis(), () -> apart + " ms apart");
                // Longer than it takes to find a host lost.
                assertEquals(3_500, scope.spawn(Fleet.POOL, Jobs.Sleep.class, 3_500L).await());
                Task<?> late =
                        scope.spawn(
                                TaskSpec.in(Fleet.POOL).within(Duration.ofMillis(500)),
                                Jobs.Counted.class,
                                new Jobs.Counted.Args(1, 60_000));
                assertThrows(DeadlineExceededException.class, () -> late.await(Fleet.LONG));
            }
            assertEquals(1, Fleet.stats(caller).hosts());
            assertEquals(0, Fleet.stats(caller).lost());
            assertEquals("", probe.get("ended:1"));
            assertTrue(host.isAlive());
        }
    }

    private static Path library() {
        try (DirectoryStream<Path> machines = Files.newDirectoryStream(Path.of("/usr/lib"))) {
            for (Path machine : machines) {
                Path library = machine.resolve("faketime").resolve("libfaketime.so.1");
                if (Files.exists(library)) {
                    return library;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String message = "libfaketime is not installed (Debian's package faketime)";
        if ("required".equals(System.getenv("POGO_REDIS"))) {
            throw new AssertionError(message + ", and POGO_REDIS=required");
        }
        System.err.println("A test is skipped: " + message);
        throw new TestAbortedException(message);
    }
}
