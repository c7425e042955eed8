package dev.pogo.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pogo.testing.ChildJvm;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.Test;

import java.util.List;

/** Callers that are killed. */
class CallerLossTest extends FleetTest {
    CallerLossTest(RedisServer server) {
        super(server);
    }

    @Test
    void caller_killed_endsItsJobsAndLeavesNoKey() {
        JobHost host = fleet.host(2);
        ChildJvm caller =
                ChildJvm.start(
                        List.of(),
                        List.of(),
                        DoomedCaller.class,
                        server.url(),
                        Jobs.Hold.class.getName());
        Probe.until(() -> Jobs.Seen.STARTED.get() == 1);
        caller.kill();
        Probe.until(() -> Jobs.Seen.ENDED.get() == 1);
        Probe.until(() -> Fleet.stats(host).running() == 0);
        assertEquals(1, Fleet.stats(host).cancelled());
        host.close();
        Probe.until(() -> probe.keys().isEmpty(), probe::keys);
    }
}
