package dev.pogo.samples.queue;

import dev.pogo.queue.PogoQueue;
import dev.pogo.queue.QueueConfig;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.util.concurrent.Callable;

/** Another chance for dead letters. */
@Command(
        name = "retry",
        description = "Makes failed messages pending again.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class RetryCommand implements Callable<Integer> {
    private static final String ALL = "all";

    @Mixin private QueueOptions options = new QueueOptions();

    @Parameters(paramLabel = "ID|all", description = "The id of one, or all that have failed.")
    private String id = "";

    @Spec
    @SuppressWarnings("NullAway") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        return options.use(this::retry);
    }

    private int retry(PogoQueue queues, QueueConfig config) throws InterruptedException {
        String queue = options.existing(config);
        int retried;
        if (id.equals(ALL)) {
            retried = queues.retryAll(queue);
        } else if (queues.retry(queue, id)) {
            retried = 1;
        } else {
            return options.failed("queue %s has no failed message %s".formatted(queue, id));
        }
        spec.commandLine()
                .getOut()
                .printf(
                        "queue %s: %d failed %s pending again%n",
                        Printable.escape(queue),
                        retried,
                        retried == 1 ? "message is" : "messages are");
        return 0;
    }
}
