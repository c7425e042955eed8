package dev.pogo.samples.queue;

import dev.pogo.queue.PogoQueue;
import dev.pogo.queue.QueueConfig;
import dev.pogo.queue.QueueException;
import dev.pogo.queue.QueueStatus;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.concurrent.Callable;

/** The numbers of queues. */
@Command(
        name = "status",
        description = "Shows the numbers of the queues, or of one with --queue.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class StatusCommand implements Callable<Integer> {
    private static final long EVERY_MILLIS = 1_000;

    @Mixin private QueueOptions options = new QueueOptions();

    @Option(names = "--json", description = "Print the result as JSON, in one line.")
    private boolean json;

    @Option(names = "--watch", description = "Do it every second until interrupted.")
    private boolean watch;

    @Spec
    @SuppressWarnings("NullAway") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        return options.use((queues, config) -> {
            int status = show(queues, config);
            while (watch) {
                Thread.sleep(EVERY_MILLIS);
                if (!json) {
                    out().println();
                }
                status = show(queues, config);
            }
            return status;
        });
    }

    private int show(PogoQueue queues, QueueConfig config) throws InterruptedException {
        QueueStatus status =
                options.isNamed() ? queues.status(options.existing(config)) : queues.status();
        if (json) {
            out().println(Json.line(status));
        } else if (status.ready()) {
            print(status);
        }
        return status.ready() ? 0 : options.failed("not ready: " + reason(queues, status));
    }

    private void print(QueueStatus status) {
        Table table =
                new Table(
                        "queue",
                        "pending",
                        "delayed",
                        "reserved",
                        "failed",
                        "enqueued",
                        "acked",
                        "released",
                        "backend errors");
        status.queues()
                .forEach((name, counts) ->
                        table.add(
                                Printable.escape(name),
                                counts.pending(),
                                counts.delayed(),
                                counts.reserved(),
                                counts.failed(),
                                counts.enqueued(),
                                counts.acked(),
                                counts.released(),
                                counts.backendErrors()));
        table.print(out());
    }

    /** Returns what another operation complains of: the status itself does not say why. */
    private static String reason(PogoQueue queues, QueueStatus status) throws InterruptedException {
        try {
            for (String queue : status.queues().keySet()) {
                var unused = queues.failed(queue, 1);
            }
            return "the backend has not answered";
        } catch (QueueException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
