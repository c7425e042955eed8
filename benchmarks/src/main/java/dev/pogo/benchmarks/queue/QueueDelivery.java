package dev.pogo.benchmarks.queue;

import dev.pogo.queue.StoreSteps;
import dev.pogo.testing.RedisServer;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.time.Duration;
import java.util.List;

/**
 * Measures what a message of a queue costs, beside the same streams by hand, with a real server.
 */
@Command(
        name = "queue-delivery",
        mixinStandardHelpOptions = true,
        description = "Measures pushes and deliveries, beside streams of Redis by hand.")
public final class QueueDelivery {
    private static final String ROUNDS = "How often each has its turn: ${DEFAULT-VALUE}.";
    private static final String SLICE = "Milliseconds that a turn is counted: ${DEFAULT-VALUE}.";

    private QueueDelivery() {}

    /**
     * Runs a command.
     *
     * @param args the command and its options
     */
    public static void main(String[] args) {
        // Whatever still runs, for a contender may be stuck.
        System.exit(new CommandLine(new QueueDelivery()).execute(args));
    }

    /**
     * Runs each contender for a moment, to see that it works. Says so and does nothing where no
     * server is installed.
     *
     * @throws Exception if one does not
     */
    public static void check() throws Exception {
        System.out.println("\n# Queues");
        if (!RedisServer.isInstalled()) {
            System.out.println("redis-server is not installed: they are not run.");
            return;
        }
        Measurement brief = new Measurement(4, 1, Duration.ofMillis(50), Duration.ofMillis(10));
        brief.pushes();
        brief.deliveries();
        brief.latencies();
        new MessageMemory(100).print();
        StoreSteps.print(List.of(10, 100), 1, 10);
    }

    private static Measurement measurement(int rounds, int slice) {
        return new Measurement(64, rounds, Duration.ofMillis(slice), Duration.ofSeconds(4));
    }

    @Command(description = "What a push costs.")
    int push(
            @Option(names = "--rounds", defaultValue = "9", description = ROUNDS) int rounds,
            @Option(names = "--slice", defaultValue = "500", description = SLICE) int slice)
            throws InterruptedException {
        measurement(rounds, slice).pushes();
        return 0;
    }

    @Command(
            description =
                    "What a message costs from push to acknowledgement, and how long it takes.")
    int deliver(
            @Option(names = "--rounds", defaultValue = "9", description = ROUNDS) int rounds,
            @Option(names = "--slice", defaultValue = "500", description = SLICE) int slice)
            throws InterruptedException {
        measurement(rounds, slice).deliveries();
        measurement(rounds, slice).latencies();
        return 0;
    }

    @Command(description = "How much memory a message takes.")
    int memory() throws Exception {
        new MessageMemory(100_000).print();
        return 0;
    }

    @Command(description = "What each step costs, with few messages and with many.")
    int sizes() throws Exception {
        StoreSteps.print(List.of(100, 10_000, 1_000_000), 9, 300);
        return 0;
    }

    @Command(description = "Prints all tables.")
    int all() throws Exception {
        push(9, 500);
        deliver(9, 500);
        memory();
        return sizes();
    }
}
