package dev.pogo.benchmarks.report;

import dev.pogo.benchmarks.queue.QueueDelivery;
import dev.pogo.benchmarks.redis.RedisClients;
import dev.pogo.benchmarks.remote.RemoteJob;
import dev.pogo.process.Transport;

import org.openjdk.jmh.runner.RunnerException;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/** Runs the benchmarks, and writes what comes out into the README and its chart. */
@Command(
        name = "benchmarks",
        mixinStandardHelpOptions = true,
        description = "Measures Pogo beside what one would use instead.")
public final class Main {
    private static final String BEGIN = "<!-- results: begin -->";
    private static final String END = "<!-- results: end -->";

    /** Its slices are so short that it needs more of them. */
    private static final int BUSY_ROUNDS = 3;

    private static final Pattern ALL = Pattern.compile("");

    @Option(
            names = "--dir",
            defaultValue = ".",
            description = "The module's folder, where README.md and target are: ${DEFAULT-VALUE}.")
    private Path dir = Path.of(".");

    private Main() {}

    /**
     * Runs a command.
     *
     * @param args the command and its options
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    private Path target(String file) {
        return dir.resolve("target").resolve(file);
    }

    private Path json() {
        return target("results.json");
    }

    @Command(description = "Measures bodies by pipe and by shared memory to a worker in Python.")
    int transport() throws InterruptedException {
        Transport.run();
        return 0;
    }

    @Command(description = "Do tasks run beside each other? In less than a minute.")
    int smoke() throws RunnerException, IOException {
        System.out.println("This takes about half a minute.");
        Suite suite = new Suite(ALL);
        suite.smoke();
        Path json = target("smoke.json");
        Results.write(suite.json(), json);
        System.out.print(Page.ofSmoke(Results.read(json)));
        return 0;
    }

    @Command(
            description =
                    "Runs each benchmark once, to see that it works; its figures say nothing.")
    int check() throws Exception {
        new Suite(ALL).check();
        new BusySuite(ALL).check();
        RedisClients.check();
        RemoteJob.check();
        QueueDelivery.check();
        return 0;
    }

    @Command(description = "Measures everything, and rewrites tables and chart.")
    int all(
            @Option(
                            names = "--rounds",
                            defaultValue = "3",
                            description =
                                    "How often, one after the other: ${DEFAULT-VALUE}; Busy three"
                                            + " times as often.")
                    int rounds,
            @Option(
                            names = "--only",
                            defaultValue = "",
                            paramLabel = "REGEX",
                            description = "Benchmarks to measure; the others' results are kept.")
                    Pattern only)
            throws RunnerException, IOException, InterruptedException {
        Suite suite = new Suite(only);
        suite.all(rounds);
        Results.write(suite.json(), json());
        BusySuite busy = new BusySuite(only);
        busy.all(BUSY_ROUNDS * rounds);
        Results.write(busy.json(), json());
        return render();
    }

    @Command(description = "Rewrites tables and chart from the last measurement.")
    int render() throws IOException {
        Results results = Results.read(json());
        Path readme = dir.resolve("README.md");
        String text = Files.readString(readme);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(readme + " has no place for results: " + BEGIN + " … " + END);
        }
        String page = "\n\n" + machine(results) + "\n\n" + Page.of(results);
        Files.writeString(
                readme, text.substring(0, begin + BEGIN.length()) + page + text.substring(end));
        Files.writeString(dir.resolve("busy.svg"), Chart.of(results));
        return 0;
    }

    private String machine(Results results) throws IOException {
        Instant measured = Files.getLastModifiedTime(json()).toInstant();
        return "Measured on %s, on %d cores, with %s; medians of the rounds."
                .formatted(
                        DateTimeFormatter.ISO_LOCAL_DATE.format(measured.atOffset(ZoneOffset.UTC)),
                        Runtime.getRuntime().availableProcessors(),
                        results.jvm());
    }
}
