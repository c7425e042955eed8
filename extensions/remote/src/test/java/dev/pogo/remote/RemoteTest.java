package dev.pogo.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.Task;
import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Jobs that run, and their outcomes. */
@ExtendWith(RedisExtension.class)
class RemoteTest {
    private Fleet fleet;

    @BeforeEach
    void start(RedisServer server) {
        fleet = new Fleet(server);
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void jobs_givenByClassOrName_returnTheirResults() throws InterruptedException {
        PogoRuntime caller = fleet.caller(4);
        fleet.host(4);
        try (PogoScope scope = caller.open()) {
            assertEquals(
                    new Jobs.Item("a", 4),
                    scope.spawn(Fleet.POOL, Jobs.Twice.class, new Jobs.Item("a", 2))
                            .await(Fleet.LONG));
            assertEquals(
                    Map.of("sku", "b", "count", 6),
                    scope.spawn(
                                    Fleet.POOL,
                                    "dev.pogo.remote.Jobs.Twice",
                                    Map.of("sku", "b", "count", 3))
                            .await(Fleet.LONG));
        }
    }

    @Test
    void jobs_many_eachGetsItsOwnAnswer() throws InterruptedException {
        PogoRuntime caller = fleet.caller(64);
        fleet.host(8);
        fleet.host(8);
        try (PogoScope scope = caller.open()) {
            List<Task<Object>> tasks = new ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                tasks.add(scope.spawn(Fleet.POOL, Jobs.Echo.class, i));
            }
            for (int i = 0; i < tasks.size(); i++) {
                assertEquals(i, tasks.get(i).await(Fleet.LONG));
            }
        }
        RemoteStats stats = Fleet.stats(caller);
        assertEquals(20_000, stats.answered());
        assertEquals(0, stats.inFlight());
    }
}
