package dev.pogo.queue;

import dev.pogo.InvalidConfigException;
import dev.pogo.InvalidPayloadException;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Queues of messages that are delivered at least once. A message is a JSON value. Each delivery
 * runs a job in a pool, in a scope whose deadline is the visibility timeout: if the job succeeds,
 * the delivery is acknowledged and the message is deleted; if it fails, the message is delivered
 * again after a delay that grows, and after {@code max_attempts} it becomes a {@linkplain
 * DeadLetter dead letter}. What a dead process had reserved is delivered again when its visibility
 * timeout has passed. So a message may be handled more than once, and jobs must be prepared for
 * that.
 *
 * {@snippet file="dev/pogo/queue/QueueExampleTest.java" region="queue"}
 *
 * <p>All methods may be called by any thread. Those that wait for the backend do so for at most 10
 * seconds; if the thread is interrupted meanwhile, the operation may have been performed.
 */
public final class PogoQueue implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PogoQueue.class);
    private static final int MOST_DEAD_LETTERS = 1_000;

    private final QueueConfig config;
    private final Map<String, NamedQueue> queues = new LinkedHashMap<>();

    private final AtomicBoolean consuming = new AtomicBoolean();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);

    private PogoQueue(PogoRuntime runtime, QueueConfig config) {
        this.config = config;
        try {
            for (String queue : config.queues()) {
                queues.put(queue, NamedQueue.open(queue, config, runtime));
            }
        } catch (Throwable e) {
            queues.values().forEach(NamedQueue::close);
            throw e;
        }
    }

    /**
     * Opens the queues that the section {@code queue} of a configuration describes. If the backend
     * cannot be reached, this succeeds all the same, and operations fail until it can be.
     *
     * @param runtime the runtime in whose pools the jobs run; it must be closed after the queues
     * @param config its configuration
     * @return the queues, to be closed when they are no longer needed
     * @throws InvalidConfigException if there is no section {@code queue}, its worker is not among
     *     the jobs of the configuration, or the runtime has no such pool
     */
    public static PogoQueue open(PogoRuntime runtime, PogoConfig config) {
        QueueConfig queue =
                config.section(QueueReader.NAME, QueueConfig.class)
                        .orElseThrow(() ->
                                Checks.invalid(
                                        config.source(),
                                        QueueReader.NAME,
                                        null,
                                        "is missing, like {\"backend\": {\"redis\": {\"url\":"
                                                + " \"redis://10.0.0.5:6379\"}}, \"worker\":"
                                                + " \"com.acme.SendMail\"}"));
        return open(runtime, config, queue);
    }

    /**
     * Opens queues like {@link #open(PogoRuntime, PogoConfig)}.
     *
     * @param runtime the runtime in whose pools the jobs run; it must be closed after the queues
     * @param config its configuration, with the job classes that are allowed
     * @param queue the rest; a section {@code queue} of {@code config} does not count
     * @return the queues, to be closed when they are no longer needed
     * @throws InvalidConfigException if the worker is not among the jobs of the configuration, or
     *     the runtime has no such pool
     */
    public static PogoQueue open(PogoRuntime runtime, PogoConfig config, QueueConfig queue) {
        Objects.requireNonNull(runtime, "runtime");
        Checks.ensureWorker(runtime, config, queue);
        return new PogoQueue(runtime, queue);
    }

    /**
     * Starts to deliver messages: of each queue up to {@code concurrency} at the same time.
     * Idempotent.
     *
     * @throws IllegalStateException if the configuration has no worker, or the queues are closed
     */
    public void consume() {
        String worker = config.worker();
        if (worker == null) {
            throw new IllegalStateException(
                    "the section \"queue\" has no worker, so its queues cannot be consumed; add"
                            + " one, like \"worker\": \"com.acme.SendMail\"");
        }
        if (closing.get()) {
            throw new IllegalStateException("the queue is closed");
        }
        if (consuming.compareAndSet(false, true)) {
            queues.values().forEach(NamedQueue::consume);
            LOG.info(
                    "Queues {} are consumed by {} in pool {}, up to {} deliveries of each at a"
                            + " time",
                    queues.keySet(),
                    worker,
                    config.pool(),
                    config.concurrency());
        }
    }

    /**
     * Adds a message that may be delivered at once.
     *
     * @param queue the name of the queue
     * @param payload a value that Jackson writes as JSON; may be null
     * @return the outcome; anything but success is told by its code, not by an exception
     * @throws InvalidPayloadException if the payload cannot be written as JSON
     * @throws InterruptedException if the calling thread is interrupted while it waits
     */
    public PushResult push(String queue, @Nullable Object payload) throws InterruptedException {
        return push(queue, payload, PushOptions.none());
    }

    /**
     * Adds a message that may be delivered after a delay; otherwise like {@link #push(String,
     * Object)}.
     *
     * @param queue the name of the queue
     * @param payload a value that Jackson writes as JSON; may be null
     * @param delay the time that must pass before, not negative and at most 10 years
     * @return the outcome
     * @throws IllegalArgumentException if the delay is out of its range
     * @throws InvalidPayloadException if the payload cannot be written as JSON
     * @throws InterruptedException if the calling thread is interrupted while it waits
     */
    public PushResult push(String queue, @Nullable Object payload, Duration delay)
            throws InterruptedException {
        return push(queue, payload, PushOptions.none().withDelay(delay));
    }

    /**
     * Adds a message; otherwise like {@link #push(String, Object)}.
     *
     * @param queue the name of the queue
     * @param payload a value that Jackson writes as JSON; may be null
     * @param options its delay and its de-duplication key
     * @return the outcome
     * @throws InvalidPayloadException if the payload cannot be written as JSON
     * @throws InterruptedException if the calling thread is interrupted while it waits
     */
    public PushResult push(String queue, @Nullable Object payload, PushOptions options)
            throws InterruptedException {
        Objects.requireNonNull(options, "options");
        NamedQueue named = queues.get(Objects.requireNonNull(queue, "queue"));
        if (named == null) {
            return PushResult.refused(QueueCode.QUEUE_UNKNOWN, unknown(queue));
        }
        return named.push(payload, options, closing.get());
    }

    private String unknown(String queue) {
        return "there is no queue " + queue + "; there is " + String.join(", ", queues.keySet());
    }

    /**
     * Acknowledges a delivery, and deletes its message. A delivery is settled only once: when its
     * job ends afterwards, nothing more happens.
     *
     * @param queue the name of the queue
     * @param deliveryId {@link Delivery#deliveryId()}
     * @return the outcome
     * @throws InterruptedException if the calling thread is interrupted while it waits
     */
    public QueueCode ack(String queue, String deliveryId) throws InterruptedException {
        return settle(queue, deliveryId, new Settlement.Ack());
    }

    /**
     * Releases a delivery, so that its message is delivered again. This counts as an attempt, but
     * does not make the message a dead letter.
     *
     * @param queue the name of the queue
     * @param deliveryId {@link Delivery#deliveryId()}
     * @param delay the time that must pass before, not negative and at most 10 years
     * @return the outcome
     * @throws IllegalArgumentException if the delay is out of its range
     * @throws InterruptedException if the calling thread is interrupted while it waits
     */
    public QueueCode release(String queue, String deliveryId, Duration delay)
            throws InterruptedException {
        PushOptions.ensureDelay(delay);
        return settle(queue, deliveryId, new Settlement.Release(delay, "released"));
    }

    /**
     * Makes the message of a delivery a dead letter, however many attempts are left.
     *
     * @param queue the name of the queue
     * @param deliveryId {@link Delivery#deliveryId()}
     * @param reason why it has failed; what is longer than 1,000 characters is cut
     * @return the outcome
     * @throws InterruptedException if the calling thread is interrupted while it waits
     */
    public QueueCode fail(String queue, String deliveryId, String reason)
            throws InterruptedException {
        return settle(
                queue, deliveryId, new Settlement.Fail(Objects.requireNonNull(reason, "reason")));
    }

    private QueueCode settle(String queue, String deliveryId, Settlement settlement)
            throws InterruptedException {
        Objects.requireNonNull(deliveryId, "deliveryId");
        NamedQueue named = queues.get(Objects.requireNonNull(queue, "queue"));
        if (named == null) {
            return QueueCode.QUEUE_UNKNOWN;
        }
        return closed.getCount() == 0
                ? QueueCode.SHUTTING_DOWN
                : named.settle(deliveryId, settlement);
    }

    /**
     * Returns the state of all queues.
     *
     * @return a snapshot
     * @throws InterruptedException if the calling thread is interrupted while it waits
     */
    public QueueStatus status() throws InterruptedException {
        return status(queues.values());
    }

    /**
     * Returns the state of one queue.
     *
     * @param queue the name of the queue
     * @return a snapshot; if there is no such queue, one that is not ready and has no queue
     * @throws InterruptedException if the calling thread is interrupted while it waits
     */
    public QueueStatus status(String queue) throws InterruptedException {
        NamedQueue named = queues.get(Objects.requireNonNull(queue, "queue"));
        return named == null ? new QueueStatus(false, Map.of()) : status(List.of(named));
    }

    private QueueStatus status(Collection<NamedQueue> of) throws InterruptedException {
        return closed.getCount() == 0
                ? StatusQuery.withoutBackend(of)
                : StatusQuery.ask(of, !closing.get());
    }

    /**
     * Returns dead letters, those first that have been there longest.
     *
     * @param queue the name of the queue
     * @param most the maximum number, from 1 to 1,000
     * @return the dead letters
     * @throws IllegalArgumentException if the number is out of its range
     * @throws QueueException if there is no such queue, or the backend fails
     * @throws InterruptedException if the calling thread is interrupted while it waits
     */
    public List<DeadLetter> failed(String queue, int most) throws InterruptedException {
        if (most < 1 || most > MOST_DEAD_LETTERS) {
            throw new IllegalArgumentException(
                    "1 to " + MOST_DEAD_LETTERS + " dead letters can be listed, not " + most);
        }
        return named(queue).deadLetters(most);
    }

    /**
     * Makes a dead letter pending, as a message that has not been attempted.
     *
     * @param queue the name of the queue
     * @param id the id of the message
     * @return whether there was such a dead letter
     * @throws QueueException if there is no such queue, or the backend fails
     * @throws InterruptedException if the calling thread is interrupted while it waits
     */
    public boolean retry(String queue, String id) throws InterruptedException {
        return named(queue).retry(Objects.requireNonNull(id, "id")) == 1;
    }

    /**
     * Makes all dead letters pending that are there now.
     *
     * @param queue the name of the queue
     * @return how many there were
     * @throws QueueException if there is no such queue, or the backend fails
     * @throws InterruptedException if the calling thread is interrupted while it waits
     */
    public int retryAll(String queue) throws InterruptedException {
        return named(queue).retry(null);
    }

    private NamedQueue named(String queue) {
        NamedQueue named = queues.get(Objects.requireNonNull(queue, "queue"));
        if (named == null) {
            throw new QueueException(QueueCode.QUEUE_UNKNOWN, unknown(queue), null);
        }
        if (closed.getCount() == 0) {
            throw new QueueException(
                    QueueCode.SHUTTING_DOWN, "queue " + queue + " is closed", null);
        }
        return named;
    }

    /** Returns the queues, for metrics. */
    List<NamedQueue> queues() {
        return new ArrayList<>(queues.values());
    }

    /**
     * Ends the queues: reserves no further messages, waits up to {@code shutdown_timeout} for the
     * deliveries that run, then cancels those that are left and gives their messages back, and
     * waits for them. This takes up to {@code reserve_timeout} and, if the backend does not answer,
     * 20 seconds more. A job that ignores its cancellation holds it up. What is pending stays so;
     * with {@link MemoryBackend} it is lost. Cannot be interrupted. Idempotent: closing again waits
     * in the same way. Must not be called by a job of these queues, since it would wait for it.
     */
    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            try {
                long end = System.nanoTime() + config.shutdownTimeout().toNanos();
                queues.values().forEach(NamedQueue::stop);
                for (NamedQueue queue : queues.values()) {
                    Uninterruptibly.run(() -> queue.cancelAt(end));
                }
                queues.values().forEach(queue -> Uninterruptibly.run(queue::drain));
            } finally {
                closeStores();
                closed.countDown();
            }
        } else {
            Uninterruptibly.run(closed::await);
        }
    }

    /** All at the same time: each takes some seconds if the backend does not answer. */
    private void closeStores() {
        List<Thread> threads =
                queues.values().stream()
                        .map(queue ->
                                Thread.ofVirtual().name("pogo-queue-close").start(queue::close))
                        .toList();
        threads.forEach(thread -> Uninterruptibly.run(thread::join));
    }

    /**
     * Consumes the queues of the configuration that {@link PogoConfig#find()} finds, with a runtime
     * of its own, until the process is told to end by SIGTERM or SIGINT. Then they are {@linkplain
     * #close() closed}.
     *
     * @param args none
     * @throws InterruptedException if the main thread is interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        PogoQueue queue;
        PogoRuntime runtime;
        try {
            PogoConfig config = PogoConfig.find();
            runtime = PogoRuntime.start(config);
            queue = open(runtime, config);
            queue.consume();
        } catch (InvalidConfigException | IllegalStateException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    queue.close();
                                    runtime.close();
                                },
                                "pogo-queue-shutdown"));
        queue.closed.await(); // for ever: the shutdown hook ends the process
    }
}
