package dev.pogo.queue;

import dev.pogo.PogoRuntime;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** One of the queues of a {@link PogoQueue}, with its store and its consumer. */
final class NamedQueue {
    private static final Logger LOG = LoggerFactory.getLogger(NamedQueue.class);

    private final String name;
    private final QueueConfig config;
    private final QueueStore store;
    private final Counters counters = new Counters();
    private final Consumer consumer;
    private final RecentNumbers recent = new RecentNumbers(this::numbers);

    /**
     * Set once, before the consumer starts. A thread that closes the queue and does not see it has
     * stopped the consumer already, which then ends as soon as it starts.
     */
    private volatile boolean consuming;

    /** Set once, before the store is closed. */
    private volatile boolean closed;

    private NamedQueue(String name, QueueConfig config, QueueStore store, PogoRuntime runtime) {
        this.name = name;
        this.config = config;
        this.store = store;
        consumer = new Consumer(name, store, counters, config, runtime);
    }

    static NamedQueue open(String name, QueueConfig config, PogoRuntime runtime) {
        QueueStore store =
                switch (config.backend()) {
                    case RedisBackend redis -> new RedisStore(name, redis, config);
                    case MemoryBackend memory -> new MemoryStore(name, memory, config);
                };
        return new NamedQueue(name, config, store, runtime);
    }

    String name() {
        return name;
    }

    Counters counters() {
        return counters;
    }

    void consume() {
        consuming = true;
        consumer.start();
    }

    /**
     * @param closing whether the queue is being closed
     */
    PushResult push(@Nullable Object payload, PushOptions options, boolean closing)
            throws InterruptedException {
        PushResult result = closing ? shuttingDown() : push(payload, options);
        counters.pushes(result.code()).increment();
        return result;
    }

    private PushResult shuttingDown() {
        return PushResult.refused(QueueCode.SHUTTING_DOWN, "queue " + name + " is being closed");
    }

    private PushResult push(@Nullable Object payload, PushOptions options)
            throws InterruptedException {
        byte[] json = Payloads.write(name, payload);
        if (json.length > config.maxPayloadBytes()) {
            return PushResult.refused(
                    QueueCode.PAYLOAD_TOO_LARGE,
                    "the payload has "
                            + json.length
                            + " bytes; queue "
                            + name
                            + " takes at most "
                            + config.maxPayloadBytes());
        }
        if (config.backend() instanceof MemoryBackend && config.worker() == null) {
            return PushResult.refused(
                    QueueCode.WORKER_UNAVAILABLE,
                    "queue " + name + " is in memory and has no worker");
        }
        try {
            return store.push(json, options);
        } catch (BackendException e) {
            return closed
                    ? shuttingDown()
                    : PushResult.refused(failed(e), String.valueOf(e.getMessage()));
        }
    }

    QueueCode settle(String deliveryId, Settlement settlement) throws InterruptedException {
        try {
            return settlement.settle(store, deliveryId);
        } catch (BackendException e) {
            return failed(e);
        }
    }

    /** Returns null if the backend has failed. */
    QueueStore.@Nullable Numbers numbers() throws InterruptedException {
        try {
            return store.numbers();
        } catch (BackendException e) {
            failed(e);
            return null;
        }
    }

    /** Returns a figure that is at most a second old, NaN if the backend does not answer. */
    double recent(ToDoubleFunction<QueueStore.Numbers> figure) {
        QueueStore.Numbers numbers = closed ? null : recent.get();
        return numbers == null ? Double.NaN : figure.applyAsDouble(numbers);
    }

    QueueCounts counts(QueueStore.@Nullable Numbers known) {
        QueueStore.Numbers numbers =
                known == null ? new QueueStore.Numbers(0, 0, 0, 0, 0, 0, 0) : known;
        return new QueueCounts(
                numbers.pending(),
                numbers.delayed(),
                numbers.reserved(),
                numbers.failed(),
                numbers.enqueued(),
                numbers.acked(),
                numbers.released(),
                counters.backendErrors.sum(),
                config.maxPayloadBytes());
    }

    List<DeadLetter> deadLetters(int most) throws InterruptedException {
        try {
            return store.deadLetters(most);
        } catch (BackendException e) {
            throw new QueueException(failed(e), String.valueOf(e.getMessage()), e);
        }
    }

    int retry(@Nullable String id) throws InterruptedException {
        try {
            return store.retry(id);
        } catch (BackendException e) {
            throw new QueueException(failed(e), String.valueOf(e.getMessage()), e);
        }
    }

    private QueueCode failed(BackendException e) {
        counters.backendErrors.increment();
        LOG.debug("The backend of queue {} has failed", name, e);
        return QueueCode.BACKEND_FAILURE;
    }

    void stop() {
        consumer.stop();
    }

    void cancelAt(long end) throws InterruptedException {
        if (consuming) {
            consumer.cancelAt(end);
        }
    }

    void drain() throws InterruptedException {
        if (consuming) {
            consumer.drain();
        }
    }

    void close() {
        closed = true;
        store.close();
    }
}
