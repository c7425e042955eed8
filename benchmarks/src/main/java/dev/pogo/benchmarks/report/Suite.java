package dev.pogo.benchmarks.report;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which benchmarks run with which parameters. Everything that is compared stands side by side: the
 * contenders of one size run one after the other, and the whole is repeated in rounds, so that a
 * machine that is slow for a while is so for all of them.
 */
final class Suite {
    private final List<RunResult> results = new ArrayList<>();

    /** What is not to be measured. */
    private final String excluded;

    /** The sizes of the fan-outs. */
    static final List<String> TASKS = List.of("1", "3", "10", "100", "1000");

    /**
     * Benchmarks to choose from.
     *
     * @param only a regular expression that is found in the names of those to measure
     */
    Suite(Pattern only) {
        excluded = "^(?!.*(" + only + "))";
    }

    /** What the smoke test asks. */
    void smoke() throws RunnerException {
        for (String tasks : List.of("2", "100", "10000")) {
            run(
                    benchmark("ParallelSleep")
                            .param("tasks", tasks)
                            .param("contender", "POGO", "EXECUTOR", "EXECUTOR_SEMAPHORE")
                            .forks(1)
                            .warmupIterations(3)
                            .verbosity(VerboseMode.SILENT));
        }
    }

    /** Each benchmark once, as small as it can be: only to see that all of them still work. */
    void check() throws RunnerException {
        run(once(benchmark("FanOut")).param("tasks", "3"));
        run(once(benchmark("ParallelSleep")).param("tasks", "2"));
        run(once(benchmark("Saturated")).param("permits", "8"));
        run(once(benchmark("Backlog\\.cancel")).param("tasks", "1000"));
        run(once(benchmark("Backlog\\.expire")).param("tasks", "100").param("of", EXPIRING));
        run(once(benchmark("Turns")).param("tasks", "1000").param("scopes", "10"));
        run(once(benchmark("Isolation")).param("tasks", "20"));
        run(once(benchmark("Fairness")).param("ahead", "500"));
        run(once(benchmark("JobClass")));
        run(once(benchmark("OpenClose")));
        run(once(benchmark("PlatformStart")));
        run(once(benchmark("Watched")));
        run(once(benchmark("RendezvousChannel")));
        run(once(benchmark("BufferedChannel")).param("capacity", "16"));
        run(once(benchmark("ProcessJob")));
        run(once(benchmark("ProcessThroughput")).param("workers", "2").param("work", "0"));
    }

    private static final String[] EXPIRING = {"POGO", "EXECUTOR_SEMAPHORE"};

    /** In this JVM: a fork for each would take minutes. */
    private static ChainedOptionsBuilder once(ChainedOptionsBuilder options) {
        return options.forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(10))
                .shouldFailOnError(true);
    }

    /** Everything. */
    void all(int rounds) throws RunnerException {
        for (int round = 0; round < rounds; round++) {
            for (String caller : List.of("FanOut", "FanOutOnVirtualThread")) {
                for (String tasks : TASKS) {
                    run(measured(benchmark(caller)).param("tasks", tasks));
                }
            }
            for (String permits : List.of("8", "64")) {
                run(measured(benchmark("Saturated")).param("permits", permits));
            }
            run(measured(benchmark("OpenClose")));
            run(measured(benchmark("JobClass")));
            run(benchmark("ProcessJob"));
            run(benchmark("ProcessThroughput"));
            run(measured(benchmark("Watched\\.request")));
            run(measured(benchmark("Watched\\.(requestAnd.*|stats)")).param("by", "NOBODY"));
            for (String pairs : Page.PAIRS) {
                run(measured(benchmark("RendezvousChannel")).param("pairs", pairs));
                for (String capacity : Page.CAPACITIES) {
                    run(
                            measured(benchmark("BufferedChannel"))
                                    .param("pairs", pairs)
                                    .param("capacity", capacity));
                }
            }
        }
        for (String tasks : List.of("2", "100", "10000")) {
            run(benchmark("ParallelSleep").forks(1).param("tasks", tasks));
        }
        run(measured(benchmark("PlatformStart")));
        run(benchmark("Fairness"));
        run(benchmark("Isolation"));
        run(benchmark("Turns"));
        for (String tasks : List.of("10000", "100000", "1000000")) {
            run(
                    benchmark("Backlog\\.cancel")
                            .param("tasks", tasks)
                            .param("of", "POGO", "THREAD_POOL"));
            run(benchmark("Backlog\\.expire").param("tasks", tasks).param("of", "POGO"));
        }
        run(benchmark("Backlog").param("tasks", "10000").param("of", "EXECUTOR_SEMAPHORE"));
        // Up to two minutes for each iteration, so no more than one; a million is out of reach.
        run(
                benchmark("Backlog")
                        .param("tasks", "100000")
                        .param("of", "EXECUTOR_SEMAPHORE")
                        .warmupIterations(0)
                        .measurementIterations(1));
    }

    private static ChainedOptionsBuilder measured(ChainedOptionsBuilder options) {
        return options.forks(1).addProfiler(GCProfiler.class);
    }

    private static ChainedOptionsBuilder benchmark(String name) {
        return new OptionsBuilder().include("\\.benchmarks\\." + name + "\\b");
    }

    private void run(ChainedOptionsBuilder options) throws RunnerException {
        try {
            results.addAll(new Runner(options.exclude(excluded).build()).run());
        } catch (NoBenchmarksException e) {
            // It is one of the excluded.
        }
    }

    /** As JMH writes it. */
    String json() {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(json, false, StandardCharsets.UTF_8);
        ResultFormatFactory.getInstance(ResultFormatType.JSON, out).writeOut(results);
        out.flush();
        return json.toString(StandardCharsets.UTF_8);
    }
}
