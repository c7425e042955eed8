package dev.pogo.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.Eventually;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

class PogoMetricsTest {
    private final PogoRuntime runtime =
            PogoRuntime.start(
                    PogoConfig.defaults()
                            .withPool(PoolConfig.named("default").withNumThreads(2))
                            .withPool(
                                    PoolConfig.named("db")
                                            .withNumThreads(1)
                                            .withMaxWait(ofMillis(20))));
    private final MeterRegistry registry = new SimpleMeterRegistry();

    @AfterEach
    void close() {
        runtime.close();
    }

    @Test
    void bindTo_prometheus_hasTheNames() {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        PogoMetrics.of(runtime).bindTo(prometheus);
        try (PogoScope scope = runtime.open()) {
            scope.spawn(() -> 1);
            scope.settle(ofSeconds(20));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        List<String> lines = prometheus.scrape().lines().toList();
        for (String line :
                List.of(
                        "pogo_workers_active{pool=\"default\"} 0.0",
                        "pogo_pool_size{pool=\"default\"} 2.0",
                        "pogo_pool_size{pool=\"db\"} 1.0",
                        "pogo_queue_depth{pool=\"db\"} 0.0",
                        "pogo_tasks_stuck{pool=\"default\"} 0.0",
                        "pogo_task_wait_seconds_count{pool=\"default\"} 1",
                        "pogo_task_run_seconds_count{pool=\"default\"} 1",
                        "pogo_tasks_total{outcome=\"succeeded\",pool=\"default\"} 1.0",
                        "pogo_tasks_total{outcome=\"failed\",pool=\"default\"} 0.0",
                        "pogo_tasks_total{outcome=\"cancelled\",pool=\"default\"} 0.0",
                        "pogo_tasks_total{outcome=\"saturated\",pool=\"db\"} 0.0")) {
            assertTrue(lines.contains(line), () -> line + " is not in " + lines);
        }
    }

    @Test
    void gauges_tasksRunWaitAndDoNotStop_followThem() throws InterruptedException {
        PogoMetrics.of(runtime, Tags.of("service", "shop")).bindTo(registry);
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        Task<?> stubborn;
        try (PogoScope scope = runtime.open()) {
            stubborn =
                    scope.spawn(
                            "db",
                            () -> {
                                started.countDown();
                                while (true) {
                                    try {
                                        return released.await(20, TimeUnit.SECONDS);
                                    } catch (InterruptedException e) {
                                        // goes on
                                    }
                                }
                            });
            assertTrue(started.await(20, TimeUnit.SECONDS));
            assertEquals(1, gauge("pogo.workers.active"));
            assertEquals(0, gauge("pogo.tasks.stuck"));
            stubborn.cancel();
            Eventually.isTrue(() -> gauge("pogo.tasks.stuck") == 1);
            Task<?> late = scope.spawn("db", () -> 1);
            assertEquals(1, gauge("pogo.queue.depth"));
            scope.settle(ofSeconds(20));
            assertEquals(Task.State.FAILED, late.state());
            released.countDown();
        }
        assertEquals(0, gauge("pogo.workers.active"));
        assertEquals(0, gauge("pogo.queue.depth"));
        assertEquals(1, tasks("saturated"));
        assertEquals(1, tasks("cancelled"));
        assertEquals(2, timer("pogo.task.wait").count());
        assertEquals(1, timer("pogo.task.run").count());
        assertTrue(timer("pogo.task.wait").max(TimeUnit.MILLISECONDS) >= 20);
        double nanos = timer("pogo.task.run").totalTime(TimeUnit.NANOSECONDS);
        assertEquals((double) stubborn.ran().toNanos(), nanos);
        for (Meter meter : registry.getMeters()) {
            assertEquals("shop", meter.getId().getTag("service"), meter.getId()::toString);
        }
        assertEquals(0, registry.get("pogo.queue.depth").tag("pool", "default").gauge().value());
    }

    @Test
    void timers_taskEndedBeforeTheBinding_doNotHaveIt() throws InterruptedException {
        try (PogoScope scope = runtime.open()) {
            scope.spawn("db", () -> 1).await();
        }
        PogoMetrics.of(runtime).bindTo(registry);
        assertEquals(0, timer("pogo.task.run").count());
        assertEquals(1, tasks("succeeded"));
    }

    @Test
    void example_works() throws InterruptedException {
        // @start region="example"
        PogoMetrics.of(runtime).bindTo(registry);
        // @end
        try (PogoScope scope = runtime.open()) {
            Task<?> task =
                    scope.spawn(
                            "db",
                            () -> {
                                throw new IllegalStateException("test");
                            });
            assertThrows(TaskFailedException.class, task::await);
        }
        assertEquals(1, tasks("failed"));
    }

    private double gauge(String name) {
        return registry.get(name).tag("pool", "db").gauge().value();
    }

    private double tasks(String outcome) {
        return registry.get("pogo.tasks")
                .tags("pool", "db", "outcome", outcome)
                .functionCounter()
                .count();
    }

    private Timer timer(String name) {
        return registry.get(name).tag("pool", "db").timer();
    }
}
