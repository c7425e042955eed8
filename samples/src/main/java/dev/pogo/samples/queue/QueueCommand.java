package dev.pogo.samples.queue;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Queues whose messages are in Redis. */
@Command(
        name = "queue",
        description = "Pushes messages to a queue in Redis, handles them and looks after them.",
        subcommands = {
            PushCommand.class,
            WorkCommand.class,
            StatusCommand.class,
            FailedCommand.class,
            RetryCommand.class
        },
        mixinStandardHelpOptions = true)
public final class QueueCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway") // set by picocli
    private CommandSpec spec;

    /** Made by picocli. */
    public QueueCommand() {}

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "name what to do: push, work, status, failed or retry");
    }
}
