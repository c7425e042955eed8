package dev.pogo.samples.queue;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.queue.MemoryBackend;
import dev.pogo.queue.PogoQueue;
import dev.pogo.queue.QueueConfig;
import dev.pogo.queue.QueueException;
import dev.pogo.queue.RedisBackend;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What the commands have in common: which queues they use, and where these are. */
final class QueueOptions {
    private static final String DEFAULT_QUEUE = "default";
    private static final String DEFAULT_REDIS = "redis://127.0.0.1:6379";

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "A pogo.json, whose section \"queue\" counts if it has one; by default the one"
                            + " that Pogo finds by itself.")
    private @Nullable Path config;

    @Option(
            names = "--redis",
            paramLabel = "URL",
            description =
                    "The Redis server, in place of the section \"queue\". Without either the"
                            + " environment variable REDIS_URL counts, which is the place for a URL"
                            + " with a password, and then "
                            + DEFAULT_REDIS
                            + ".")
    private @Nullable String redis;

    @Option(
            names = "--queue",
            paramLabel = "NAME",
            description =
                    "The queue; by default that of the section \"queue\", or "
                            + DEFAULT_QUEUE
                            + ".")
    private @Nullable String queue;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway") // set by picocli
    private CommandSpec spec;

    /** Does something with the queues. */
    interface Use {
        /** Returns the exit status. */
        int with(PogoQueue queues, QueueConfig config) throws InterruptedException;
    }

    /** Opens the queues for a command that handles no deliveries. */
    int use(Use use) throws InterruptedException {
        // The command itself says in one line that Redis is away.
        System.setProperty("org.slf4j.simpleLogger.log.dev.pogo.redis.Outage", "off");
        QueueConfig used = withoutWorker(queues(pogo()));
        // The pools of the file, which may have processes, have nothing to do here.
        PogoConfig none = PogoConfig.defaults();
        try (PogoRuntime runtime = PogoRuntime.start(none);
                PogoQueue opened = PogoQueue.open(runtime, none, used)) {
            return use.with(opened, used);
        } catch (QueueException e) {
            return failed(String.valueOf(e.getMessage()));
        }
    }

    /** Says in one line why the command has failed, and returns its exit status. */
    int failed(String why) {
        spec.commandLine().getErr().println(spec.qualifiedName() + ": " + Printable.escape(why));
        return CommandLine.ExitCode.SOFTWARE;
    }

    PogoConfig pogo() {
        return config == null ? PogoConfig.find() : PogoConfig.load(config);
    }

    /** The section "queue" of a configuration, if it counts. */
    Optional<QueueConfig> section(PogoConfig pogo) {
        return redis == null ? pogo.section("queue", QueueConfig.class) : Optional.empty();
    }

    /** The queues of a configuration. */
    QueueConfig queues(PogoConfig pogo) {
        QueueConfig used = section(pogo).orElseGet(this::withoutSection);
        if (used.backend() instanceof MemoryBackend) {
            throw new ParameterException(
                    spec.commandLine(),
                    pogo.source()
                            + ": queue: keeps its messages in the memory of one process, which no"
                            + " other one sees; this command needs the backend redis, or --redis");
        }
        return used;
    }

    private QueueConfig withoutSection() {
        String url =
                redis == null
                        ? Objects.requireNonNullElse(System.getenv("REDIS_URL"), DEFAULT_REDIS)
                        : redis;
        return QueueConfig.defaults()
                .withBackend(RedisBackend.at(url))
                .withQueues(List.of(queue == null ? DEFAULT_QUEUE : queue));
    }

    private static QueueConfig withoutWorker(QueueConfig used) {
        return new QueueConfig(
                used.backend(),
                null,
                used.pool(),
                used.queues(),
                used.concurrency(),
                used.maxPayloadBytes(),
                used.visibilityTimeout(),
                used.reserveTimeout(),
                used.shutdownTimeout(),
                used.maxAttempts(),
                used.retryDelay(),
                used.maxRetryDelay());
    }

    /** The queue that was named, or the one that is meant if none was. It need not exist. */
    String name(QueueConfig used) {
        if (queue != null) {
            return queue;
        }
        if (used.queues().size() == 1) {
            return used.queues().get(0);
        }
        if (used.queues().contains(DEFAULT_QUEUE)) {
            return DEFAULT_QUEUE;
        }
        throw new ParameterException(
                spec.commandLine(),
                "name one of the queues with --queue: " + String.join(", ", used.queues()));
    }

    /** Returns the {@linkplain #name named} queue, which exists. */
    String existing(QueueConfig used) {
        String name = name(used);
        if (!used.queues().contains(name)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "there is no queue " + name + "; there is " + String.join(", ", used.queues()));
        }
        return name;
    }

    /** Returns whether one queue was named. */
    boolean isNamed() {
        return queue != null;
    }
}
