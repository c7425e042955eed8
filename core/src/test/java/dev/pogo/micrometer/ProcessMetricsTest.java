package dev.pogo.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.AwaitTimeoutException;
import dev.pogo.Eventually;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.Task;
import dev.pogo.engine.Runtimes;
import dev.pogo.process.ProcessWorkers;
import dev.pogo.process.RemoteJobs;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** The metrics of pools whose jobs run in other processes. */
class ProcessMetricsTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int MEMORY = 1 << 20;

    private final PogoRuntime runtime =
            Runtimes.start(
                    PogoConfig.defaults()
                            .withPool(
                                    PoolConfig.named("far")
                                            .withNumThreads(2)
                                            .withWorker(
                                                    ProcessWorkers.jvm()
                                                            .withMaxWorkers(1)
                                                            .withShmSize(MEMORY))));

    @Test
    void bindTo_prometheus_hasTheNames() throws InterruptedException {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        PogoMetrics.of(runtime).bindTo(prometheus);
        echo();
        List<String> lines = prometheus.scrape().lines().toList();
        for (String line :
                List.of(
                        "pogo_pool_size{pool=\"far\"} 2.0",
                        "pogo_process_workers_active{pool=\"far\"} 0.0",
                        "pogo_process_workers{pool=\"far\"} 1.0",
                        "pogo_process_workers_peak{pool=\"far\"} 1.0",
                        "pogo_process_queue_depth{pool=\"far\"} 0.0",
                        "pogo_process_jobs_total{pool=\"far\"} 1.0",
                        "pogo_process_restarts_total{cause=\"crashed\",pool=\"far\"} 0.0",
                        "pogo_process_restarts_total{cause=\"job_timeout\",pool=\"far\"} 0.0",
                        "pogo_process_shm_size_bytes{pool=\"far\"} 1048576.0",
                        "pogo_process_shm_used_bytes{pool=\"far\"} 524288.0",
                        "pogo_process_shm_fragmented_bytes{pool=\"far\"} 0.0")) {
            assertTrue(lines.contains(line), () -> line + " is not in " + lines);
        }
        assertTrue(
                lines.stream()
                        .noneMatch(line ->
                                line.startsWith("pogo_process_") && line.contains("\"default\"")),
                lines::toString);
    }

    @Test
    void gauges_jobsRunWaitAndAreKilled_followThem() throws InterruptedException {
        MeterRegistry registry = new SimpleMeterRegistry();
        PogoMetrics.of(runtime).bindTo(registry);
        assertNull(registry.find("pogo.process.jobs").tag("pool", "default").functionCounter());
        echo();
        try (PogoScope scope = runtime.open()) {
            Task<?> spinning = scope.spawn("far", RemoteJobs.Spin.class, null);
            Eventually.isTrue(() -> gauge(registry, "workers.active") == 1);
            scope.spawn("far", RemoteJobs.Echo.class, "waits");
            Eventually.isTrue(() -> gauge(registry, "queue.depth") == 1);
            assertEquals(2, registry.get("pogo.workers.active").tag("pool", "far").gauge().value());
            assertThrows(AwaitTimeoutException.class, () -> spinning.await(Duration.ofMillis(20)));
            Eventually.isTrue(() -> restarts(registry, "cancelled") == 1);
        }
        assertEquals(0, gauge(registry, "queue.depth"));
        assertEquals(0, restarts(registry, "crashed"));
        assertEquals(1, gauge(registry, "workers.peak"));
        assertEquals(MEMORY, gauge(registry, "shm.size"));
    }

    private void echo() throws InterruptedException {
        try (PogoScope scope = runtime.open()) {
            assertEquals("a", scope.spawn("far", RemoteJobs.Echo.class, "a").await(LONG));
        }
    }

    private static double gauge(MeterRegistry registry, String name) {
        return registry.get("pogo.process." + name).tag("pool", "far").gauge().value();
    }

    private static double restarts(MeterRegistry registry, String cause) {
        return registry.get("pogo.process.restarts")
                .tags("pool", "far", "cause", cause)
                .functionCounter()
                .count();
    }
}
