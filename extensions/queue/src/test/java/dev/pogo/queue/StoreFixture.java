package dev.pogo.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.queue.QueueStore.Numbers;
import dev.pogo.queue.QueueStore.Reservation;

import org.junit.jupiter.api.AfterEach;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A test with stores of one queue, which are closed after it. */
abstract class StoreFixture {
    static final String QUEUE = "mail";

    /** Longer than anything takes. */
    static final Duration LONG = Duration.ofSeconds(20);

    static final Duration SHORT = Duration.ofMillis(20);

    /** The stores wait for what they reserve as long as the tests say. */
    static final QueueConfig CONFIG = QueueConfig.defaults().withReserveTimeout(LONG);

    final QueueBackend backend;
    private final List<QueueStore> stores = new ArrayList<>();

    StoreFixture(QueueBackend backend) {
        this.backend = backend;
    }

    @AfterEach
    final void closeStores() {
        stores.forEach(QueueStore::close);
    }

    final QueueStore open() {
        return open(CONFIG);
    }

    final QueueStore open(QueueConfig config) {
        return open(backend, config);
    }

    final QueueStore open(QueueBackend at, QueueConfig config) {
        QueueStore store =
                switch (at) {
                    case MemoryBackend memory -> new MemoryStore(QUEUE, memory, config);
                    case RedisBackend redis -> new RedisStore(QUEUE, redis, config);
                };
        stores.add(store);
        return store;
    }

    final QueueBackend withMaxMessages(int most) {
        return switch (backend) {
            case MemoryBackend memory -> memory.withMaxMessages(most);
            case RedisBackend redis -> redis.withMaxMessages(most);
        };
    }

    static byte[] json(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(Reservation reservation) {
        return new String(reservation.payload(), StandardCharsets.UTF_8);
    }

    /** Adds a message, and returns its id. */
    static String push(QueueStore store, String payload) throws Exception {
        return push(store, payload, PushOptions.none());
    }

    static String push(QueueStore store, String payload, PushOptions options) throws Exception {
        PushResult pushed = store.push(json(payload), options);
        assertTrue(pushed.ok(), pushed::message);
        assertEquals(QueueCode.ACCEPTED, pushed.code());
        return String.valueOf(pushed.id());
    }

    static PushOptions delayed(Duration delay) {
        return PushOptions.none().withDelay(delay);
    }

    /** Reserves the next message. */
    static Reservation next(QueueStore store) throws Exception {
        List<Reservation> reserved = store.reserve(1, LONG);
        assertEquals(1, reserved.size());
        return reserved.getFirst();
    }

    /** Reserves a number of messages, however many come at once. */
    static List<Reservation> next(QueueStore store, int number) throws Exception {
        List<Reservation> reserved = new ArrayList<>();
        while (reserved.size() < number) {
            List<Reservation> more = store.reserve(number - reserved.size(), LONG);
            assertTrue(!more.isEmpty(), () -> "only " + reserved.size() + " of " + number);
            reserved.addAll(more);
        }
        return reserved;
    }

    static void assertNothingPending(QueueStore store) throws Exception {
        assertEquals(List.of(), store.reserve(1, SHORT));
    }

    static void assertSettled(QueueCode code) {
        assertEquals(QueueCode.ACCEPTED, code);
    }

    /** Compares those numbers that tell where messages are. */
    static void assertHeld(QueueStore store, long pending, long delayed, long reserved, long dead)
            throws Exception {
        Numbers n = store.numbers();
        assertEquals(
                List.of(pending, delayed, reserved, dead),
                List.of(n.pending(), n.delayed(), n.reserved(), n.failed()),
                n::toString);
    }

    static void assertCounted(QueueStore store, long enqueued, long acked, long released)
            throws Exception {
        Numbers n = store.numbers();
        assertEquals(
                List.of(enqueued, acked, released),
                List.of(n.enqueued(), n.acked(), n.released()),
                n::toString);
    }
}
