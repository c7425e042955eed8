package dev.pogo.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolSaturatedException;
import dev.pogo.Task;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Queues without hosts, and what is left of any. */
class UnservedQueueTest extends FleetTest {
    UnservedQueueTest(RedisServer server) {
        super(server);
    }

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
    void requests_thatAreWithdrawn_leaveTheQueueBeforeTheNextHeartbeat() {
        PogoRuntime caller = fleet.caller(8, fleet.workers().withHeartbeat(Duration.ofMinutes(1)));
        for (int round = 0; round < 50; round++) {
            try (PogoScope scope = caller.open()) {
                for (int i = 0; i < 8; i++) {
                    scope.spawn(Fleet.POOL, Jobs.Echo.class, i);
                }
                Probe.until(() -> Fleet.stats(caller).inFlight() == 8);
            }
        }
        assertEquals(400, Fleet.stats(caller).cancelled());
        assertTrue(probe.length(Probe.key("queue")) <= 8, () -> probe.keys().toString());
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
