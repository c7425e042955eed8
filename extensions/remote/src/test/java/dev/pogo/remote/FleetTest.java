package dev.pogo.remote;

import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

import java.time.Duration;

/** A test with callers and hosts, which are closed after it. */
@ExtendWith(RedisExtension.class)
abstract class FleetTest {
    /** Three heartbeats, and what this machine may add while others use it. */
    static final Duration NOTICED = Fleet.BEAT.multipliedBy(3).plusSeconds(2);

    final RedisServer server;
    Fleet fleet;
    Probe probe;

    FleetTest(RedisServer server) {
        this.server = server;
        fleet = new Fleet(server);
        probe = new Probe(server);
    }

    @BeforeEach
    final void start() {
        fleet = new Fleet(server);
        probe = new Probe(server);
    }

    @AfterEach
    final void close() {
        fleet.close();
    }
}
