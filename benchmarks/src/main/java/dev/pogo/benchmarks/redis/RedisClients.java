package dev.pogo.benchmarks.redis;

import dev.pogo.testing.RedisServer;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Compares client libraries for Redis, with a real server; see docs/redis-client.md. */
@Command(
        name = "redis-clients",
        mixinStandardHelpOptions = true,
        description = "Compares Jedis and Lettuce on virtual threads.")
public final class RedisClients {
    private RedisClients() {}

    /**
     * Runs a command.
     *
     * @param args the command and its options
     */
    public static void main(String[] args) {
        // Whatever still runs, for a contender may be stuck.
        System.exit(new CommandLine(new RedisClients()).execute(args));
    }

    /**
     * Runs everything for a moment, to see that it works. Says so and does nothing where no server
     * is installed.
     *
     * @throws IOException if what the flight recorder has seen cannot be read
     * @throws InterruptedException if the thread is interrupted
     */
    public static void check() throws IOException, InterruptedException {
        System.out.println("\n# Redis clients");
        if (!RedisServer.isInstalled()) {
            System.out.println("redis-server is not installed: they are not run.");
            return;
        }
        for (Load load : Load.values()) {
            System.out.println(Comparison.run(load, 8, 1, Duration.ofMillis(50)));
        }
        // Not the pool, whose callers may starve for many seconds after a fault.
        for (Contender contender : List.of(Contender.JEDIS_BATCHING, Contender.LETTUCE)) {
            System.out.println(FaultRun.run(contender, Fault.KILLED_SHORTLY, 1));
        }
        System.out.println(
                Pinning.row(Contender.JEDIS_BATCHING, Load.SHORT, 8, Duration.ofMillis(50)));
    }

    @Command(description = "Commands a second, and what one costs.")
    int loads(
            @Option(names = "--rounds", defaultValue = "9", description = ROUNDS) int rounds,
            @Option(names = "--slice", defaultValue = "300", description = SLICE) int slice)
            throws InterruptedException {
        Duration length = Duration.ofMillis(slice);
        System.out.println(
                """
                | load, callers | client | commands/s | client µs | server µs | client ÷ base \
                | both ÷ base | bytes |
                |---|---|---:|---:|---:|---:|---:|---:|\
                """);
        System.out.println(Comparison.run(Load.SHORT, 64, rounds, length));
        System.out.println(Comparison.run(Load.SHORT, 1_000, rounds, length));
        System.out.println(Comparison.run(Load.POP, 64, rounds, length));
        System.out.println(Comparison.run(Load.PIPELINE, 1, rounds, length));
        System.out.println(Comparison.run(Load.PIPELINE, 16, rounds, length));
        return 0;
    }

    private static final String ROUNDS = "How often each has its turn: ${DEFAULT-VALUE}.";
    private static final String SLICE = "Milliseconds that a turn is counted: ${DEFAULT-VALUE}.";

    @Command(description = "Kills, restarts and pauses the server while commands run.")
    int faults(
            @Option(
                            names = "--times",
                            defaultValue = "5",
                            description = "How often a short fault happens: ${DEFAULT-VALUE}.")
                    int times)
            throws InterruptedException {
        System.out.println(
                """
                | fault | client | first reply after | all served after | longest call | failed | done twice | lost \
                | exceptions |
                |---|---|---:|---:|---:|---:|---:|---:|---|\
                """);
        for (Fault fault : Fault.values()) {
            for (Contender contender : Contender.values()) {
                int repeated = fault == Fault.KILLED_SHORTLY ? times : 1;
                System.out.println(FaultRun.run(contender, fault, repeated));
            }
        }
        return 0;
    }

    @Command(description = "Counts how often virtual threads block their carriers.")
    int pinned() throws InterruptedException, IOException {
        System.out.println(
                """
                | load, callers | client | commands/s | pinned | in all | where |
                |---|---|---:|---:|---:|---|\
                """);
        for (Load load : Load.values()) {
            for (Contender contender : Contender.values()) {
                System.out.println(Pinning.row(contender, load, 64, Duration.ofSeconds(2)));
            }
        }
        return 0;
    }
}
