package dev.pogo.benchmarks.remote;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.benchmarks.measure.Contender;
import dev.pogo.process.ProcessWorkerStats;
import dev.pogo.process.ProcessWorkers;
import dev.pogo.remote.RemoteWorkers;

import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** A job of Pogo, each in a scope of its own, in a pool of one kind or another. */
final class PogoJob implements Contender {
    /** As many as the machine has processors; a worker process does one job at a time. */
    static final int WORKERS = Runtime.getRuntime().availableProcessors();

    private static final String POOL = "jobs";
    private static final Duration LONG = Duration.ofSeconds(20);

    private final PogoRuntime runtime;
    private final Object args;
    private final Supplier<Set<Long>> hosts;

    private PogoJob(PogoRuntime runtime, Object args, Supplier<Set<Long>> hosts) {
        this.runtime = runtime;
        this.args = args;
        this.hosts = hosts;
    }

    private static PogoRuntime start(PoolConfig pool) {
        return PogoRuntime.start(PogoConfig.defaults().withPool(pool));
    }

    static PogoJob inThisProcess() {
        PoolConfig pool = PoolConfig.named(POOL).withNumThreads(Fleet.PERMITS);
        return new PogoJob(start(pool), 1, Set::of);
    }

    static PogoJob inWorkerProcesses() {
        PoolConfig pool =
                PoolConfig.named(POOL)
                        .withNumThreads(WORKERS)
                        .withWorker(ProcessWorkers.jvm().withMinWorkers(WORKERS));
        PogoRuntime runtime = start(pool);
        return new PogoJob(runtime, 1, () -> workers(runtime));
    }

    private static Set<Long> workers(PogoRuntime runtime) {
        return ProcessWorkers.stats(runtime.pool(POOL)).workers().stream()
                .map(ProcessWorkerStats.WorkerStats::pid)
                .collect(Collectors.toSet());
    }

    static PogoJob remote(Fleet fleet, Object args) {
        PoolConfig pool =
                PoolConfig.named(POOL)
                        .withNumThreads(Fleet.PERMITS)
                        .withWorker(RemoteWorkers.redis(fleet.url(), fleet.queue()));
        return new PogoJob(start(pool), args, fleet::pids);
    }

    @Override
    public Caller caller() {
        return () -> {
            try (PogoScope scope = runtime.open()) {
                Object result = scope.spawn(POOL, Echo.class, args).await(LONG);
                if (!args.equals(result)) {
                    throw new IllegalStateException(args + " came back as " + result);
                }
            }
        };
    }

    @Override
    public Set<Long> hosts() {
        return hosts.get();
    }

    @Override
    public void close() {
        runtime.close();
    }
}
