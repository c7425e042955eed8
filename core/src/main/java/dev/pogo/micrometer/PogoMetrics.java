package dev.pogo.micrometer;

import dev.pogo.PogoRuntime;
import dev.pogo.Pool;
import dev.pogo.PoolStats;
import dev.pogo.Task;
import dev.pogo.process.ProcessWorkers;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/**
 * The metrics of a runtime's pools, all with the tag {@code pool}. As Prometheus names them:
 *
 * <ul>
 *   <li>{@code pogo_workers_active}: how many permits are taken
 *   <li>{@code pogo_workers_total}: how many there are; always the same, and a counter only because
 *       Prometheus' client leaves that ending to no gauge
 *   <li>{@code pogo_queue_depth}: how many tasks wait for one
 *   <li>{@code pogo_tasks_stuck}: how many tasks have been cancelled and go on
 *   <li>{@code pogo_tasks_total}: how many tasks have ended since the start of the runtime, with
 *       the tag {@code outcome}: {@code succeeded}, {@code failed}, {@code cancelled} or {@code
 *       saturated}
 *   <li>{@code pogo_task_wait_seconds} and {@code pogo_task_run_seconds}: how long tasks waited and
 *       how long their work ran, of those that have ended since the metrics were bound; timers, so
 *       that a registry's filters may ask for histograms
 * </ul>
 *
 * <p>Pools whose jobs run in {@linkplain ProcessWorkers worker processes} have these besides:
 *
 * <ul>
 *   <li>{@code pogo_process_workers_active}, {@code pogo_process_workers} and {@code
 *       pogo_process_workers_peak}: how many processes run a job, how many there are, and how many
 *       there were at most
 *   <li>{@code pogo_process_queue_depth}: how many tasks have a permit and wait for a process
 *   <li>{@code pogo_process_jobs_total}: how many jobs have been answered
 *   <li>{@code pogo_process_restarts_total}: how many processes had to be replaced, with the tag
 *       {@code cause}: a {@link dev.pogo.process.RestartCause} in lower case
 *   <li>{@code pogo_process_shm_size_bytes}, {@code pogo_process_shm_used_bytes} and {@code
 *       pogo_process_shm_fragmented_bytes}: the shared memory, how much of it is in use, and how
 *       much is free but not with the largest free piece; 0 where there is none
 * </ul>
 *
 * {@snippet file="dev/pogo/micrometer/PogoMetricsTest.java" region="example"}
 *
 * <p>A registry is to be bound once for each runtime; for a second runtime the tags have to differ.
 * Any thread may bind.
 */
public final class PogoMetrics implements MeterBinder {
    private final PogoRuntime runtime;
    private final Tags tags;

    private PogoMetrics(PogoRuntime runtime, Tags tags) {
        this.runtime = runtime;
        this.tags = tags;
    }

    /**
     * The metrics of a runtime, without tags but those of Pogo.
     *
     * @param runtime whose pools they are
     * @return what a registry can be bound to
     */
    public static PogoMetrics of(PogoRuntime runtime) {
        return of(runtime, Tags.empty());
    }

    /**
     * The metrics of a runtime, with further tags.
     *
     * @param runtime whose pools they are
     * @param tags what each of them has besides {@code pool} and {@code outcome}
     * @return what a registry can be bound to
     */
    public static PogoMetrics of(PogoRuntime runtime, Iterable<Tag> tags) {
        Objects.requireNonNull(runtime, "runtime");
        return new PogoMetrics(runtime, Tags.of(Objects.requireNonNull(tags, "tags")));
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Objects.requireNonNull(registry, "registry");
        Map<String, Times> times = new HashMap<>();
        for (Pool pool : runtime.pools()) {
            Tags own = tags.and("pool", pool.name());
            new Binding(registry, pool, own).register();
            if (ProcessWorkers.isUsedBy(pool)) {
                new ProcessMetrics(registry, pool, own).register();
            }
            times.put(pool.name(), Times.of(registry, own));
        }
        runtime.addTaskListener(
                task -> Objects.requireNonNull(times.get(task.pool())).record(task));
    }

    /** How long the tasks of one pool take. */
    private record Times(Timer waits, Timer runs) {
        static Times of(MeterRegistry registry, Tags tags) {
            return new Times(
                    Timer.builder("pogo.task.wait")
                            .description("how long tasks waited for a permit and their thread")
                            .tags(tags)
                            .register(registry),
                    Timer.builder("pogo.task.run")
                            .description("how long the work of tasks ran")
                            .tags(tags)
                            .register(registry));
        }

        void record(Task<?> task) {
            waits.record(task.waited());
            Duration ran = task.ran();
            if (ran.isPositive()) {
                runs.record(ran);
            }
        }
    }

    /** One pool's gauges and counters in one registry. */
    private record Binding(MeterRegistry registry, Pool pool, Tags tags) {
        void register() {
            gauge("pogo.workers.active", "tasks that run", PoolStats::running);
            gauge("pogo.queue.depth", "tasks that wait for a permit", PoolStats::waiting);
            gauge("pogo.tasks.stuck", "cancelled tasks that go on", PoolStats::stuck);
            counter("pogo.workers", "permits", tags, PoolStats::size);
            outcomes("succeeded", PoolStats::succeeded);
            outcomes("failed", PoolStats::failed);
            outcomes("cancelled", PoolStats::cancelled);
            outcomes("saturated", PoolStats::saturated);
        }

        private void gauge(String name, String description, ToDoubleFunction<PoolStats> figure) {
            Gauge.builder(name, pool, of -> figure.applyAsDouble(of.stats()))
                    .description(description)
                    .tags(tags)
                    .register(registry);
        }

        private void outcomes(String outcome, ToDoubleFunction<PoolStats> figure) {
            counter("pogo.tasks", "tasks that have ended", tags.and("outcome", outcome), figure);
        }

        private void counter(
                String name, String description, Tags tags, ToDoubleFunction<PoolStats> figure) {
            FunctionCounter.builder(name, pool, of -> figure.applyAsDouble(of.stats()))
                    .description(description)
                    .tags(tags)
                    .register(registry);
        }
    }
}
