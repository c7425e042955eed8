package dev.pogo.samples.cluster;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.Pool;
import dev.pogo.PoolConfig;
import dev.pogo.TaskSpec;
import dev.pogo.remote.RemoteWorkers;
import dev.pogo.samples.jobs.Render;
import dev.pogo.samples.jobs.SampleRuntime;
import dev.pogo.testing.RedisServer;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** One fan-out over three job hosts, of which one is killed on the way. */
@Command(
        name = "cluster",
        description =
                "Fans out over three job hosts, kills one of them, and shows what became of each"
                        + " task.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class ClusterCommand implements Callable<Integer> {
    private static final String POOL = "render";
    private static final int HOSTS = 3;
    private static final Duration LONGEST_WORK = Duration.ofHours(1);
    private static final Duration SPARE = Duration.ofSeconds(30);
    private static final long LOOK_MILLIS = 20;

    @Option(names = "--jobs", paramLabel = "N", description = "How many jobs there are.")
    private int jobs = 24;

    @Option(
            names = "--work",
            paramLabel = "TIME",
            defaultValue = "400ms",
            description = "How long each of them takes.")
    private Duration work = Duration.ZERO;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "How many of them run at once on each host.")
    private int threads = 2;

    @Option(
            names = "--heartbeat",
            paramLabel = "TIME",
            defaultValue = "1s",
            description = "How often a host shows that it is alive. After three it counts as lost.")
    private Duration heartbeat = Duration.ZERO;

    @Spec
    @SuppressWarnings("NullAway") // set by picocli
    private CommandSpec spec;

    /** Made by picocli. */
    public ClusterCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        ensurePositive("--jobs", jobs);
        ensurePositive("--threads", threads);
        if (work.compareTo(LONGEST_WORK) > 0) {
            throw new ParameterException(spec.commandLine(), "--work must be at most 1h");
        }
        if (!RedisServer.isInstalled()) {
            return failed("redis-server is not installed (Debian's package redis-server)");
        }
        try (RedisServer redis = RedisServer.start();
                PogoRuntime runtime = PogoRuntime.start(configuration(redis.url()));
                Hosts hosts = Hosts.start(HOSTS, jobs / 2 + 1, hostCommand(redis.url()))) {
            awaitHosts(runtime.pool(POOL), HOSTS);
            out().printf(
                            "Redis listens on port %d; %s%n",
                            redis.port(),
                            hosts.all().stream()
                                    .map(host -> host.name() + " is process " + host.pid())
                                    .collect(Collectors.joining(", ")));
            ClusterRun run = run(runtime, hosts);
            run.print(out());
            return run.isAsExpected() ? 0 : 1;
        } catch (ClusterException e) {
            return failed(e.getMessage());
        }
    }

    private ClusterRun run(PogoRuntime runtime, Hosts hosts)
            throws InterruptedException, ClusterException {
        SampleRuntime.loadClasses(runtime);
        Duration limit = limit();
        long began = System.nanoTime();
        List<ClusterRun.Row> rows = new ArrayList<>();
        try (PogoScope scope = runtime.open(limit)) {
            for (int i = 1; i <= jobs; i++) {
                rows.add(
                        new ClusterRun.Row(
                                scope.spawn(
                                        TaskSpec.in(POOL).named("page " + i),
                                        Render.class,
                                        new Render.Page(i, work.toMillis())),
                                System.nanoTime() - began));
            }
            scope.settle(limit);
        }
        Duration elapsed = Duration.ofNanos(System.nanoTime() - began);
        Hosts.Killed killed = hosts.awaitKilled();
        awaitHosts(runtime.pool(POOL), HOSTS - 1);
        return new ClusterRun(rows, elapsed, killed.host(), killed.nanoTime() - began);
    }

    /** More than the jobs take if there is only one host left. */
    private Duration limit() {
        return work.multipliedBy(1L + jobs / threads).plus(heartbeat.multipliedBy(5)).plus(SPARE);
    }

    /** All jobs wait in Redis, not in the pool, until a host has a thread for them. */
    private PogoConfig configuration(String url) {
        return PogoConfig.defaults()
                .withPool(
                        PoolConfig.named(POOL)
                                .withNumThreads(jobs)
                                .withMaxWait(limit())
                                .withWorker(
                                        RemoteWorkers.redis(url, POOL).withHeartbeat(heartbeat)));
    }

    private List<String> hostCommand(String url) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                spec.root().userObject().getClass().getName(),
                "host",
                "--verbose",
                "--until-eof",
                "--redis",
                url,
                "--queue",
                POOL,
                "--threads",
                Integer.toString(threads),
                "--heartbeat",
                heartbeat.toMillis() + "ms");
    }

    private void awaitHosts(Pool pool, int count) throws InterruptedException, ClusterException {
        long began = System.nanoTime();
        while (RemoteWorkers.stats(pool).hosts() != count) {
            if (System.nanoTime() - began > heartbeat.multipliedBy(5).plus(SPARE).toNanos()) {
                throw new ClusterException(
                        "%d hosts serve the queue, and not %d"
                                .formatted(RemoteWorkers.stats(pool).hosts(), count),
                        null);
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private int failed(@Nullable String why) {
        spec.commandLine().getErr().println(spec.qualifiedName() + ": " + why);
        return CommandLine.ExitCode.SOFTWARE;
    }

    private void ensurePositive(String option, int value) {
        if (value < 1) {
            throw new ParameterException(
                    spec.commandLine(), option + " must be at least 1, but is " + value);
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
