package dev.pogo.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.Job;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.testing.Eventually;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The meters of a queue. */
class QueueMetricsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    /** Fails if its payload says so. */
    public static final class MayFail implements Job<Delivery<Boolean>, @Nullable Void> {
        @Override
        public @Nullable Void handle(Delivery<Boolean> delivery) {
            if (delivery.payload()) {
                throw new IllegalStateException("as told");
            }
            return null;
        }
    }

    private double counter(String name, String... tags) {
        return registry.get(name).tag("queue", "default").tags(tags).functionCounter().count();
    }

    private double gauge(String name) {
        return registry.get(name).tag("queue", "default").gauge().value();
    }

    @Test
    void meters_ofAQueueThatIsUsed_haveItsNumbers() throws Exception {
        String job = MayFail.class.getName();
        PogoConfig config = PogoConfig.defaults().withJobs(List.of(job));
        QueueConfig queue =
                QueueConfig.defaults()
                        .withWorker(job, "default")
                        .withMaxPayloadBytes(10)
                        .withMaxAttempts(2)
                        .withRetryDelay(Duration.ofMillis(1), Duration.ofMillis(1));
        PogoQueue closedLater;
        try (PogoRuntime runtime = PogoRuntime.start(config);
                PogoQueue queues = PogoQueue.open(runtime, config, queue)) {
            closedLater = queues;
            QueueMetrics.of(queues).bindTo(registry);
            queues.push("default", false);
            queues.push("default", true);
            queues.push("default", false, Duration.ofHours(1));
            queues.push("default", "more than ten bytes");
            queues.consume();
            Eventually.reached(() -> counter("pogo.queue.dead.letters") == 1);
            Eventually.reached(() -> gauge("pogo.queue.failed") == 1);
            Eventually.reached(() -> counter("pogo.queue.deliveries", "outcome", "succeeded") == 1);
            assertEquals(2, counter("pogo.queue.deliveries", "outcome", "failed"));
            assertEquals(0, counter("pogo.queue.deliveries", "outcome", "returned"));
            assertEquals(3, counter("pogo.queue.pushes", "code", "accepted"));
            assertEquals(1, counter("pogo.queue.pushes", "code", "payload_too_large"));
            assertEquals(0, counter("pogo.queue.backend.errors"));
            assertEquals(1, gauge("pogo.queue.delayed"));
            assertEquals(0, gauge("pogo.queue.reserved"));
            assertEquals(0, gauge("pogo.queue.pending"));
            assertEquals(3, registry.get("pogo.queue.handling").functionTimer().count());
            assertTrue(
                    registry.get("pogo.queue.handling")
                                    .functionTimer()
                                    .totalTime(TimeUnit.NANOSECONDS)
                            > 0);
        }
        assertTrue(Double.isNaN(gauge("pogo.queue.pending")));
        assertEquals(List.of("default"), List.copyOf(closedLater.status().queues().keySet()));
    }
}
