package dev.pogo.micrometer;

import dev.pogo.Pool;
import dev.pogo.process.ProcessWorkerStats;
import dev.pogo.process.ProcessWorkers;
import dev.pogo.process.RestartCause;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;

import org.jspecify.annotations.Nullable;

import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The gauges and counters of one pool's worker processes in one registry. */
record ProcessMetrics(MeterRegistry registry, Pool pool, Tags tags) {
    void register() {
        workers("pogo.process.workers.active", "running a job", ProcessWorkerStats::active);
        workers("pogo.process.workers", "that there are", ProcessWorkerStats::total);
        workers("pogo.process.workers.peak", "that there were at most", ProcessWorkerStats::peak);
        gauge(
                "pogo.process.queue.depth",
                "tasks that have a permit and wait for a worker process",
                null,
                ProcessWorkerStats::waiting);
        memory("pogo.process.shm.size", "that there are", ProcessWorkerStats::shmTotal);
        memory("pogo.process.shm.used", "in use", ProcessWorkerStats::shmUsed);
        memory(
                "pogo.process.shm.fragmented",
                "free, but outside the largest free piece",
                ProcessWorkerStats::shmFragmented);
        counter(
                "pogo.process.jobs",
                "jobs that worker processes have answered",
                tags,
                ProcessWorkerStats::jobs);
        for (RestartCause cause : RestartCause.values()) {
            counter(
                    "pogo.process.restarts",
                    "worker processes that had to be replaced",
                    tags.and("cause", cause.name().toLowerCase(Locale.ROOT)),
                    stats -> stats.restarts().getOrDefault(cause, 0L));
        }
    }

    private void workers(String name, String which, ToDoubleFunction<ProcessWorkerStats> figure) {
        gauge(name, "worker processes " + which, null, figure);
    }

    private void memory(String name, String which, ToDoubleFunction<ProcessWorkerStats> figure) {
        gauge(name, "bytes of shared memory " + which, BaseUnits.BYTES, figure);
    }

    private void gauge(
            String name,
            String description,
            @Nullable String unit,
            ToDoubleFunction<ProcessWorkerStats> figure) {
        Gauge.builder(name, pool, of -> figure.applyAsDouble(ProcessWorkers.stats(of)))
                .description(description)
                .baseUnit(unit)
                .tags(tags)
                .register(registry);
    }

    private void counter(
            String name,
            String description,
            Tags tags,
            ToDoubleFunction<ProcessWorkerStats> figure) {
        FunctionCounter.builder(name, pool, of -> figure.applyAsDouble(ProcessWorkers.stats(of)))
                .description(description)
                .tags(tags)
                .register(registry);
    }
}
