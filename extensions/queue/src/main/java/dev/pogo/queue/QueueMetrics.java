package dev.pogo.queue;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * The metrics of queues, tagged with {@code queue}. Their names in Prometheus are:
 *
 * <ul>
 *   <li>{@code pogo_queue_pending}, {@code pogo_queue_delayed}, {@code pogo_queue_reserved} and
 *       {@code pogo_queue_failed}: number of messages in the backend, those of all processes. The
 *       backend is asked at most once a second; while it does not answer, they are NaN
 *   <li>{@code pogo_queue_pushes_total}: number of pushes by this process, tagged with {@code
 *       code}: {@code accepted}, {@code queue_full}, {@code worker_unavailable}, {@code
 *       payload_too_large}, {@code shutting_down} or {@code backend_failure}
 *   <li>{@code pogo_queue_deliveries_total}: number of deliveries to this process that have ended,
 *       tagged with {@code outcome}: {@code succeeded}, {@code failed} or {@code returned}, which
 *       means that the job was not attempted to its end
 *   <li>{@code pogo_queue_dead_letters_total}: number of deliveries to this process that have
 *       failed for the last time
 *   <li>{@code pogo_queue_handling_seconds}: time from the reservation to the end of the job, of
 *       deliveries that have succeeded or failed
 *   <li>{@code pogo_queue_backend_errors_total}: number of operations of this process that have
 *       failed because of the backend
 * </ul>
 *
 * <p>Needs Micrometer, an optional dependency. Bind a registry only once for each {@link
 * PogoQueue}. Any thread may bind.
 */
public final class QueueMetrics implements MeterBinder {
    private final PogoQueue queues;

    private QueueMetrics(PogoQueue queues) {
        this.queues = queues;
    }

    /**
     * Returns the metrics of queues.
     *
     * @param queues the queues
     * @return a binder for registries
     */
    public static QueueMetrics of(PogoQueue queues) {
        return new QueueMetrics(Objects.requireNonNull(queues, "queues"));
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Objects.requireNonNull(registry, "registry");
        for (NamedQueue queue : queues.queues()) {
            new Meters(registry, queue, Tags.of("queue", queue.name())).bind();
        }
    }

    /** The meters of one queue. The registry keeps the queue only weakly. */
    private record Meters(MeterRegistry registry, NamedQueue queue, Tags tags) {
        void bind() {
            gauge("pending", "messages that can be delivered", QueueStore.Numbers::pending);
            gauge("delayed", "messages that can be delivered later", QueueStore.Numbers::delayed);
            gauge("reserved", "messages that are being delivered", QueueStore.Numbers::reserved);
            gauge("failed", "dead letters", QueueStore.Numbers::failed);
            for (QueueCode code : QueueCode.values()) {
                if (code != QueueCode.QUEUE_UNKNOWN && code != QueueCode.DELIVERY_UNKNOWN) {
                    counter(
                            "pushes",
                            "pushes by this process",
                            tags.and("code", code.name().toLowerCase(Locale.ROOT)),
                            counters -> counters.pushes(code).sum());
                }
            }
            deliveries("succeeded", counters -> counters.succeeded.sum());
            deliveries("failed", counters -> counters.failed.sum());
            deliveries("returned", counters -> counters.returned.sum());
            counter(
                    "dead.letters",
                    "failed deliveries that were the last attempt",
                    tags,
                    counters -> counters.deadLettered.sum());
            counter(
                    "backend.errors",
                    "operations that have failed because of the backend",
                    tags,
                    counters -> counters.backendErrors.sum());
            FunctionTimer.builder(
                            "pogo.queue.handling",
                            queue,
                            of -> of.counters().attempted(),
                            of -> of.counters().handlingNanos.sum(),
                            TimeUnit.NANOSECONDS)
                    .description("time from the reservation to the end of the job")
                    .tags(tags)
                    .register(registry);
        }

        private void gauge(
                String name, String description, ToDoubleFunction<QueueStore.Numbers> figure) {
            Gauge.builder("pogo.queue." + name, queue, of -> of.recent(figure))
                    .description(description)
                    .tags(tags)
                    .register(registry);
        }

        private void deliveries(String outcome, ToDoubleFunction<Counters> figure) {
            counter(
                    "deliveries",
                    "deliveries to this process that have ended",
                    tags.and("outcome", outcome),
                    figure);
        }

        private void counter(
                String name, String description, Tags all, ToDoubleFunction<Counters> figure) {
            FunctionCounter.builder(
                            "pogo.queue." + name, queue, of -> figure.applyAsDouble(of.counters()))
                    .description(description)
                    .tags(all)
                    .register(registry);
        }
    }
}
