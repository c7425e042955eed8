package dev.pogo.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.testing.Eventually;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A consumer whose store does what no store should. */
class ConsumerTest {
    private static final QueueConfig CONFIG =
            QueueConfig.defaults()
                    .withWorker(QueueJobs.Post.class.getName(), "default")
                    .withConcurrency(2)
                    .withReserveTimeout(Duration.ofMillis(50));

    private final PogoConfig pogo = PogoConfig.defaults().withJobs(List.of("dev.pogo.queue.*"));
    private final PogoRuntime runtime = PogoRuntime.start(pogo);
    private final Counters counters = new Counters();

    @BeforeEach
    void reset() {
        QueueJobs.Seen.reset();
    }

    @AfterEach
    void close() {
        runtime.close();
    }

    /** An error of which nothing can be said. */
    private static final class Unspeakable extends Error {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new IllegalStateException("not even this");
        }
    }

    /** Fails at first, and then has some messages. */
    private static final class OddStore implements QueueStore {
        final Queue<Throwable> failures = new ArrayDeque<>();
        final AtomicInteger number = new AtomicInteger();
        final int messages;
        final ConcurrentHashMap<String, Boolean> acked = new ConcurrentHashMap<>();

        /** One permit for each acknowledgement that may return. */
        final Semaphore acks = new Semaphore(Integer.MAX_VALUE);

        final CountDownLatch done = new CountDownLatch(1);

        OddStore(int messages) {
            this.messages = messages;
        }

        @Override
        public List<Reservation> reserve(int most, Duration wait) throws InterruptedException {
            Throwable failure = failures.poll();
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof RuntimeException exception) {
                throw exception;
            }
            if (number.get() == messages) {
                done.await(wait.toMillis(), TimeUnit.MILLISECONDS);
                return List.of();
            }
            String id = "1-" + number.incrementAndGet();
            byte[] payload =
                    "{\"to\": \"ada\", \"weight\": 1, \"stamps\": []}"
                            .getBytes(StandardCharsets.UTF_8);
            return List.of(new Reservation(id, id, 1, 1, payload));
        }

        @Override
        public QueueCode ack(String deliveryId) throws InterruptedException {
            acks.acquire();
            acked.put(deliveryId, true);
            return QueueCode.ACCEPTED;
        }

        @Override
        public PushResult push(byte[] payload, PushOptions options) {
            throw new AssertionError();
        }

        @Override
        public QueueCode release(String deliveryId, Duration delay, boolean attempted) {
            throw new AssertionError();
        }

        @Override
        public QueueCode fail(String deliveryId, String reason) {
            throw new AssertionError();
        }

        @Override
        public Numbers numbers() {
            throw new AssertionError();
        }

        @Override
        public List<DeadLetter> deadLetters(int most) {
            throw new AssertionError();
        }

        @Override
        public int retry(@Nullable String id) {
            throw new AssertionError();
        }

        @Override
        public void close() {}
    }

    private Consumer start(OddStore store) {
        Consumer consumer = new Consumer("mail", store, counters, CONFIG, runtime);
        consumer.start();
        return consumer;
    }

    private static void end(Consumer consumer) throws InterruptedException {
        consumer.stop();
        consumer.cancelAt(System.nanoTime() + Duration.ofSeconds(20).toNanos());
        consumer.drain();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void store_thatThrowsWhatNobodyExpects_isAskedAgain(int times) throws Exception {
        OddStore store = new OddStore(10);
        for (int i = 0; i < times; i++) {
            store.failures.add(new Unspeakable());
            store.failures.add(new OutOfMemoryError("for once"));
            store.failures.add(new IllegalStateException("for once"));
        }
        Consumer consumer = start(store);
        Eventually.reached(() -> store.acked.size() == 10);
        end(consumer);
        assertEquals(10, counters.succeeded.sum());
    }

    @Test
    void store_thatDoesNotTakeTheOutcomes_isAskedForNoMoreThanTwiceTheConcurrency()
            throws Exception {
        OddStore store = new OddStore(100);
        store.acks.drainPermits();
        Consumer consumer = start(store);
        Eventually.reached(() -> counters.succeeded.sum() == 4);
        assertEquals(4, store.number.get());
        store.acks.release(100);
        Eventually.reached(() -> store.acked.size() == 100);
        end(consumer);
        assertEquals(100, counters.succeeded.sum());
    }
}
