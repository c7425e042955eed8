package dev.pogo.samples;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;
import dev.pogo.ThreadKind;
import dev.pogo.process.ProcessWorkers;
import dev.pogo.samples.jobs.Spin;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.time.Duration;
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
        PrintWriter out = spec.commandLine().getOut();
        try (PogoRuntime runtime = PogoRuntime.start(config)) {
            long worker;
            // So that it is not the start of a JVM that is seen.
            try (PogoScope scope = runtime.open()) {
                Task<Spin.Spun> first = scope.spawn(PROCESSES, Spin.class, new Spin.Args(0));
                worker = first.await(Duration.ofSeconds(30)).pid();
            }
            out.printf(
                    "A job spins for %d ms and heeds no interrupt. The deadline of its request is"
                            + " %d ms:%n",
                    spin.toMillis(), deadline.toMillis());
            request(runtime, THREADS, "nothing could stop the thread, it spun on to its end");
            request(runtime, PROCESSES, "process " + worker + " was killed at the deadline");
        } catch (TaskFailedException e) {
            // There are systems on which no worker can be started.
            PrintWriter err = spec.commandLine().getErr();
            err.println(spec.qualifiedName() + ": " + e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
        return 0;
    }

    /**
     * Runs the job in a request, and says when that was over.
     *
     * @param ending how the job comes to its end if the deadline has passed before
     */
    private void request(PogoRuntime runtime, String pool, String ending)
            throws InterruptedException {
        long began = System.nanoTime();
        Task<Spin.Spun> task;
        try (PogoScope scope = runtime.open(deadline)) {
            task = scope.spawn(pool, Spin.class, new Spin.Args(spin.toMillis()));
            scope.settle(deadline.plusSeconds(1)); // it is the deadline that is to end it
        }
        String became =
                switch (task.state()) {
                    case SUCCEEDED -> "the job was done in time";
                    case CANCELLED -> ending;
                    default -> Run.failure(task);
                };
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "%-10s over after %5.0f ms: %s%n",
                        pool,
                        (System.nanoTime() - began) / 1e6,
                        became);
    }
}
