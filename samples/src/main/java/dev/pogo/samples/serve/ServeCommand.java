package dev.pogo.samples.serve;

import dev.pogo.Pool;
import dev.pogo.samples.jobs.SampleRuntime;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/** A demo server that runs until it is told to stop. */
@Command(
        name = "serve",
        description = "Serves requests that fan out.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class ServeCommand implements Callable<Integer> {
    private static final int MAX_PORT = 65_535;

    @Option(names = "--host", paramLabel = "NAME", description = "Where to listen.")
    private String host = "localhost";

    @Option(names = "--port", paramLabel = "N", description = "The port, or 0 for any.")
    private int port = 8080;

    @Option(
            names = "--request-timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            description = "What a request may take; then its tasks are cancelled.")
    private Duration requestTimeout = Duration.ZERO;

    @Option(
            names = "--drain",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "What running requests may take when the server is told to stop.")
    private Duration drain = Duration.ZERO;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "A pogo.json; without it, default has 4 virtual and cpu 2 platform threads.")
    private @Nullable Path config;

    @Spec
    @SuppressWarnings("NullAway") // set by picocli
    private CommandSpec spec;

    /** Made by picocli. */
    public ServeCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        ensure(port >= 0 && port <= MAX_PORT, "--port must be from 0 to 65535, but is " + port);
        ensure(requestTimeout.isPositive(), "--request-timeout must be more than zero");
        try (Server server = start()) {
            PrintWriter out = spec.commandLine().getOut();
            out.printf(
                    "listening on http://%s:%d, pools %s%n",
                    host,
                    server.port(),
                    server.runtime().pools().stream()
                            .map(ServeCommand::describe)
                            .collect(Collectors.joining(", ")));
            Runtime.getRuntime()
                    .addShutdownHook(
                            Thread.ofPlatform()
                                    .name("samples/drain")
                                    .unstarted(() -> drain(server)));
            new CountDownLatch(1).await();
        }
        return 0;
    }

    /**
     * Called on SIGINT and SIGTERM. The JVM would exit with 130 or 143, as if it had been killed;
     * having drained is a success.
     */
    private void drain(Server server) {
        int status = 1;
        try {
            PrintWriter out = spec.commandLine().getOut();
            out.printf(
                    "draining: %d requests are running and have %d ms to end%n",
                    server.refuse(), drain.toMillis());
            out.printf("drained: %d of them had to be cancelled%n", server.drain(drain));
            status = 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            Runtime.getRuntime().halt(status);
        }
    }

    private Server start() throws InterruptedException {
        try {
            return Server.start(host, port, requestTimeout, SampleRuntime.config(config));
        } catch (IOException e) {
            throw refused(e.getMessage() + "; is the port taken?");
        }
    }

    private static String describe(Pool pool) {
        return pool.name() + " " + pool.size();
    }

    private void ensure(boolean fine, String otherwise) {
        if (!fine) {
            throw refused(otherwise);
        }
    }

    private ParameterException refused(String why) {
        return new ParameterException(spec.commandLine(), why);
    }
}
