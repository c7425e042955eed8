package dev.pogo.samples.queue;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PoolConfig;
import dev.pogo.Worker;
import dev.pogo.queue.PogoQueue;
import dev.pogo.queue.QueueConfig;
import dev.pogo.queue.RedisBackend;
import dev.pogo.samples.jobs.Scripted;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/** A consumer that runs until it is told to stop. */
@Command(
        name = "work",
        description = "Handles the messages of a queue until SIGINT or SIGTERM.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class WorkCommand implements Callable<Integer> {
    private static final String POOL = "work";

    @Mixin private QueueOptions options = new QueueOptions();

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            description =
                    "How many messages of each queue are handled at once; by default what the"
                            + " section \"queue\" says, or 1.")
    private @Nullable Integer concurrency;

    @Option(
            names = "--job",
            paramLabel = "CLASS",
            description =
                    "The job class; by default that of the section \"queue\", or one that does what"
                            + " the payload says: {\"sleep\": \"500ms\"} or {\"fail\": true}.")
    private @Nullable String job;

    @Option(
            names = "--failing",
            paramLabel = "PERCENT",
            description = "How many of 100 attempts are made to fail, by chance.")
    private int failing;

    @Spec
    @SuppressWarnings("NullAway") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (failing < 0 || failing > 100) {
            throw wrong("--failing must be from 0 to 100, but is " + failing);
        }
        PogoConfig pogo = options.pogo();
        QueueConfig queue = configured(pogo);
        String worker = job == null ? queue.worker() : job;
        if (worker == null) {
            worker = Scripted.class.getName();
        }
        if (!worker.equals(queue.worker())) {
            // Whoever types the name of a class may run it.
            List<String> jobs = new ArrayList<>(pogo.jobs());
            jobs.add(worker);
            pogo = pogo.withJobs(jobs);
        }
        String pool = queue.pool();
        if (options.section(pogo).isEmpty()) {
            pool = POOL;
            pogo = pogo.withPool(PoolConfig.named(POOL).withNumThreads(queue.concurrency()));
        }
        work(pogo, queue.withWorker(worker, pool));
        return 0;
    }

    private QueueConfig configured(PogoConfig pogo) {
        QueueConfig queue = options.queues(pogo);
        if (options.isNamed()) {
            queue = queue.withQueues(List.of(options.existing(queue)));
        }
        return concurrency == null ? queue : queue.withConcurrency(concurrency);
    }

    /** Returns only if it cannot begin: the process ends with {@link #end}. */
    private void work(PogoConfig pogo, QueueConfig queue) throws InterruptedException {
        PoolConfig pool =
                pogo.pools().stream()
                        .filter(one -> one.name().equals(queue.pool()))
                        .findFirst()
                        .orElseThrow(() -> wrong("there is no pool " + queue.pool()));
        Worker elsewhere = pool.worker();
        if (elsewhere == null) {
            ensureClass(String.valueOf(queue.worker()));
        }
        Deliveries deliveries = Deliveries.of(elsewhere, pogo, out(), failing);
        PogoConfig told =
                pogo.withPool(pool.withWorker(deliveries)).withTaskDecorator(Deliveries::plain);
        PogoRuntime runtime = PogoRuntime.start(told);
        PogoQueue queues;
        try {
            queues = PogoQueue.open(runtime, told, queue);
        } catch (RuntimeException e) {
            runtime.close();
            throw e;
        }
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform()
                                .name("samples/queue-end")
                                .unstarted(() -> end(runtime, queues, deliveries)));
        queues.consume();
        out().printf(
                        "%s handles queue %s from %s, %d at once%n",
                        queue.worker(),
                        String.join(", ", queue.queues()),
                        ((RedisBackend) queue.backend()).url(),
                        queue.concurrency());
        new CountDownLatch(1).await();
    }

    private void ensureClass(String name) {
        try {
            Class.forName(name, false, Thread.currentThread().getContextClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            throw wrong("there is no job class " + name);
        }
    }

    /** Called on SIGINT and SIGTERM. The JVM would exit with 130 or 143; to have ended is fine. */
    private void end(PogoRuntime runtime, PogoQueue queues, Deliveries deliveries) {
        int status = 1;
        try {
            out().println("ends when its running deliveries have ended");
            queues.close();
            runtime.close();
            out().println(deliveries);
            status = 0;
        } finally {
            Runtime.getRuntime().halt(status);
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private ParameterException wrong(String why) {
        return new ParameterException(spec.commandLine(), Printable.escape(why));
    }
}
