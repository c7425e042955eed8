package dev.pogo.micrometer;

import dev.pogo.PogoRuntime;
import dev.pogo.Pool;
import dev.pogo.PoolStats;
import dev.pogo.Task;
import dev.pogo.TaskListener;
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
 * The metrics of a runtime's pools, all tagged with {@code pool}. Their names in Prometheus are:
 *
 * <ul>
 *   <li>{@code pogo_workers_active}: number of permits taken
 *   <li>{@code pogo_workers_total}: number of permits; constant, and a counter only because
 *       Prometheus' client does not leave this suffix on a gauge
 *   <li>{@code pogo_queue_depth}: number of tasks that wait for a permit
 *   <li>{@code pogo_tasks_stuck}: number of tasks that have been cancelled and are still running
 *   <li>{@code pogo_tasks_total}: number of tasks that have ended since the start of the runtime,
 *       tagged with {@code outcome}: {@code succeeded}, {@code failed}, {@code cancelled} or {@code
 *       saturated}
 *   <li>{@code pogo_task_wait_seconds} and {@code pogo_task_run_seconds}: how long tasks waited and
 *       how long their work ran, for tasks that have ended since the metrics were bound; timers, so
 *       that a registry's filters can enable histograms
 * </ul>
 *
 * <p>Pools whose jobs run in {@linkplain ProcessWorkers worker processes} also have:
 *
 * <ul>
 *   <li>{@code pogo_process_workers_active}, {@code pogo_process_workers} and {@code
 *       pogo_process_workers_peak}: number of processes running a job, number of processes, and
 *       largest number of processes so far
 *   <li>{@code pogo_process_queue_depth}: number of tasks that have a permit and wait for a process
 *   <li>{@code pogo_process_jobs_total}: number of jobs that have been answered
 *   <li>{@code pogo_process_restarts_total}: number of processes that had to be replaced, tagged
 *       with {@code cause}: a {@link dev.pogo.process.RestartCause} in lower case
 *   <li>{@code pogo_process_shm_size_bytes}, {@code pogo_process_shm_used_bytes} and {@code
 *       pogo_process_shm_fragmented_bytes}: size of the shared memory, how much of it is in use,
 *       and how much is free but not part of the largest free block; 0 if there is none
 * </ul>
 *
 * {@snippet file="dev/pogo/micrometer/PogoMetricsTest.java" region="example"}
 *
 * <p>Bind a registry only once for each runtime. The metrics of a second runtime need different
 * tags. Any thread may bind.
 */
public final class PogoMetrics implements MeterBinder {
    private final PogoRuntime runtime;
    private final Tags tags;

    private PogoMetrics(PogoRuntime runtime, Tags tags) {
        this.runtime = runtime;
        this.tags = tags;
    }

    /**
     * Returns the metrics of a runtime, with no tags other than those of Pogo.
     *
     * @param runtime the runtime that has the pools
     * @return a binder for registries
     */
    public static PogoMetrics of(PogoRuntime runtime) {
        return of(runtime, Tags.empty());
    }

    /**
     * Returns the metrics of a runtime, with additional tags.
     *
     * @param runtime the runtime that has the pools
     * @param tags the tags that each metric has besides {@code pool} and {@code outcome}
     * @return a binder for registries
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
        runtime.addTaskListener(new Recorder(times));
    }

    /** Records the times of the tasks of all pools. */
    private record Recorder(Map<String, Times> times) implements TaskListener {
        @Override
        public void ended(Task<?> task) {
            Objects.requireNonNull(times.get(task.pool())).record(task);
        }

        @Override
        public boolean seesFailures() {
            return false;
        }
    }

    /** The timers of one pool's tasks. */
    private record Times(Timer waits, Timer runs) {
        static Times of(MeterRegistry registry, Tags tags) {
            return new Times(
                    Timer.builder("pogo.task.wait")
                            .description("time that tasks waited for a permit and for their thread")
                            .tags(tags)
                            .register(registry),
                    Timer.builder("pogo.task.run")
                            .description("time that the work of tasks ran")
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

    /** The gauges and counters of one pool in one registry. */
    private record Binding(MeterRegistry registry, Pool pool, Tags tags) {
        void register() {
            gauge("pogo.workers.active", "running tasks", PoolStats::running);
            gauge("pogo.queue.depth", "tasks that wait for a permit", PoolStats::waiting);
            gauge(
                    "pogo.tasks.stuck",
                    "tasks that have run for more than a second since their cancellation",
                    PoolStats::stuck);
            gauge("pogo.pool.size", "permits", PoolStats::size);
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
