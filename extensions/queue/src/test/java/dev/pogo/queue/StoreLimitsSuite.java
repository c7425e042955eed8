package dev.pogo.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.queue.QueueStore.Reservation;
import dev.pogo.testing.Eventually;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The rules of a {@link QueueStore} for what is pushed too much, twice, or by many at once. */
abstract class StoreLimitsSuite extends StoreFixture {
    private static final int PUSHERS = 4;
    private static final int EACH = 2_500;

    StoreLimitsSuite(QueueBackend backend) {
        super(backend);
    }

    static String assertFull(QueueStore store, String payload) throws Exception {
        PushResult refused = store.push(json(payload), PushOptions.none());
        assertEquals(QueueCode.QUEUE_FULL, refused.code());
        assertFalse(refused.ok());
        assertNull(refused.id());
        return refused.message();
    }

    @Test
    void push_whenFull_isRefusedWithAllThatCounts() throws Exception {
        QueueStore store = open(withMaxMessages(4), CONFIG);
        for (int i = 0; i < 3; i++) {
            push(store, "1");
        }
        push(store, "4", delayed(LONG));
        Reservation reserved = next(store);
        assertSettled(store.fail(next(store).deliveryId(), "no"));
        assertHeld(store, 1, 1, 1, 1);
        String message = assertFull(store, "5");
        assertTrue(
                message.startsWith(
                        "queue mail is full: 2 pending or reserved, 1 delayed and 1 failed of at"
                                + " most 4"),
                message);
        assertEquals(QueueCode.QUEUE_FULL, store.push(json("5"), delayed(SHORT)).code());
        assertHeld(store, 1, 1, 1, 1);
        assertCounted(store, 4, 0, 0);
        assertSettled(store.release(reserved.deliveryId(), Duration.ZERO, true));
        assertFull(store, "5");
        assertSettled(store.ack(next(store).deliveryId()));
        push(store, "5");
        assertFull(store, "6");
    }

    @Test
    void key_thatIsRemembered_addsNothing() throws Exception {
        QueueStore store = open(withMaxMessages(2), CONFIG);
        PushOptions options = PushOptions.none().withKey("welcome \u20ac\n1", LONG);
        String id = push(store, "1", options);
        PushResult again = store.push(json("2"), options);
        assertEquals(PushResult.duplicate(id), again);
        assertTrue(again.ok());
        assertTrue(again.message().contains(id), again::message);
        assertEquals(id, push(store, "3", options.withDelay(Duration.ofMillis(1))));
        assertHeld(store, 1, 0, 0, 0);
        String other = push(store, "4", PushOptions.none().withKey("welcome", LONG));
        assertNotEquals(id, other);
        assertFull(store, "5");
        assertEquals(id, push(store, "6", options), "also when it is full");
        assertHeld(store, 2, 0, 0, 0);
        Reservation reserved = next(store);
        assertEquals("1", text(reserved));
        assertSettled(store.ack(reserved.deliveryId()));
        assertEquals(id, push(store, "7", options), "also when the message is gone");
        assertHeld(store, 1, 0, 0, 0);
        assertCounted(store, 2, 1, 0);
    }

    @Test
    void key_ofAPushThatWasRefused_isNotRemembered() throws Exception {
        QueueStore store = open(withMaxMessages(1), CONFIG);
        push(store, "1");
        PushOptions options = PushOptions.none().withKey("k", LONG);
        assertEquals(QueueCode.QUEUE_FULL, store.push(json("2"), options).code());
        assertSettled(store.ack(next(store).deliveryId()));
        String id = push(store, "3", options);
        assertEquals(id, next(store).id());
    }

    @Test
    void key_afterItsWindow_isForgotten() throws Exception {
        QueueStore store = open();
        PushOptions options = PushOptions.none().withKey("k", Duration.ofMillis(200));
        long began = System.nanoTime();
        String id = push(store, "1", options);
        List<String> ids = new ArrayList<>();
        Eventually.reached(() -> {
            String next = push(store, "2", options);
            ids.add(next);
            return !next.equals(id);
        });
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        assertTrue(took.compareTo(Duration.ofMillis(199)) >= 0, took::toString);
        assertEquals(ids.getLast(), push(store, "3", options), "and remembered again");
        assertHeld(store, 2, 0, 0, 0);
    }

    @Test
    void key_ofADelayedMessage_isRememberedAsWell() throws Exception {
        QueueStore store = open();
        assertNothingPending(store);
        PushOptions options = delayed(Duration.ofMillis(200)).withKey("k", LONG);
        String id = push(store, "1", options);
        assertEquals(id, push(store, "2", PushOptions.none().withKey("k", LONG)));
        assertHeld(store, 0, 1, 0, 0);
        Reservation reserved = next(store);
        assertEquals(id, reserved.id());
        assertEquals("1", text(reserved));
    }

    @Test
    void manyThreads_deliverEachMessageExactlyOnce() throws Exception {
        QueueStore store = open(withMaxMessages(PUSHERS * EACH), CONFIG);
        Queue<String> pushed = new ConcurrentLinkedQueue<>();
        Queue<String> handled = new ConcurrentLinkedQueue<>();
        AtomicInteger left = new AtomicInteger(PUSHERS * EACH);
        List<Callable<Object>> threads = new ArrayList<>();
        for (int i = 0; i < PUSHERS; i++) {
            int first = i * EACH;
            threads.add(() -> {
                for (int n = first; n < first + EACH; n++) {
                    pushed.add(push(store, Integer.toString(n)));
                }
                return "";
            });
            threads.add(() -> {
                while (left.get() > 0) {
                    for (Reservation each : store.reserve(7, SHORT)) {
                        handled.add(each.id() + '=' + text(each));
                        assertEquals(1, each.attempt());
                        assertSettled(store.ack(each.deliveryId()));
                        left.decrementAndGet();
                    }
                }
                return "";
            });
        }
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Object> each : executor.invokeAll(threads, 60, TimeUnit.SECONDS)) {
                each.get();
            }
        }
        assertEquals(PUSHERS * EACH, pushed.stream().distinct().count());
        assertEquals(PUSHERS * EACH, handled.size());
        assertEquals(PUSHERS * EACH, handled.stream().distinct().count());
        assertEquals(
                pushed.stream().sorted().toList(),
                handled.stream()
                        .map(each -> each.substring(0, each.indexOf('=')))
                        .sorted()
                        .toList());
        assertHeld(store, 0, 0, 0, 0);
        assertCounted(store, PUSHERS * EACH, PUSHERS * EACH, 0);
    }
}
