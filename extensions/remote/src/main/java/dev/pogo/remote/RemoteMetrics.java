package dev.pogo.remote;

import dev.pogo.PogoRuntime;
import dev.pogo.Pool;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The metrics of the pools of a runtime whose jobs run on other machines, tagged with {@code pool},
 * or of a host, tagged with {@code queue} and {@code pool}. Their names in Prometheus are:
 *
 * <ul>
 *   <li>{@code pogo_remote_hosts}: number of hosts that serve the queue
 *   <li>{@code pogo_remote_queue_depth}: number of requests in the queue, of all callers
 *   <li>{@code pogo_remote_in_flight}: number of requests that wait for a host or for its answer
 *   <li>{@code pogo_remote_requests_total}: number of requests that have ended, tagged with {@code
 *       outcome}: {@code answered}, {@code refused}, {@code unclaimed}, {@code cancelled}, {@code
 *       lost} or {@code not_sent}
 *   <li>{@code pogo_remote_round_trip_seconds}: how long answered requests took
 *   <li>{@code pogo_remote_host_running}: number of jobs that run on the host
 *   <li>{@code pogo_remote_host_claimed_total}: number of requests that the host has claimed
 *   <li>{@code pogo_remote_host_requests_total}: number of claimed requests that have ended, tagged
 *       with {@code outcome}: {@code done}, {@code failed}, {@code cancelled}, {@code expired},
 *       {@code not_allowed}, {@code malformed} or {@code too_large}
 *   <li>{@code pogo_remote_host_unheard_total}: number of answers that nobody waited for any more
 * </ul>
 *
 * <p>Needs Micrometer, an optional dependency. Bind a registry only once for each runtime or host.
 * Any thread may bind.
 */
public final class RemoteMetrics implements MeterBinder {
    private final Consumer<MeterRegistry> binding;

    private RemoteMetrics(Consumer<MeterRegistry> binding) {
        this.binding = binding;
    }

    /**
     * Returns the metrics of a runtime's pools whose jobs run on other machines.
     *
     * @param runtime the runtime
     * @return a binder for registries
     */
    public static RemoteMetrics of(PogoRuntime runtime) {
        Objects.requireNonNull(runtime, "runtime");
        return new RemoteMetrics(registry ->
                runtime.pools().stream()
                        .filter(RemoteWorkers::isUsedBy)
                        .forEach(pool -> bindPool(registry, pool)));
    }

    /**
     * Returns the metrics of a host.
     *
     * @param host the host
     * @return a binder for registries
     */
    public static RemoteMetrics of(JobHost host) {
        Objects.requireNonNull(host, "host");
        return new RemoteMetrics(registry -> {
            for (int i = 0; i < host.stats().size(); i++) {
                int index = i;
                bindHost(registry, host, of -> of.stats().get(index));
            }
        });
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        binding.accept(Objects.requireNonNull(registry, "registry"));
    }

    private static void bindPool(MeterRegistry registry, Pool pool) {
        Meters<Pool, RemoteStats> meters =
                new Meters<>(registry, pool, RemoteWorkers::stats, Tags.of("pool", pool.name()));
        meters.gauge("pogo.remote.hosts", "hosts that serve the queue", RemoteStats::hosts);
        meters.gauge("pogo.remote.queue.depth", "requests in the queue", RemoteStats::queued);
        meters.gauge(
                "pogo.remote.in.flight",
                "requests that wait for a host or for its answer",
                RemoteStats::inFlight);
        Outcomes<RemoteStats> requests = meters.outcomes("pogo.remote.requests");
        requests.counter("answered", RemoteStats::answered);
        requests.counter("refused", RemoteStats::refused);
        requests.counter("unclaimed", RemoteStats::unclaimed);
        requests.counter("cancelled", RemoteStats::cancelled);
        requests.counter("lost", RemoteStats::lost);
        requests.counter("not_sent", RemoteStats::notSent);
        FunctionTimer.builder(
                        "pogo.remote.round.trip",
                        pool,
                        of -> RemoteWorkers.stats(of).answered(),
                        of -> RemoteWorkers.stats(of).roundTrips().toNanos(),
                        TimeUnit.NANOSECONDS)
                .description("time that answered requests took")
                .tags(meters.tags())
                .register(registry);
    }

    private static void bindHost(
            MeterRegistry registry, JobHost host, Function<JobHost, HostStats> stats) {
        HostStats now = stats.apply(host);
        Meters<JobHost, HostStats> meters =
                new Meters<>(
                        registry, host, stats, Tags.of("queue", now.queue(), "pool", now.pool()));
        meters.gauge("pogo.remote.host.running", "jobs that run", HostStats::running);
        meters.counter(
                "pogo.remote.host.claimed", "requests that were claimed", HostStats::claimed);
        meters.counter(
                "pogo.remote.host.unheard",
                "answers that nobody waited for any more",
                HostStats::unheard);
        Outcomes<HostStats> requests = meters.outcomes("pogo.remote.host.requests");
        requests.counter("done", HostStats::done);
        requests.counter("failed", HostStats::failed);
        requests.counter("cancelled", HostStats::cancelled);
        requests.counter("expired", HostStats::expired);
        requests.counter("not_allowed", HostStats::notAllowed);
        requests.counter("malformed", HostStats::malformed);
        requests.counter("too_large", HostStats::tooLarge);
    }

    /** The meters of one pool or queue. The registry keeps the owner only weakly. */
    private record Meters<O, S>(MeterRegistry registry, O owner, Function<O, S> stats, Tags tags) {
        void gauge(String name, String description, ToDoubleFunction<S> figure) {
            Gauge.builder(name, owner, of -> figure.applyAsDouble(stats.apply(of)))
                    .description(description)
                    .tags(tags)
                    .register(registry);
        }

        void counter(String name, String description, ToDoubleFunction<S> figure) {
            counter(name, description, tags, figure);
        }

        private void counter(
                String name, String description, Tags all, ToDoubleFunction<S> figure) {
            FunctionCounter.builder(name, owner, of -> figure.applyAsDouble(stats.apply(of)))
                    .description(description)
                    .tags(all)
                    .register(registry);
        }

        Outcomes<S> outcomes(String name) {
            return (outcome, figure) ->
                    counter(name, "requests that have ended", tags.and("outcome", outcome), figure);
        }
    }

    /** The counters of one metric, by outcome. */
    private interface Outcomes<S> {
        void counter(String outcome, ToDoubleFunction<S> figure);
    }
}
