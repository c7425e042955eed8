package dev.pogo.samples;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.Task;
import dev.pogo.report.TimelineSvg;
import dev.pogo.samples.jobs.SampleRuntime;
import dev.pogo.samples.jobs.Sha256;
import dev.pogo.samples.jobs.Sleep;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Several tasks that sleep, beside one that computes. */
@Command(
        name = "fanout",
        description =
                "Spawns tasks that sleep and one that computes a SHA-256, and draws how they ran.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class FanoutCommand implements Callable<Integer> {
    private static final String HASHED = "pogo";
    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final TypeReference<Map<String, Object>> MEMBERS = new TypeReference<>() {};

    @Option(names = "--tasks", paramLabel = "N", description = "How many tasks sleep.")
    private int tasks = 2;

    @Option(
            names = "--sleep",
            paramLabel = "TIME",
            defaultValue = "250ms",
            description = "How long each of them sleeps.")
    private Duration sleep = Duration.ZERO;

    @Option(names = "--pool", paramLabel = "NAME", description = "The pool that they run in.")
    private String pool = "default";

    @Option(names = "--threads", paramLabel = "N", description = "The size of that pool.")
    private @Nullable Integer threads;

    @Option(
            names = "--max-wait",
            paramLabel = "TIME",
            description = "How long a task of that pool may wait for a thread.")
    private @Nullable Duration maxWait;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "The deadline of all tasks; the rest is cancelled.")
    private Duration timeout = Duration.ZERO;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "A pogo.json; without it, default has 4 virtual and cpu 2 platform threads.")
    private @Nullable Path config;

    @Option(
            names = "--svg",
            paramLabel = "FILE",
            description = "Write a picture of how the tasks waited and ran.")
    private @Nullable Path svg;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (tasks < 0) {
            throw new ParameterException(
                    spec.commandLine(), "--tasks must not be negative, but is " + tasks);
        }
        try (PogoRuntime runtime = PogoRuntime.start(configuration())) {
            SampleRuntime.loadClasses(runtime);
            List<Task<?>> spawned;
            PogoScope closed;
            try (PogoScope scope = runtime.open(timeout)) {
                for (int i = 0; i < tasks; i++) {
                    scope.spawn(pool, Sleep.class, new Sleep.Args(sleep.toMillis()));
                }
                String cpu = SampleRuntime.cpuPool(runtime);
                scope.spawn(cpu, Sha256.class, new Sha256.Text(HASHED));
                spawned = scope.settle(timeout);
                closed = scope;
            }
            Run run = new Run(spawned, closed.report());
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                printJson(out, runtime, run);
            } else {
                run.print(out);
            }
            if (svg != null) {
                write(svg, TimelineSvg.of(run.report()));
            }
            return run.allSucceeded() ? 0 : 1;
        }
    }

    private void write(Path file, String picture) {
        try {
            Files.writeString(file, picture);
        } catch (IOException e) {
            throw new ParameterException(
                    spec.commandLine(), "--svg " + file + " cannot be written: " + e, e);
        }
    }

    private PogoConfig configuration() {
        PogoConfig base = SampleRuntime.config(config);
        PogoConfig result = base;
        for (PoolConfig one : base.pools()) {
            if (one.name().equals(pool)) {
                PoolConfig sized = threads == null ? one : one.withNumThreads(threads);
                result = base.withPool(maxWait == null ? sized : sized.withMaxWait(maxWait));
            }
        }
        return result;
    }

    private static void printJson(PrintWriter out, PogoRuntime runtime, Run run)
            throws IOException {
        Map<String, Object> workers = new LinkedHashMap<>();
        runtime.pools().forEach(one -> workers.put(one.name(), one.size()));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("workers", workers);
        result.put("results", run.tasks().stream().map(FanoutCommand::asJson).toList());
        result.put("elapsed_ms", run.elapsed().toMillis());
        result.put("sum_ms", run.sum().toMillis());
        result.put("speed_up", run.speedUp());
        out.println(MAPPER.writeValueAsString(result));
    }

    private static Map<String, Object> asJson(Task<?> task) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("name", task.name());
        result.put("pool", task.pool());
        result.put("outcome", task.state());
        result.put("waited_ms", task.waited().toMillis());
        result.put("ran_ms", task.ran().toMillis());
        if (task.state() == Task.State.SUCCEEDED) {
            result.putAll(MAPPER.convertValue(task.result(), MEMBERS));
        } else {
            result.put("error", Run.failure(task));
        }
        return result;
    }
}
