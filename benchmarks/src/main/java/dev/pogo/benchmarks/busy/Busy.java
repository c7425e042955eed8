package dev.pogo.benchmarks.busy;

import dev.pogo.benchmarks.contenders.BusyContender;
import dev.pogo.benchmarks.contenders.Way;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * What a request costs while many callers make requests at once: CPU time of the whole process, and
 * how many requests get through.
 *
 * <p>JMH would give each contender a JVM and some seconds of its own. The same work takes twice as
 * long a minute later on some machines, so here all contenders take turns in one JVM, in slices of
 * a fraction of a second, and what counts is the quotient of two slices of the same round. The
 * clock of the CPU time may tick every 10 ms, so a slice is to be a good deal longer than that.
 */
@Command(
        name = "Busy",
        mixinStandardHelpOptions = true,
        description = "Measures what a request costs while many callers make requests at once.")
public final class Busy implements Callable<Integer> {
    /** What stands for it in the results, as the name of a method does for JMH's benchmarks. */
    public static final String NAME = Busy.class.getName() + ".request";

    /** The second figure beside the CPU time: how many requests end in a second. */
    public static final String THROUGHPUT = "throughput";

    /** The JDK's property; if it is false, virtual threads are in no list of all threads. */
    public static final String TRACKING = "jdk.trackAllThreads";

    /** So many that no task waits for one. */
    private static final int PERMITS = 100_000;

    /** How long a contender may take to end its last requests. */
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

    @Option(names = "--json", description = "Where to write the rounds' figures, as JMH does.")
    private @Nullable Path json;

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
    public Integer call() throws InterruptedException, StuckException, IOException {
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
        System.out.printf("%s, %d tasks, sleep %d ms%n", callers, tasks, sleep);
        System.out.println(Summary.of(inTurn, base));
        if (json != null) {
            write(inTurn, json);
        }
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

    private void write(InTurn<BusyContender> inTurn, Path file) throws IOException {
        JmhJson runs =
                new JmhJson(
                        Map.of(
                                "callers", callers.toString(),
                                "tasks", Integer.toString(tasks),
                                "sleep", Integer.toString(sleep),
                                "tracking", System.getProperty(TRACKING, "true")));
        inTurn.costs()
                .forEach((contender, costs) -> costs.forEach(cost -> runs.add(contender, cost)));
        runs.write(file);
    }
}
