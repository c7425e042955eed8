package dev.pogo.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;
import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.util.concurrent.TimeUnit;

/** What callers and hosts say of themselves. */
@ExtendWith(RedisExtension.class)
class RemoteMetricsTest {
    @Test
    void metrics_afterJobs_haveTheirNumbers(RedisServer server) throws InterruptedException {
        try (Fleet fleet = new Fleet(server)) {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            PogoRuntime caller = fleet.caller(4);
            JobHost host = fleet.host(2);
            RemoteMetrics.of(caller).bindTo(registry);
            RemoteMetrics.of(host).bindTo(registry);
            Fleet.awaitHosts(caller, 1);
            try (PogoScope scope = caller.open()) {
                for (int i = 0; i < 3; i++) {
                    scope.spawn(Fleet.POOL, Jobs.Echo.class, i);
                }
                Task<?> fails = scope.spawn(Fleet.POOL, Jobs.Fail.class, "no");
                assertThrows(TaskFailedException.class, () -> fails.await(Fleet.LONG));
                scope.settle(Fleet.LONG);
                Task<?> runs = scope.spawn(Fleet.POOL, Jobs.Hold.class, 1);
                Probe.until(() -> Jobs.Seen.STARTED.get() == 1);
                assertEquals(1, registry.get("pogo.remote.in.flight").gauge().value());
                assertEquals(1, registry.get("pogo.remote.host.running").gauge().value());
                assertTrue(runs.cancel());
            }
            assertEquals(1, registry.get("pogo.remote.hosts").gauge().value());
            assertEquals(4, count(registry, "pogo.remote.requests", "answered"));
            assertEquals(1, count(registry, "pogo.remote.requests", "cancelled"));
            assertEquals(0, count(registry, "pogo.remote.requests", "lost"));
            assertEquals(4, registry.get("pogo.remote.round.trip").functionTimer().count());
            assertTrue(
                    registry.get("pogo.remote.round.trip")
                                    .functionTimer()
                                    .totalTime(TimeUnit.NANOSECONDS)
                            > 0);
            assertEquals(3, count(registry, "pogo.remote.host.requests", "done"));
            assertEquals(1, count(registry, "pogo.remote.host.requests", "failed"));
            assertEquals(1, count(registry, "pogo.remote.host.requests", "cancelled"));
            assertEquals(5, registry.get("pogo.remote.host.claimed").functionCounter().count());
        }
    }

    private static double count(SimpleMeterRegistry registry, String name, String outcome) {
        return registry.get(name).tag("outcome", outcome).functionCounter().count();
    }
}
