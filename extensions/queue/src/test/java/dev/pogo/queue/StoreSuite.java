package dev.pogo.queue;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.queue.QueueStore.Reservation;
import dev.pogo.testing.Eventually;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** The rules of a {@link QueueStore} for messages on their way from push to ack. */
abstract class StoreSuite extends StoreFixture {
    StoreSuite(QueueBackend backend) {
        super(backend);
    }

    @Test
    void push_isReservedWithWhatWasPushed_andAckedOnce() throws Exception {
        QueueStore store = open();
        long before = System.currentTimeMillis();
        String id = push(store, "{\"to\":\"ada\"}");
        long after = System.currentTimeMillis();
        assertHeld(store, 1, 0, 0, 0);
        Reservation reserved = next(store);
        assertEquals(id, reserved.id());
        assertEquals(1, reserved.attempt());
        assertEquals("{\"to\":\"ada\"}", text(reserved));
        assertTrue(
                before <= reserved.pushedAt() && reserved.pushedAt() <= after, reserved::toString);
        assertHeld(store, 0, 0, 1, 0);
        assertSettled(store.ack(reserved.deliveryId()));
        assertHeld(store, 0, 0, 0, 0);
        assertCounted(store, 1, 1, 0);
        assertEquals(QueueCode.DELIVERY_UNKNOWN, store.ack(reserved.deliveryId()));
        assertCounted(store, 1, 1, 0);
        assertNothingPending(store);
    }

    @Test
    void push_manyTimes_isDeliveredInThatOrder() throws Exception {
        QueueStore store = open();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            ids.add(push(store, Integer.toString(i)));
        }
        assertEquals(250, ids.stream().distinct().count());
        List<Reservation> reserved = next(store, 250);
        assertEquals(ids, reserved.stream().map(Reservation::id).toList());
        assertEquals(
                IntStream.range(0, 250).mapToObj(Integer::toString).toList(),
                reserved.stream().map(StoreFixture::text).toList());
    }

    @Test
    void reserve_takesAtMostAsManyAsItMay() throws Exception {
        QueueStore store = open();
        for (int i = 0; i < 5; i++) {
            push(store, Integer.toString(i));
        }
        assertEquals(2, store.reserve(2, LONG).size());
        assertHeld(store, 3, 0, 2, 0);
        assertEquals(3, store.reserve(10, LONG).size());
        assertEquals(0, store.reserve(10, SHORT).size());
    }

    @Test
    void reserve_withoutMessages_returnsNothingAfterItsWait() throws Exception {
        QueueStore store = open();
        assertNothingPending(store); // so that it is connected
        Duration wait = Duration.ofMillis(300);
        long began = System.nanoTime();
        assertEquals(List.of(), store.reserve(3, wait));
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        assertTrue(took.compareTo(wait.minusMillis(5)) >= 0, took::toString);
        assertTrue(took.compareTo(wait.plusSeconds(3)) < 0, took::toString);
    }

    @Test
    void reserve_thatWaits_returnsSoonAfterAPush() throws Exception {
        QueueStore store = open();
        CompletableFuture<Long> reserved = new CompletableFuture<>();
        Thread reserver =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                next(store);
                                reserved.complete(System.nanoTime());
                            } catch (Throwable e) {
                                reserved.completeExceptionally(e);
                            }
                        });
        Eventually.reached(() -> reserver.getState() == Thread.State.TIMED_WAITING);
        push(store, "1");
        long pushed = System.nanoTime();
        long nanos = reserved.get(LONG.toSeconds(), TimeUnit.SECONDS) - pushed;
        assertTrue(nanos < TimeUnit.SECONDS.toNanos(2), () -> nanos + " ns");
    }

    @Test
    void delay_isNeverShortened_andCountsAsDelayed() throws Exception {
        QueueStore store = open();
        assertNothingPending(store);
        Duration delay = Duration.ofMillis(250).plusNanos(1);
        long pushed = System.nanoTime();
        String id = push(store, "1", delayed(delay));
        assertHeld(store, 0, 1, 0, 0);
        Reservation reserved = next(store);
        Duration took = Duration.ofNanos(System.nanoTime() - pushed);
        // The clock of a server has milliseconds, and this one more digits.
        assertTrue(took.compareTo(delay.minusMillis(1)) >= 0, took::toString);
        assertTrue(took.compareTo(delay.plusSeconds(3)) < 0, took::toString);
        assertEquals(id, reserved.id());
        assertEquals(1, reserved.attempt());
        assertHeld(store, 0, 0, 1, 0);
    }

    @Test
    void delays_endInTheOrderOfTime() throws Exception {
        QueueStore store = open();
        assertNothingPending(store);
        push(store, "3", delayed(Duration.ofMillis(600)));
        push(store, "2", delayed(Duration.ofMillis(400)));
        push(store, "9", delayed(PushOptions.LONGEST));
        push(store, "1", delayed(Duration.ofMillis(200)));
        push(store, "0");
        List<Reservation> reserved = next(store, 4);
        assertEquals(
                List.of("0", "1", "2", "3"), reserved.stream().map(StoreFixture::text).toList());
        assertHeld(store, 0, 1, 4, 0);
    }

    @Test
    void delays_ofMoreThanOneStep_allEnd() throws Exception {
        QueueStore store = open();
        for (int i = 0; i < 250; i++) {
            push(store, Integer.toString(i), delayed(Duration.ofMillis(1)));
        }
        assertEquals(250, next(store, 250).stream().map(Reservation::id).distinct().count());
        assertHeld(store, 0, 0, 250, 0);
    }

    @Test
    void release_keepsTheMessage_andGivesItANewDelivery() throws Exception {
        QueueStore store = open();
        String id = push(store, "{}");
        Reservation first = next(store);
        push(store, "[]");
        assertSettled(store.release(first.deliveryId(), Duration.ZERO, true));
        assertHeld(store, 2, 0, 0, 0);
        assertCounted(store, 2, 0, 1);
        assertEquals("[]", text(next(store)), "it goes to the end");
        Reservation second = next(store);
        assertEquals(id, second.id());
        assertNotEquals(first.deliveryId(), second.deliveryId());
        assertEquals(2, second.attempt());
        assertEquals(first.pushedAt(), second.pushedAt());
        assertEquals("{}", text(second));
        assertEquals(QueueCode.DELIVERY_UNKNOWN, store.ack(first.deliveryId()));
        assertEquals(
                QueueCode.DELIVERY_UNKNOWN, store.release(first.deliveryId(), Duration.ZERO, true));
        assertEquals(QueueCode.DELIVERY_UNKNOWN, store.fail(first.deliveryId(), "late"));
        assertHeld(store, 0, 0, 2, 0);
        assertSettled(store.ack(second.deliveryId()));
    }

    @Test
    void release_thatIsNoAttempt_doesNotCount() throws Exception {
        QueueStore store = open();
        String id = push(store, "1");
        for (int i = 0; i < 5; i++) {
            Reservation reserved = next(store);
            assertEquals(1, reserved.attempt());
            assertSettled(store.release(reserved.deliveryId(), Duration.ZERO, false));
        }
        assertSettled(store.release(next(store).deliveryId(), Duration.ZERO, true));
        Reservation second = next(store);
        assertEquals(2, second.attempt());
        assertSettled(store.release(second.deliveryId(), Duration.ofMillis(1), false));
        Reservation again = next(store);
        assertEquals(2, again.attempt());
        assertEquals(id, again.id());
        assertCounted(store, 1, 0, 7);
    }

    @Test
    void release_withADelay_isNotDeliveredBefore() throws Exception {
        QueueStore store = open();
        String id = push(store, "1");
        Reservation first = next(store);
        Duration delay = Duration.ofMillis(250);
        long released = System.nanoTime();
        assertSettled(store.release(first.deliveryId(), delay, true));
        assertHeld(store, 0, 1, 0, 0);
        Reservation second = next(store);
        Duration took = Duration.ofNanos(System.nanoTime() - released);
        assertTrue(took.compareTo(delay.minusMillis(1)) >= 0, took::toString);
        assertEquals(id, second.id());
        assertEquals(2, second.attempt());
        assertEquals(first.pushedAt(), second.pushedAt());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "x",
                "1",
                "1-",
                "-",
                "+",
                "$",
                ">",
                "*",
                "1-1",
                "0-0",
                "99999999999999999999-1",
                "1-99999999999999999999",
                "1-1\n",
                "1-1\r\nFLUSHALL\r\n",
                "1-1\0",
                "\u0661-\u0661",
                "\ud83d\ude00"
            })
    void delivery_thatDoesNotExist_isUnknown(String deliveryId) throws Exception {
        QueueStore store = open();
        push(store, "1");
        push(store, "2");
        next(store);
        for (String id : List.of(deliveryId, deliveryId.repeat(100_000))) {
            assertEquals(QueueCode.DELIVERY_UNKNOWN, store.ack(id));
            assertEquals(QueueCode.DELIVERY_UNKNOWN, store.release(id, Duration.ZERO, true));
            assertEquals(QueueCode.DELIVERY_UNKNOWN, store.release(id, LONG, false));
            assertEquals(QueueCode.DELIVERY_UNKNOWN, store.fail(id, "no"));
        }
        assertHeld(store, 1, 0, 1, 0);
        assertCounted(store, 2, 0, 0);
    }

    @Test
    void delivery_ofAMessageThatIsPendingOnly_isUnknown() throws Exception {
        QueueStore store = open();
        String id = push(store, "1");
        assertEquals(QueueCode.DELIVERY_UNKNOWN, store.ack(id));
        assertEquals(QueueCode.DELIVERY_UNKNOWN, store.fail(id, "no"));
        assertHeld(store, 1, 0, 0, 0);
    }

    @Test
    void payloads_surviveUnchanged() throws Exception {
        QueueStore store = open();
        StringBuilder odd = new StringBuilder("\"");
        for (char c = 0; c < 0x3000; c++) {
            odd.append(c);
        }
        List<String> payloads =
                List.of(
                        "null",
                        "{}",
                        "[]",
                        "\"\"",
                        odd + "\ud83d\ude00\"",
                        '"' + "x".repeat(1 << 20) + '"',
                        "1.10");
        for (String payload : payloads) {
            push(store, payload);
            push(store, payload, delayed(Duration.ofMillis(1)));
        }
        List<Reservation> reserved = next(store, 2 * payloads.size());
        for (Reservation each : reserved) {
            assertSettled(store.release(each.deliveryId(), Duration.ofMillis(1), true));
        }
        for (String payload : payloads) {
            List<Reservation> same =
                    reserved.stream().filter(each -> text(each).equals(payload)).toList();
            assertEquals(2, same.size());
            same.forEach(each -> assertArrayEquals(json(payload), each.payload()));
        }
        assertEquals(
                reserved.stream().map(StoreFixture::text).sorted().toList(),
                next(store, reserved.size()).stream().map(StoreFixture::text).sorted().toList());
    }
}
