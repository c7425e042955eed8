package dev.pogo.benchmarks.remote;

import dev.pogo.testing.RedisServer;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.time.Duration;

/** Measures what a job on another machine costs: all of it on this one, with a real server. */
@Command(
        name = "remote-job",
        mixinStandardHelpOptions = true,
        description = "Measures small jobs that job hosts do, beside other ways to have them done.")
public final class RemoteJob {
    private RemoteJob() {}

    /**
     * Runs a command.
     *
     * @param args the command and its options
     */
    public static void main(String[] args) {
        // Whatever still runs, for a contender may be stuck.
        System.exit(new CommandLine(new RemoteJob()).execute(args));
    }

    /**
     * Runs each contender for a moment, to see that it works. Says so and does nothing where no
     * server is installed.
     *
     * @throws InterruptedException if the thread is interrupted
     */
    public static void check() throws InterruptedException {
        System.out.println("\n# Remote jobs");
        if (!RedisServer.isInstalled()) {
            System.out.println("redis-server is not installed: they are not run.");
            return;
        }
        new Measurement(4, 1, Duration.ofMillis(50), Duration.ofMillis(10)).check();
    }

    @Command(description = "Prints all tables.")
    int all(
            @Option(
                            names = "--rounds",
                            defaultValue = "9",
                            description = "How often each has its turn: ${DEFAULT-VALUE}.")
                    int rounds,
            @Option(
                            names = "--slice",
                            defaultValue = "500",
                            description = "Milliseconds that a turn is counted: ${DEFAULT-VALUE}.")
                    int slice)
            throws InterruptedException {
        new Measurement(64, rounds, Duration.ofMillis(slice), Duration.ofSeconds(8)).all();
        return 0;
    }
}
