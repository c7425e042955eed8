package dev.pogo.samples;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.channel.Channel;
import dev.pogo.channel.Select;
import dev.pogo.channel.SelectCases;
import dev.pogo.channel.Selected;
import dev.pogo.channel.WaitGroup;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Producers, workers and one who gathers, which talk through channels while they run. */
@Command(
        name = "pipeline",
        description =
                "Producers make numbers, workers square them, and the caller adds the squares up.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class PipelineCommand implements Callable<Integer> {
    private static final String PRODUCERS = "producers";
    private static final String WORKERS = "workers";

    @Option(names = "--producers", paramLabel = "N", description = "How many make numbers.")
    private int producers = 2;

    @Option(names = "--workers", paramLabel = "N", description = "How many square them.")
    private int workers = 4;

    @Option(names = "--items", paramLabel = "N", description = "Up to what each producer counts.")
    private int items = 50;

    @Option(
            names = "--capacity",
            paramLabel = "N",
            description = "How many elements each channel holds; 0 for none.")
    private int capacity = 8;

    @Option(
            names = "--work",
            paramLabel = "TIME",
            defaultValue = "2ms",
            description = "How long it takes to square a number.")
    private Duration work = Duration.ZERO;

    @Option(
            names = "--reject-every",
            paramLabel = "N",
            description = "Which multiples the workers reject; 0 for none.")
    private int rejectEvery = 10;

    @Option(
            names = "--patience",
            paramLabel = "TIME",
            defaultValue = "1s",
            description = "How long to wait for the next square before giving up.")
    private Duration patience = Duration.ZERO;

    @Spec
    @SuppressWarnings("NullAway") // set by picocli
    private CommandSpec spec;

    /** What has come out so far. */
    private record Tally(int squared, int rejected, long sum) {
        int count() {
            return squared + rejected;
        }

        Tally add(Selected<String> selected) {
            return selected.key().equals("square") && selected.value() instanceof Long square
                    ? new Tally(squared + 1, rejected, sum + square)
                    : new Tally(squared, rejected + 1, sum);
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        ensureAtLeast(1, producers, "--producers");
        ensureAtLeast(1, workers, "--workers");
        ensureAtLeast(0, items, "--items");
        ensureAtLeast(0, capacity, "--capacity");
        ensureAtLeast(0, rejectEvery, "--reject-every");
        // They wait for each other, so there is a permit for each.
        PogoConfig config =
                PogoConfig.defaults()
                        .withPool(PoolConfig.named(PRODUCERS).withNumThreads(producers))
                        .withPool(PoolConfig.named(WORKERS).withNumThreads(workers));
        long began = System.nanoTime();
        Tally tally;
        try (PogoRuntime runtime = PogoRuntime.start(config);
                PogoScope scope = runtime.open()) {
            tally = run(scope);
        }
        double millis = (System.nanoTime() - began) / 1e6;
        int all = producers * items;
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "%d producers, %d workers: %d of %d numbers in %.0f ms, %d squared (sum"
                                + " %,d), %d rejected%s%n",
                        producers,
                        workers,
                        tally.count(),
                        all,
                        millis,
                        tally.squared(),
                        tally.sum(),
                        tally.rejected(),
                        tally.count() < all ? "; gave up" : "");
        return tally.count() < all ? 1 : 0;
    }

    private Tally run(PogoScope scope) throws InterruptedException {
        Channel<Integer> numbers = scope.channel(capacity);
        Channel<Long> squares = scope.channel(capacity);
        Channel<Integer> rejected = scope.channel(capacity);
        WaitGroup producing = new WaitGroup();
        producing.add(producers);
        for (int i = 0; i < producers; i++) {
            scope.spawn(PRODUCERS, () -> produce(numbers, producing));
        }
        for (int i = 0; i < workers; i++) {
            scope.spawn(WORKERS, () -> square(numbers, squares, rejected));
        }
        Tally tally = new Tally(0, 0, 0);
        SelectCases<String> next = Select.from("square", squares).from("rejected", rejected);
        while (tally.count() < producers * items) {
            Optional<Selected<String>> selected = next.timeout(patience);
            if (selected.isEmpty()) {
                break; // what still runs is cancelled with the scope
            }
            tally = tally.add(selected.get());
        }
        return tally;
    }

    private int produce(Channel<Integer> numbers, WaitGroup producing) throws InterruptedException {
        for (int i = 1; i <= items; i++) {
            numbers.push(i);
        }
        producing.done();
        if (producing.count() == 0) {
            numbers.close(); // the last one, or several of the last
        }
        return items;
    }

    private int square(Channel<Integer> numbers, Channel<Long> squares, Channel<Integer> rejected)
            throws InterruptedException {
        int count = 0;
        for (int number : numbers) {
            Thread.sleep(work);
            if (rejectEvery > 0 && number % rejectEvery == 0) {
                rejected.push(number);
            } else {
                squares.push((long) number * number);
            }
            count++;
        }
        return count;
    }

    private void ensureAtLeast(int least, int value, String option) {
        if (value < least) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + " must be at least " + least + ", but is " + value);
        }
    }
}
