package dev.pogo.samples.load;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Many users at once, each of whom sends a request as soon as the last one is over. So a server
 * that slows down gets fewer requests, and its latencies look better than they would to users who
 * come whenever they please.
 */
@Command(
        name = "load",
        description = "Sends many requests at once to a server on this machine, cancels some.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class LoadCommand implements Callable<Integer> {
    private static final int MAX_USERS = 10_000;
    private static final int MAX_SECONDS = 3_600;
    private static final int MAX_PORT = 65_535;

    @Option(names = "--url", paramLabel = "URL", description = "What to get.")
    private URI url = URI.create("http://localhost:8080/sleep?ms=100&tasks=3");

    @Option(names = "--concurrency", paramLabel = "N", description = "How many users.")
    private int concurrency = 1_000;

    @Option(names = "--seconds", paramLabel = "N", description = "How long they send requests.")
    private int seconds = 60;

    @Option(
            names = "--cancel-rate",
            paramLabel = "SHARE",
            description = "The share of requests whose client disconnects, from 0 to 1.")
    private double cancelRate = 0.2;

    @Option(
            names = "--cancel-within",
            paramLabel = "TIME",
            defaultValue = "250ms",
            description = "The latest moment at which it does, unless it has its answer.")
    private Duration cancelWithin = Duration.ZERO;

    @Option(names = "--seed", paramLabel = "N", description = "Makes the same choices again.")
    private @Nullable Long seed;

    @Spec
    @SuppressWarnings("NullAway") // set by picocli
    private CommandSpec spec;

    /** Made by picocli. */
    public LoadCommand() {}

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        ensureValid();
        long chosen = seed != null ? seed : new SecureRandom().nextLong();
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%d users for %d s, --seed %d%n", concurrency, seconds, chosen);
        long began = System.nanoTime();
        LoadReport report = run(chosen, began + TimeUnit.SECONDS.toNanos(seconds));
        report.print(out, Duration.ofNanos(System.nanoTime() - began));
        return report.errors() == 0 ? 0 : 1;
    }

    private LoadReport run(long chosen, long end) throws InterruptedException, ExecutionException {
        HttpRequest request = HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(60)).build();
        LoadUser.Impatience impatience =
                new LoadUser.Impatience(cancelRate, cancelWithin.toNanos());
        SplittableRandom random = new SplittableRandom(chosen);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                HttpClient client =
                        HttpClient.newBuilder()
                                .version(HttpClient.Version.HTTP_1_1)
                                .executor(threads)
                                .build()) {
            List<Future<LoadReport>> users = new ArrayList<>();
            for (int i = 0; i < concurrency; i++) {
                users.add(
                        threads.submit(
                                new LoadUser(client, request, impatience, random.split(), end)));
            }
            LoadReport all = new LoadReport();
            for (Future<LoadReport> user : users) {
                all.add(user.get());
            }
            client.shutdownNow();
            return all;
        }
    }

    private void ensureValid() {
        ensure(
                concurrency >= 1 && concurrency <= MAX_USERS,
                "--concurrency must be from 1 to %d, but is %d".formatted(MAX_USERS, concurrency));
        ensure(
                seconds >= 1 && seconds <= MAX_SECONDS,
                "--seconds must be from 1 to %d, but is %d".formatted(MAX_SECONDS, seconds));
        ensure(
                cancelRate >= 0 && cancelRate <= 1,
                "--cancel-rate must be from 0 to 1, but is " + cancelRate);
        ensure(cancelWithin.isPositive(), "--cancel-within must be more than zero");
        ensure(
                "http".equalsIgnoreCase(url.getScheme())
                        && url.getHost() != null
                        && url.getPort() <= MAX_PORT,
                "'" + url + "' is not an http URL");
        ensure(isThisMachine(url.getHost()), "'" + url + "' is not a server on this machine");
    }

    /** Loads are not for other people's servers. */
    private static boolean isThisMachine(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private void ensure(boolean fine, String otherwise) {
        if (!fine) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }
}
