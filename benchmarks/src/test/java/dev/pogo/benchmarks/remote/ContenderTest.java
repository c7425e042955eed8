package dev.pogo.benchmarks.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.benchmarks.measure.Comparison;
import dev.pogo.benchmarks.measure.Figures;
import dev.pogo.benchmarks.measure.ServerWatch;
import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.time.Duration;
import java.util.Map;

/** What is compared does its jobs, where it says that it does them. */
@ExtendWith(RedisExtension.class)
class ContenderTest {
    private final RedisServer server;

    ContenderTest(RedisServer server) {
        this.server = server;
    }

    @Test
    void run_remoteJob_countsJobsAndWhatTheyTook() throws Exception {
        try (ServerWatch watch = new ServerWatch(server.port());
                Fleet fleet = Fleet.start(server.url(), "one", 1);
                PogoJob remote = PogoJob.remote(fleet, "x")) {
            remote.caller().call();
            Comparison measured =
                    Comparison.run(Map.of("remote", remote), 2, watch, 1, Duration.ofMillis(200));
            assertTrue(measured.median("remote", Figures::perSecond) > 0);
            assertTrue(measured.median("remote", figures -> figures.hosts().wakes()) > 0);
            assertTrue(measured.median("remote", figures -> figures.traffic().bytesIn()) > 0);
            assertEquals(1, measured.byBase("remote", Figures::p50));
        }
    }

    @Test
    void hosts_ofWorkerProcesses_areThere() throws Exception {
        try (PogoJob job = PogoJob.inWorkerProcesses()) {
            job.caller().call();
            assertFalse(job.hosts().isEmpty());
        }
    }
}
