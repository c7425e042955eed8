package dev.pogo.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PoolConfig;
import dev.pogo.testing.Eventually;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A test with queues whose jobs run in this process, and which are closed after it. */
abstract class QueueFixture {
    static final String POOL = "work";
    static final Duration LONG = Duration.ofSeconds(20);

    /** Retries at once, or almost. */
    static final QueueConfig CONFIG =
            QueueConfig.defaults()
                    .withQueues(List.of("mail"))
                    .withRetryDelay(Duration.ofMillis(1), Duration.ofSeconds(10))
                    .withReserveTimeout(Duration.ofMillis(200));

    final QueueBackend backend;
    private final List<Runnable> closeLater = new ArrayList<>();

    QueueFixture(QueueBackend backend) {
        this.backend = backend;
    }

    @BeforeEach
    final void resetJobs() {
        QueueJobs.Seen.reset();
    }

    @AfterEach
    final void close() {
        QueueJobs.Seen.HOLD.release(1_000);
        Collections.reverse(closeLater);
        closeLater.forEach(Runnable::run);
    }

    static PogoConfig pogo(PoolConfig pool) {
        return PogoConfig.defaults().withPool(pool).withJobs(List.of("dev.pogo.queue.*"));
    }

    final PogoRuntime start(PogoConfig config) {
        PogoRuntime runtime = PogoRuntime.start(config);
        closeLater.add(runtime::close);
        return runtime;
    }

    /** Opens queues with a job, and with a pool of 8 threads. */
    final PogoQueue open(Class<?> job, QueueConfig config) {
        return open(job, config, PoolConfig.named(POOL).withNumThreads(8));
    }

    final PogoQueue open(Class<?> job, QueueConfig config, PoolConfig pool) {
        PogoConfig pogo = pogo(pool);
        PogoQueue queue =
                PogoQueue.open(
                        start(pogo),
                        pogo,
                        config.withBackend(backend).withWorker(job.getName(), pool.name()));
        closeLater.add(queue::close);
        QueueJobs.Seen.queue = queue;
        return queue;
    }

    final PogoQueue consume(Class<?> job, QueueConfig config) {
        PogoQueue queue = open(job, config);
        queue.consume();
        return queue;
    }

    /** Adds a message, and returns its id. */
    static String push(PogoQueue queue, @Nullable Object payload) throws InterruptedException {
        PushResult pushed = queue.push("mail", payload);
        assertTrue(pushed.ok(), pushed::message);
        assertEquals(QueueCode.ACCEPTED, pushed.code());
        assertNotNull(pushed.id());
        return String.valueOf(pushed.id());
    }

    static QueueCounts counts(PogoQueue queue) throws InterruptedException {
        QueueStatus status = queue.status("mail");
        assertTrue(status.ready(), status::toString);
        return status.queues().values().iterator().next();
    }

    static Counters counters(PogoQueue queue) {
        return queue.queues().getFirst().counters();
    }

    static void awaitAcked(PogoQueue queue, long number) throws Exception {
        Eventually.reached(() -> counts(queue).acked() == number, () -> string(queue));
    }

    static void awaitStarted(int number) throws Exception {
        Eventually.reached(
                () -> QueueJobs.Seen.STARTED.get() == number, QueueJobs.Seen.STARTED::get);
    }

    static DeadLetter awaitLetter(PogoQueue queue) throws Exception {
        Eventually.reached(() -> counts(queue).failed() == 1, () -> string(queue));
        return queue.failed("mail", 10).getFirst();
    }

    private static String string(PogoQueue queue) {
        try {
            return queue.status().toString();
        } catch (InterruptedException e) {
            return e.toString();
        }
    }

    /** Closes a queue with another thread. */
    static Thread closing(PogoQueue queue) {
        return Thread.ofVirtual().start(queue::close);
    }
}
