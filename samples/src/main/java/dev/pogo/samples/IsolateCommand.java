package dev.pogo.samples;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.PoolStats;
import dev.pogo.ThreadKind;
import dev.pogo.process.ProcessWorkers;
import dev.pogo.samples.jobs.Spin;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/** A job that spins, under a deadline, in a pool of threads and in a pool of processes. */
@Command(
        name = "isolate",
        description =
                "Spins under a deadline, in a thread and in a process: the one goes on, the other"
                        + " is killed.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class IsolateCommand implements Callable<Integer> {
    private static final String THREADS = "threads";
    private static final String PROCESSES = "processes";

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            defaultValue = "500ms",
            description = "When the request has to be over.")
    private Duration deadline = Duration.ZERO;

    @Option(
            names = "--spin",
            paramLabel = "TIME",
            defaultValue = "3s",
            description = "How long the job computes if nothing stops it.")
    private Duration spin = Duration.ZERO;

    @Spec
    @SuppressWarnings("NullAway") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        PogoConfig config =
                PogoConfig.defaults()
                        .withPool(
                                PoolConfig.named(THREADS)
                                        .withNumThreads(1)
                                        .withThreads(ThreadKind.PLATFORM))
                        .withPool(
                                PoolConfig.named(PROCESSES)
                                        .withNumThreads(1)
                                        .withWorker(ProcessWorkers.jvm()));
        try (PogoRuntime runtime = PogoRuntime.start(config)) {
            // So that it is not the start of a JVM that is seen.
            try (PogoScope scope = runtime.open()) {
                scope.spawn(PROCESSES, Spin.class, new Spin.Args(0)).await(Duration.ofSeconds(30));
            }
            for (String pool : List.of(THREADS, PROCESSES)) {
                request(runtime, pool);
            }
        }
        return 0;
    }

    private void request(PogoRuntime runtime, String pool) {
        PrintWriter out = spec.commandLine().getOut();
        long began = System.nanoTime();
        try (PogoScope scope = runtime.open(deadline)) {
            scope.spawn(pool, Spin.class, new Spin.Args(spin.toMillis()));
            scope.settle(deadline.plusSeconds(1));
            out.printf(
                    Locale.ROOT,
                    "%-10s deadline passed after %5.0f ms: %s%n",
                    pool,
                    millisSince(began),
                    permits(runtime.pool(pool).stats()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        out.printf(
                Locale.ROOT,
                "%-10s closed after          %5.0f ms: %s%n",
                pool,
                millisSince(began),
                permits(runtime.pool(pool).stats()));
    }

    private static String permits(PoolStats stats) {
        return stats.running() == 0
                ? "nothing runs, the permit is free"
                : "the job runs on, and keeps its permit";
    }

    private static double millisSince(long began) {
        return (System.nanoTime() - began) / 1e6;
    }
}
