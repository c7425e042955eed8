package dev.pogo.benchmarks.busy;

import dev.pogo.benchmarks.Medians;
import dev.pogo.benchmarks.contenders.BusyContender;
import dev.pogo.benchmarks.contenders.Way;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;

/**
 * What a request costs while many callers make requests at once: CPU time of the whole process, and
 * how many requests get through.
 *
 * <p>JMH would give each contender a JVM and some seconds of its own. The same work takes twice as
 * long a minute later on some machines, so here all contenders take turns in one JVM, in slices of
 * a fraction of a second, and what counts is the quotient of two slices of the same round.
 */
@Command(
        name = "Busy",
        mixinStandardHelpOptions = true,
        description = "Measures what a request costs while many callers make requests at once.")
public final class Busy implements Callable<Integer> {
    /** So many that no task waits for one. */
    private static final int PERMITS = 100_000;

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Option(
            names = "--callers",
            defaultValue = "virtual:16",
            description = "Kind of threads, and how many: ${DEFAULT-VALUE}.")
    private Callers callers = new Callers(true, 16);

    @Option(
            names = "--tasks",
            defaultValue = "3",
            description = "How many a request has: ${DEFAULT-VALUE}.")
    private int tasks;

    @Option(
            names = "--sleep",
            defaultValue = "0",
            description = "Milliseconds that each task sleeps: ${DEFAULT-VALUE}.")
    private int sleep;

    @Option(
            names = "--contenders",
            split = ",",
            description = "All if none is given: ${COMPLETION-CANDIDATES}.")
    private List<BusyContender> contenders = List.of(BusyContender.values());

    @Option(
            names = "--base",
            defaultValue = "STRUCTURED_SEMAPHORE",
            description = "Whom the others are divided by: ${DEFAULT-VALUE}.")
    private BusyContender base = BusyContender.STRUCTURED_SEMAPHORE;

    @Option(
            names = "--rounds",
            defaultValue = "9",
            description = "How often each has its turn: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--slice",
            defaultValue = "300",
            description = "Milliseconds that a turn is counted: ${DEFAULT-VALUE}.")
    private int slice;

    @Option(
            names = "--warm-up",
            defaultValue = "1000",
            description = "Milliseconds that each runs before: ${DEFAULT-VALUE}.")
    private int warmUp;

    private Busy() {}

    /**
     * Measures.
     *
     * @param args the options
     */
    public static void main(String[] args) {
        CommandLine command =
                new CommandLine(new Busy())
                        .registerConverter(Callers.class, Callers::parse)
                        .setCaseInsensitiveEnumValuesAllowed(true);
        // Whatever still runs, for a contender may be stuck.
        System.exit(command.execute(args));
    }

    /**
     * Measures.
     *
     * @return 0 if all contenders have figures
     */
    @Override
    public Integer call() throws InterruptedException, StuckException {
        Request request = new Request(tasks, sleep);
        InTurn<BusyContender> inTurn = new InTurn<>(contenders);
        Map<BusyContender, Way> ways = new EnumMap<>(BusyContender.class);
        inTurn.warmUp(contender -> {
            try {
                ways.put(contender, contender.open(PERMITS));
            } catch (IllegalStateException e) {
                throw new LoadFailedException(String.valueOf(e.getMessage()), e);
            }
            return run(ways, contender, request, Duration.ofMillis(warmUp));
        });
        for (int round = 0; round < rounds; round++) {
            inTurn.round(contender -> run(ways, contender, request, Duration.ofMillis(slice)));
        }
        print(inTurn);
        return inTurn.failures().isEmpty() ? 0 : 1;
    }

    private Cost run(
            Map<BusyContender, Way> ways, BusyContender contender, Request request, Duration length)
            throws InterruptedException, LoadFailedException, StuckException {
        Way way = ways.get(contender);
        if (way == null) {
            throw new IllegalStateException(contender + " was not opened");
        }
        return Load.slice(way, callers, request, length, PATIENCE);
    }

    private void print(InTurn<BusyContender> inTurn) {
        System.out.printf("%s, %d tasks, sleep %d ms%n", callers, tasks, sleep);
        double[] divisor = values(inTurn.costs().getOrDefault(base, List.of()), Cost::cpuMicros);
        inTurn.costs()
                .forEach((contender, costs) -> {
                    double[] cpu = values(costs, Cost::cpuMicros);
                    System.out.printf(
                            Locale.ROOT,
                            "  %-24s %9.0f req/s  %8.2f us CPU/req  cpu / %s: %.2f%n",
                            contender,
                            Medians.median(values(costs, Cost::requestsPerSecond)),
                            Medians.median(cpu),
                            base,
                            Medians.ofQuotients(cpu, divisor));
                });
        inTurn.failures()
                .forEach((contender, failure) ->
                        System.out.printf("  %-24s %s%n", contender, failure.getMessage()));
    }

    private static double[] values(Collection<Cost> costs, ToDoubleFunction<Cost> figure) {
        return costs.stream().mapToDouble(figure).toArray();
    }
}
