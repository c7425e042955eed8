package dev.pogo.samples;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.Task;
import dev.pogo.TaskSpec;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;

/** Real requests, fanned out under one deadline. */
@Command(
        name = "fetch",
        description = "Gets all URLs at once, and what has come by the deadline.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class FetchCommand implements Callable<Integer> {
    private static final int MAX_PORT = 65_535;
    private static final String POOL = "external_api";

    @Parameters(arity = "1..*", paramLabel = "URL", description = "What to get, http or https.")
    private List<URI> urls = new ArrayList<>();

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "When all has to be there.")
    private Duration deadline = Duration.ZERO;

    @Option(names = "--threads", paramLabel = "N", description = "How many requests at once.")
    private int threads = 16;

    @Spec
    @SuppressWarnings("NullAway") // set by picocli
    private CommandSpec spec;

    /** One request: how much has come so far, and the task, which gives the status. */
    private record Fetch(LongAdder bytes, Task<Integer> task) {}

    @Override
    public Integer call() throws InterruptedException {
        for (URI url : urls) {
            boolean http =
                    "http".equalsIgnoreCase(url.getScheme())
                            || "https".equalsIgnoreCase(url.getScheme());
            if (!http || url.getHost() == null || url.getPort() > MAX_PORT) {
                throw new ParameterException(
                        spec.commandLine(), "'" + url + "' is not an http or https URL");
            }
        }
        PoolConfig pool = PoolConfig.named(POOL).withNumThreads(threads);
        List<Fetch> fetches = new ArrayList<>();
        try (PogoRuntime runtime = PogoRuntime.start(PogoConfig.defaults().withPool(pool));
                HttpClient client = HttpClient.newHttpClient()) {
            try (PogoScope scope = runtime.open(deadline)) {
                for (URI url : urls) {
                    LongAdder bytes = new LongAdder();
                    Callable<Integer> work = () -> get(client, url, bytes);
                    fetches.add(
                            new Fetch(
                                    bytes,
                                    scope.spawn(TaskSpec.in(POOL).named(url.toString()), work)));
                }
                scope.settle(deadline);
            }
            client.shutdownNow();
        }
        PrintWriter out = spec.commandLine().getOut();
        fetches.forEach(fetch -> print(out, fetch));
        boolean all = fetches.stream().allMatch(one -> one.task().state() == Task.State.SUCCEEDED);
        return all ? 0 : 1;
    }

    /** Gets a page without keeping it. An interrupt ends the request. */
    private static int get(HttpClient client, URI url, LongAdder bytes)
            throws IOException, InterruptedException {
        return client.send(
                        HttpRequest.newBuilder(url).build(),
                        BodyHandlers.ofByteArrayConsumer(
                                part -> part.ifPresent(some -> bytes.add(some.length))))
                .statusCode();
    }

    private static void print(PrintWriter out, Fetch fetch) {
        Task<Integer> task = fetch.task();
        boolean succeeded = task.state() == Task.State.SUCCEEDED;
        out.printf(
                Locale.ROOT,
                "%-9s %,12d bytes %9.1f ms  %s%n",
                succeeded ? task.result() : task.state(),
                fetch.bytes().sum(),
                Run.millis(task.waited().plus(task.ran())),
                task.name() + (succeeded ? "" : ": " + Run.failure(task)));
    }
}
