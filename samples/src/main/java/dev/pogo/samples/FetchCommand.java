package dev.pogo.samples;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.Task;

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
import java.net.http.HttpResponse;
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
    private static final String POOL = "external_api";

    @Parameters(arity = "1..*", paramLabel = "URL", description = "What to get, http or https.")
    private List<URI> urls = new ArrayList<>();

    @Option(names = "--deadline", paramLabel = "TIME", description = "When all has to be there.")
    private Duration deadline = Duration.ofSeconds(5);

    @Option(names = "--threads", paramLabel = "N", description = "How many requests at once.")
    private int threads = 16;

    @Spec
    @SuppressWarnings("NullAway") // set by picocli
    private CommandSpec spec;

    private record Page(int status, long bytes) {}

    @Override
    public Integer call() throws InterruptedException {
        for (URI url : urls) {
            boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (!http || url.getHost() == null) {
                throw new ParameterException(
                        spec.commandLine(), "'" + url + "' is not an http or https URL");
            }
        }
        if (deadline.isNegative()) {
            throw new ParameterException(spec.commandLine(), "--deadline must not be negative");
        }
        PoolConfig pool = PoolConfig.named(POOL).withNumThreads(threads);
        List<Task<Page>> tasks = new ArrayList<>();
        try (PogoRuntime runtime = PogoRuntime.start(PogoConfig.defaults().withPool(pool));
                HttpClient client = HttpClient.newHttpClient()) {
            try (PogoScope scope = runtime.open(deadline)) {
                for (URI url : urls) {
                    tasks.add(scope.spawn(POOL, () -> get(client, url), url.toString()));
                }
                scope.settle(deadline);
            }
            client.shutdownNow();
        }
        PrintWriter out = spec.commandLine().getOut();
        tasks.forEach(task -> print(out, task));
        return tasks.stream().allMatch(task -> task.state() == Task.State.SUCCEEDED) ? 0 : 1;
    }

    /** Gets a page without keeping it. An interrupt ends the request. */
    private static Page get(HttpClient client, URI url) throws IOException, InterruptedException {
        LongAdder bytes = new LongAdder();
        HttpResponse<Void> response =
                client.send(
                        HttpRequest.newBuilder(url).build(),
                        BodyHandlers.ofByteArrayConsumer(
                                part -> part.ifPresent(some -> bytes.add(some.length))));
        return new Page(response.statusCode(), bytes.sum());
    }

    private static void print(PrintWriter out, Task<Page> task) {
        double millis = Run.millis(task.waited().plus(task.ran()));
        if (task.state() == Task.State.SUCCEEDED) {
            Page page = task.result();
            out.printf(
                    Locale.ROOT,
                    "%-9d %,12d bytes %9.1f ms  %s%n",
                    page.status(),
                    page.bytes(),
                    millis,
                    task.name());
        } else {
            out.printf(
                    Locale.ROOT,
                    "%-9s %,12d bytes %9.1f ms  %s: %s%n",
                    task.state(),
                    0,
                    millis,
                    task.name(),
                    Run.failure(task));
        }
    }
}
