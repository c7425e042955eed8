package dev.pogo.samples.cluster;

import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.Task;
import dev.pogo.remote.HostConfig;
import dev.pogo.remote.HostStats;
import dev.pogo.remote.JobHost;
import dev.pogo.samples.jobs.Render;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/** A job host that runs until it is told to stop. */
@Command(
        name = "host",
        description = "Runs jobs that other processes have put into a queue in Redis.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class HostCommand implements Callable<Integer> {
    private static final String DEFAULT_REDIS = "redis://127.0.0.1:6379";

    /** What stands in the file of {@code --config} as well. */
    private static final List<String> CONFIGURED =
            List.of("--redis", "--queue", "--threads", "--name", "--heartbeat");

    @Option(
            names = "--redis",
            paramLabel = "URL",
            description =
                    "The Redis server. Without it the environment variable REDIS_URL counts, which"
                            + " is the place for a URL with a password, and then "
                            + DEFAULT_REDIS
                            + ".")
    private @Nullable String redis;

    @Option(names = "--queue", paramLabel = "NAME", description = "The queue to serve.")
    private String queue = "render";

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "How many jobs run at once; by default two for each processor.")
    private @Nullable Integer threads;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "The name of the host in messages; by default that of the machine.")
    private @Nullable String name;

    @Option(
            names = "--heartbeat",
            paramLabel = "TIME",
            defaultValue = "1s",
            description = "The time within which it shows that it is alive.")
    private Duration heartbeat = Duration.ZERO;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "A pogo.json with a section \"host\" and with pools that have \"serves\", in"
                            + " place of the options above.")
    private @Nullable Path config;

    @Option(names = "--verbose", description = "Say when a job begins and when it ends.")
    private boolean verbose;

    @Option(
            names = "--until-eof",
            description =
                    "End with the standard input as well, so that the host does not outlive the"
                            + " process that has started it.")
    private boolean untilEof;

    @Spec
    @SuppressWarnings("NullAway") // set by picocli
    private CommandSpec spec;

    /** Made by picocli. */
    public HostCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        JobHost host = start();
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform().name("samples/host-end").unstarted(() -> end(host)));
        if (untilEof) {
            Thread.ofPlatform().daemon().name("samples/eof").start(HostCommand::exitAtEof);
        }
        new CountDownLatch(1).await();
        return 0;
    }

    private JobHost start() {
        PogoConfig pogo = configuration();
        if (verbose) {
            pogo = pogo.withTaskDecorator(this::told);
        }
        // Before a job can ask for it.
        pogo.section("host", HostConfig.class)
                .ifPresent(section -> System.setProperty(Render.HOST_PROPERTY, section.name()));
        JobHost host = JobHost.start(pogo);
        String queues =
                host.stats().stream()
                        .map(one -> "queue %s in pool %s".formatted(one.queue(), one.pool()))
                        .collect(Collectors.joining(", "));
        Object server = pogo.section("host", HostConfig.class).map(HostConfig::redis).orElseThrow();
        out().printf("%s%s%s, from %s%n", host.name(), HostProcess.SERVES, queues, server);
        return host;
    }

    private PogoConfig configuration() {
        if (config != null) {
            CONFIGURED.stream()
                    .filter(spec.commandLine().getParseResult()::hasMatchedOption)
                    .findFirst()
                    .ifPresent(option -> {
                        throw new ParameterException(
                                spec.commandLine(),
                                option + " has no place beside --config; it stands in the file");
                    });
            return PogoConfig.load(config);
        }
        HostConfig host =
                HostConfig.redis(
                                redis == null
                                        ? Objects.requireNonNullElse(
                                                System.getenv("REDIS_URL"), DEFAULT_REDIS)
                                        : redis)
                        .withHeartbeat(heartbeat);
        int size = threads == null ? 2 * Runtime.getRuntime().availableProcessors() : threads;
        return PogoConfig.defaults()
                .withJobs(List.of("dev.pogo.samples.jobs.*"))
                .withPool(HostConfig.serving(PoolConfig.named("work").withNumThreads(size), queue))
                .withSection("host", name == null ? host : host.withName(name));
    }

    /** Says when the work of a task begins and ends. */
    private Callable<Object> told(Callable<Object> work) {
        return () -> {
            String job = Task.current().name() + "#" + Task.current().id();
            out().println(HostProcess.BEGINS + job);
            long began = System.nanoTime();
            try {
                return work.call();
            } finally {
                out().printf("ends %s after %d ms%n", job, (System.nanoTime() - began) / 1_000_000);
            }
        };
    }

    private static void exitAtEof() {
        try {
            while (System.in.read() >= 0) {}
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            System.exit(0);
        }
    }

    /** Called on SIGINT and SIGTERM. The JVM would exit with 130 or 143; to have ended is fine. */
    private void end(JobHost host) {
        int status = 1;
        try {
            out().println(host.name() + " ends when its running jobs have ended");
            host.close();
            for (HostStats queue : host.stats()) {
                out().printf(
                                "queue %s: %d jobs done, %d failed, %d cancelled%n",
                                queue.queue(), queue.done(), queue.failed(), queue.cancelled());
            }
            status = 0;
        } finally {
            Runtime.getRuntime().halt(status);
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
