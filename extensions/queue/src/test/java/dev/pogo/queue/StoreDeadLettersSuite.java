package dev.pogo.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.queue.QueueStore.Reservation;
import dev.pogo.testing.Eventually;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The rules of a {@link QueueStore} for messages that fail, or whose reservation ends. */
abstract class StoreDeadLettersSuite extends StoreFixture {
    /** Its reservations last for one second more. */
    private static final QueueConfig IMPATIENT =
            CONFIG.withVisibilityTimeout(QueueConfig.SHORTEST_TIMEOUT).withMaxAttempts(2);

    private static final Duration LEAST = Duration.ofMillis(1_005);

    StoreDeadLettersSuite(QueueBackend backend) {
        super(backend);
    }

    private static DeadLetter onlyLetter(QueueStore store) throws Exception {
        List<DeadLetter> letters = store.deadLetters(10);
        assertEquals(1, letters.size());
        return letters.getFirst();
    }

    /** Lets what fails next have a time of its own. */
    private static void awaitNextMillisecond() throws Exception {
        long now = System.currentTimeMillis();
        Eventually.reached(() -> System.currentTimeMillis() > now);
    }

    @Test
    void fail_makesADeadLetterWithEverythingThatIsKnown() throws Exception {
        QueueStore store = open();
        String id = push(store, "{\"to\":\"ada\"}");
        Reservation reserved = next(store);
        long before = System.currentTimeMillis();
        String reason = "java.io.IOException: \u20ac\n\"quoted\"\0\ud83d\ude00";
        assertSettled(store.fail(reserved.deliveryId(), reason));
        long after = System.currentTimeMillis();
        assertHeld(store, 0, 0, 0, 1);
        assertCounted(store, 1, 0, 0);
        DeadLetter letter = onlyLetter(store);
        assertEquals(id, letter.id());
        assertEquals("{\"to\":\"ada\"}", letter.payload());
        assertEquals(reason, letter.reason());
        assertEquals(1, letter.attempts());
        assertEquals(reserved.pushedAt(), letter.pushedAt());
        assertTrue(
                before <= letter.lastFailedAt() && letter.lastFailedAt() <= after,
                letter::toString);
        assertEquals(letter.lastFailedAt(), letter.firstFailedAt());
        assertEquals(QueueCode.DELIVERY_UNKNOWN, store.fail(reserved.deliveryId(), "again"));
        assertEquals(QueueCode.DELIVERY_UNKNOWN, store.ack(reserved.deliveryId()));
        assertNothingPending(store);
    }

    @Test
    void fail_afterAnotherAttempt_keepsTheTimeOfTheFirstFailure() throws Exception {
        QueueStore store = open();
        push(store, "1");
        assertSettled(store.release(next(store).deliveryId(), Duration.ZERO, false));
        long before = System.currentTimeMillis();
        assertSettled(store.release(next(store).deliveryId(), Duration.ofMillis(50), true));
        long between = System.currentTimeMillis();
        assertSettled(store.release(next(store).deliveryId(), Duration.ofMillis(50), true));
        assertSettled(store.fail(next(store).deliveryId(), "third"));
        DeadLetter letter = onlyLetter(store);
        assertEquals(3, letter.attempts());
        assertEquals("third", letter.reason());
        assertTrue(
                before <= letter.firstFailedAt() && letter.firstFailedAt() <= between,
                letter::toString);
        assertTrue(letter.lastFailedAt() >= letter.firstFailedAt() + 98, letter::toString);
    }

    @Test
    void retry_ofOne_deliversItAsIfItHadNeverFailed() throws Exception {
        QueueStore store = open();
        String id = push(store, "\"a\"");
        push(store, "\"b\"");
        Reservation first = next(store);
        assertSettled(store.release(first.deliveryId(), Duration.ZERO, true));
        assertSettled(store.fail(next(store).deliveryId(), "b"));
        awaitNextMillisecond();
        assertSettled(store.fail(next(store).deliveryId(), "a"));
        assertEquals(
                List.of("b", "a"), store.deadLetters(10).stream().map(DeadLetter::reason).toList());
        assertEquals(0, store.retry("1-1"));
        assertEquals(0, store.retry(""));
        assertEquals(0, store.retry("no\nid"));
        assertEquals(1, store.retry(id));
        assertEquals(0, store.retry(id));
        assertEquals("b", onlyLetter(store).reason());
        assertHeld(store, 1, 0, 0, 1);
        Reservation again = next(store);
        assertEquals(id, again.id());
        assertEquals(1, again.attempt());
        assertEquals("\"a\"", text(again));
        assertEquals(first.pushedAt(), again.pushedAt());
        long before = System.currentTimeMillis();
        assertSettled(store.fail(again.deliveryId(), "again"));
        DeadLetter last = store.deadLetters(10).getLast();
        assertEquals("again", last.reason());
        assertEquals(1, last.attempts());
        assertTrue(last.firstFailedAt() >= before, last::toString);
    }

    @Test
    void retry_ofAll_deliversMoreThanOneStep() throws Exception {
        QueueStore store = open();
        assertEquals(0, store.retry(null));
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            ids.add(push(store, Integer.toString(i)));
        }
        for (Reservation each : next(store, 250)) {
            assertSettled(store.fail(each.deliveryId(), "no"));
        }
        assertHeld(store, 0, 0, 0, 250);
        assertEquals(250, store.retry(null));
        assertHeld(store, 250, 0, 0, 0);
        assertEquals(List.of(), store.deadLetters(10));
        List<Reservation> again = next(store, 250);
        assertEquals(
                Set.copyOf(ids), again.stream().map(Reservation::id).collect(Collectors.toSet()));
        assertTrue(again.stream().allMatch(each -> each.attempt() == 1), again::toString);
        assertEquals(0, store.retry(null));
    }

    @Test
    void deadLetters_areAsManyAsAskedFor_oldestFirst() throws Exception {
        QueueStore store = open();
        assertEquals(List.of(), store.deadLetters(1_000));
        for (int i = 10; i < 35; i++) {
            push(store, Integer.toString(i));
            assertSettled(store.fail(next(store).deliveryId(), "r" + i));
            awaitNextMillisecond();
        }
        for (int most : new int[] {1, 9, 10, 11, 20, 25, 26, 1_000}) {
            List<DeadLetter> letters = store.deadLetters(most);
            assertEquals(Math.min(most, 25), letters.size());
            for (int i = 0; i < letters.size(); i++) {
                assertEquals("r" + (10 + i), letters.get(i).reason());
                assertEquals(Integer.toString(10 + i), letters.get(i).payload());
            }
        }
    }

    @Test
    void reservation_thatLastsTooLong_isTakenBackAsAnAttempt() throws Exception {
        QueueStore store = open(IMPATIENT);
        String id = push(store, "{}");
        long began = System.nanoTime();
        Reservation first = next(store);
        Reservation second = next(store);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        assertTrue(took.compareTo(LEAST) >= 0, took::toString);
        assertTrue(took.compareTo(LEAST.plusSeconds(4)) < 0, took::toString);
        assertEquals(id, second.id());
        assertEquals(2, second.attempt());
        assertEquals("{}", text(second));
        assertEquals(first.pushedAt(), second.pushedAt());
        assertCounted(store, 1, 0, 1);
        assertEquals(QueueCode.DELIVERY_UNKNOWN, store.ack(first.deliveryId()));
        assertEquals(
                QueueCode.DELIVERY_UNKNOWN,
                store.release(first.deliveryId(), Duration.ZERO, false));
        assertEquals(QueueCode.DELIVERY_UNKNOWN, store.fail(first.deliveryId(), "late"));
        assertHeld(store, 0, 0, 1, 0);
        assertSettled(store.ack(second.deliveryId()));
        assertHeld(store, 0, 0, 0, 0);
    }

    @Test
    void reservation_thatLastsTooLong_isTakenBackForOneThatWaitsAlready() throws Exception {
        QueueStore store = open(IMPATIENT);
        assertNothingPending(store);
        CompletableFuture<Integer> attempts = new CompletableFuture<>();
        for (int i = 0; i < 2; i++) {
            Thread reserver =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    int attempt = next(store).attempt();
                                    if (attempt > 1) {
                                        attempts.complete(attempt);
                                    }
                                } catch (Throwable e) {
                                    attempts.completeExceptionally(e);
                                }
                            });
            Eventually.reached(() -> reserver.getState() == Thread.State.TIMED_WAITING);
        }
        push(store, "1");
        assertEquals(2, attempts.get(10, TimeUnit.SECONDS));
    }

    @Test
    void reservation_thatLastsTooLongTheLastTime_isADeadLetterThatSaysSo() throws Exception {
        QueueStore store = open(IMPATIENT);
        push(store, "{}");
        long before = System.currentTimeMillis();
        assertSettled(store.release(next(store).deliveryId(), Duration.ZERO, true));
        long between = System.currentTimeMillis();
        Reservation last = next(store);
        Eventually.reached(() -> {
            assertNothingPending(store);
            return store.numbers().failed() == 1;
        });
        DeadLetter letter = onlyLetter(store);
        assertEquals(2, letter.attempts());
        assertEquals("{}", letter.payload());
        assertTrue(
                letter.reason()
                        .matches(".* had reserved it (1\\d{3}|[2-9]\\d{3}) ms ago and .*long"),
                letter::reason);
        assertTrue(
                before <= letter.firstFailedAt() && letter.firstFailedAt() <= between,
                letter::toString);
        assertTrue(letter.lastFailedAt() >= between + 1_000, letter::toString);
        assertEquals(QueueCode.DELIVERY_UNKNOWN, store.ack(last.deliveryId()));
        assertHeld(store, 0, 0, 0, 1);
        assertCounted(store, 1, 0, 1);
    }
}
