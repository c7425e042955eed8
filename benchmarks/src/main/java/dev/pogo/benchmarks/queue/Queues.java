package dev.pogo.benchmarks.queue;

import static dev.pogo.redis.Command.bytes;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PoolConfig;
import dev.pogo.queue.PogoQueue;
import dev.pogo.queue.PushOptions;
import dev.pogo.queue.PushResult;
import dev.pogo.queue.QueueBackend;
import dev.pogo.queue.QueueConfig;

import java.time.Duration;
import java.util.List;

/** A queue with a runtime of its own. */
final class Queues implements AutoCloseable {
    static final String POOL = "jobs";

    private final PogoRuntime runtime;
    private final PogoQueue queue;
    private final String name;

    /** Its deliveries do what {@link Count} does; nothing is delivered before it is consumed. */
    Queues(QueueBackend backend, String name, int concurrency) {
        this.name = name;
        PogoConfig config =
                PogoConfig.defaults()
                        .withPool(PoolConfig.named(POOL).withNumThreads(concurrency))
                        .withJobs(List.of(Count.class.getName()));
        runtime = PogoRuntime.start(config);
        queue =
                PogoQueue.open(
                        runtime,
                        config,
                        QueueConfig.defaults()
                                .withBackend(backend)
                                .withQueues(List.of(name))
                                .withWorker(Count.class.getName(), POOL)
                                .withReserveTimeout(Duration.ofMillis(200))
                                .withConcurrency(concurrency));
    }

    /** Returns the key of a queue's stream. */
    static byte[] stream(String name) {
        return bytes("pogo:queue:{" + name + "}:stream");
    }

    void consume() {
        queue.consume();
    }

    void push(Object payload, PushOptions options) throws InterruptedException {
        PushResult pushed = queue.push(name, payload, options);
        if (!pushed.ok()) {
            throw new IllegalStateException(pushed.message());
        }
    }

    void push(Object payload) throws InterruptedException {
        push(payload, PushOptions.none());
    }

    @Override
    public void close() {
        queue.close();
        runtime.close();
    }
}
