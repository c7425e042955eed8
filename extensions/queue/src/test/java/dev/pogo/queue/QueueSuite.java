package dev.pogo.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.InvalidPayloadException;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PoolConfig;
import dev.pogo.queue.QueueJobs.Seen;
import dev.pogo.testing.Eventually;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What becomes of the deliveries of a {@link PogoQueue}. */
abstract class QueueSuite extends QueueFixture {
    QueueSuite(QueueBackend backend) {
        super(backend);
    }

    @Test
    void job_receivesATypedDelivery_whichIsAcked() throws Exception {
        PogoQueue queue = consume(QueueJobs.Post.class, CONFIG);
        QueueJobs.Letter letter =
                new QueueJobs.Letter(
                        "ada", new BigDecimal("1.00000000000000000000000010"), List.of(1, 2));
        String id = push(queue, letter);
        Delivery<?> delivery = Seen.next();
        assertEquals("mail", delivery.queue());
        assertEquals(id, delivery.id());
        assertNotEquals("", delivery.deliveryId());
        assertEquals(1, delivery.attempt());
        assertEquals(letter, delivery.payload());
        assertTrue(id.startsWith(delivery.pushedAt() + "-"), id);
        awaitAcked(queue, 1);
        push(queue, null);
        assertNull(Seen.next().payload());
        push(queue, Map.of("to", "bob", "weight", 2, "stamps", List.of()));
        assertEquals(new QueueJobs.Letter("bob", BigDecimal.TWO, List.of()), Seen.next().payload());
        awaitAcked(queue, 3);
        assertEquals(3, counters(queue).succeeded.sum());
        assertEquals(0, counters(queue).failed.sum());
    }

    @Test
    void payload_thatDoesNotFitTheJob_becomesADeadLetter() throws Exception {
        PogoQueue queue = consume(QueueJobs.Post.class, CONFIG.withMaxAttempts(2));
        push(queue, Map.of("to", List.of("ada")));
        DeadLetter letter = awaitLetter(queue);
        assertEquals(2, letter.attempts());
        assertEquals("{\"to\":[\"ada\"]}", letter.payload());
        assertTrue(letter.reason().contains("payload.to"), letter::reason);
    }

    @Test
    void payload_thatIsNotJson_isRefusedByPush() throws Exception {
        PogoQueue queue = consume(QueueJobs.Take.class, CONFIG);
        InvalidPayloadException e =
                assertThrows(InvalidPayloadException.class, () -> queue.push("mail", new Object()));
        assertTrue(
                String.valueOf(e.getMessage()).contains("payload for queue mail"), e::getMessage);
        List<Object> cycle = new ArrayList<>();
        cycle.add(cycle);
        assertThrows(InvalidPayloadException.class, () -> queue.push("mail", cycle));
        assertThrows(InvalidPayloadException.class, () -> queue.push("mail", Double.NaN));
        assertEquals(0, counts(queue).enqueued());
    }

    @Test
    void payload_thatCouldNotBeDelivered_isRefusedByPush() throws Exception {
        PogoQueue queue = consume(QueueJobs.Take.class, CONFIG);
        Object deep = List.of();
        int accepted = 0;
        for (int depth = 2; depth < 300; depth++) {
            deep = List.of(deep);
            if (depth > 190) {
                Object payload = deep;
                try {
                    accepted += queue.push("mail", payload).ok() ? 1 : 0;
                } catch (InvalidPayloadException e) {
                    break;
                }
            }
        }
        awaitAcked(queue, accepted);
        assertTrue(accepted > 0);
        assertEquals(0, counters(queue).failed.sum());
    }

    @Test
    void failure_isRetriedWithAGrowingDelay_andThenADeadLetter() throws Exception {
        PogoQueue queue =
                consume(
                        QueueJobs.Fail.class,
                        CONFIG.withMaxAttempts(4)
                                .withRetryDelay(Duration.ofMillis(100), Duration.ofSeconds(10)));
        String id = push(queue, "no");
        List<Long> times = new ArrayList<>();
        for (int attempt = 1; attempt <= 4; attempt++) {
            Delivery<?> delivery = Seen.next();
            assertEquals(attempt, delivery.attempt());
            assertEquals(id, delivery.id());
            times.add(Seen.TIMES.take());
        }
        for (int i = 0; i < 3; i++) {
            long millis = TimeUnit.NANOSECONDS.toMillis(times.get(i + 1) - times.get(i));
            assertTrue(millis >= (50L << i) - 1, millis + " ms after attempt " + (i + 1));
        }
        DeadLetter letter = awaitLetter(queue);
        assertEquals(id, letter.id());
        assertEquals("\"no\"", letter.payload());
        assertEquals(4, letter.attempts());
        assertTrue(
                letter.reason().startsWith("java.lang.IllegalStateException: no in "),
                letter::reason);
        assertTrue(letter.lastFailedAt() - letter.firstFailedAt() >= 348, letter::toString);
        assertEquals(4, counters(queue).failed.sum());
        assertEquals(1, counters(queue).deadLettered.sum());
        assertEquals(3, counts(queue).released());
        assertTrue(queue.retry("mail", id));
        assertEquals(1, Seen.next().attempt());
    }

    @ParameterizedTest
    @CsvSource({"error, java.lang.AssertionError: an error", "mute, QueueJobs$Mute", "long, xxxxx"})
    void failure_ofAnyKind_isTheReasonOfTheDeadLetter(String payload, String reason)
            throws Exception {
        PogoQueue queue = consume(QueueJobs.Fail.class, CONFIG.withMaxAttempts(1));
        push(queue, payload);
        DeadLetter letter = awaitLetter(queue);
        assertTrue(letter.reason().contains(reason), letter::reason);
        assertTrue(letter.reason().length() < 1_100, letter::reason);
    }

    @Test
    void failure_withALongMessage_isLoggedCut_alsoWhenItIsReleased() throws Exception {
        try (Logs logs = new Logs()) {
            PogoQueue queue = consume(QueueJobs.Fail.class, CONFIG.withMaxAttempts(2));
            push(queue, "long");
            DeadLetter letter = awaitLetter(queue);
            assertEquals(2, letter.attempts());
            assertTrue(letter.reason().length() < 1_100, letter::reason);
            List<String> failures =
                    logs.messages().stream().filter(text -> text.contains("xxxxx")).toList();
            assertEquals(2, failures.size(), failures::toString);
            assertTrue(failures.getFirst().contains("attempt 1 of 2"), failures::toString);
            assertTrue(failures.getLast().contains("attempt 2 of 2"), failures::toString);
            for (String failure : failures) {
                assertTrue(failure.length() < 1_500, () -> failure.length() + " characters");
            }
        }
    }

    @Test
    void job_thatHangs_isInterruptedAtItsDeadline_andReleased() throws Exception {
        PogoQueue queue =
                consume(
                        QueueJobs.Hold.class,
                        CONFIG.withVisibilityTimeout(Duration.ofMillis(300)).withMaxAttempts(2));
        push(queue, "x");
        DeadLetter letter = awaitLetter(queue);
        assertEquals(2, letter.attempts());
        assertEquals("did not end within its visibility timeout, 300 ms", letter.reason());
        assertEquals(2, Seen.STARTED.get());
        assertEquals(2, Seen.ENDED.get());
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "huge", "map"})
    void result_ofAJob_doesNotMatter(String result) throws Exception {
        PogoQueue queue = consume(QueueJobs.Return.class, CONFIG);
        push(queue, result);
        awaitAcked(queue, 1);
    }

    @Test
    void result_thatIsNotJson_isAFailure() throws Exception {
        PogoQueue queue = consume(QueueJobs.Return.class, CONFIG.withMaxAttempts(1));
        push(queue, "object");
        String reason = awaitLetter(queue).reason();
        assertTrue(reason.contains("java.lang.Object is not a JSON value"), reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ack", "ack then-fails", "fail", "fail then-fails"})
    void job_thatSettlesItsDelivery_hasTheLastWord(String payload) throws Exception {
        PogoQueue queue = consume(QueueJobs.Settle.class, CONFIG);
        push(queue, payload);
        assertEquals(QueueCode.ACCEPTED, Seen.CODES.poll(20, TimeUnit.SECONDS));
        Counters counters = counters(queue);
        Eventually.reached(() -> counters.succeeded.sum() + counters.failed.sum() == 1);
        queue.release("mail", Seen.next().deliveryId(), Duration.ZERO);
        QueueCounts counts = counts(queue);
        boolean acked = payload.startsWith("ack");
        assertEquals(
                List.of(0L, 0L, 0L, acked ? 0L : 1L, acked ? 1L : 0L, 0L),
                List.of(
                        counts.pending(),
                        counts.delayed(),
                        counts.reserved(),
                        counts.failed(),
                        counts.acked(),
                        counts.released()));
        if (!acked) {
            assertEquals("by itself", queue.failed("mail", 1).getFirst().reason());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"release", "release then-fails"})
    void job_thatReleasesItsDelivery_isGivenItAgainAfterItsOwnDelay(String payload)
            throws Exception {
        PogoQueue queue = consume(QueueJobs.Settle.class, CONFIG);
        long pushed = System.nanoTime();
        String id = push(queue, payload);
        Seen.next();
        Delivery<?> second = Seen.next();
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - pushed);
        assertTrue(millis >= 199, () -> millis + " ms");
        assertEquals(id, second.id());
        assertEquals(2, second.attempt());
        awaitAcked(queue, 1);
        assertEquals(1, counts(queue).released());
    }

    @Test
    void reason_ofAFailure_isLimited() throws Exception {
        PogoQueue queue = consume(QueueJobs.Settle.class, CONFIG);
        push(queue, "verbose");
        assertEquals("x".repeat(1_000) + "...", awaitLetter(queue).reason());
    }

    @Test
    void concurrency_isTheMostThatRunAtOnce() throws Exception {
        PogoQueue queue = consume(QueueJobs.Hold.class, CONFIG.withConcurrency(3));
        for (int i = 0; i < 10; i++) {
            push(queue, i);
        }
        awaitStarted(3);
        QueueCounts counts = counts(queue);
        assertEquals(List.of(7L, 3L), List.of(counts.pending(), counts.reserved()));
        Seen.HOLD.release();
        awaitStarted(4);
        Seen.HOLD.release(9);
        awaitAcked(queue, 10);
        assertEquals(3, Seen.MOST.get());
        assertEquals(10, Seen.DELIVERIES.size());
    }

    @Test
    void queues_doNotWaitForEachOther() throws Exception {
        PogoQueue queue =
                consume(QueueJobs.Hold.class, CONFIG.withQueues(List.of("b", "mail", "a")));
        assertTrue(queue.push("b", 1).ok());
        assertTrue(queue.push("b", 2).ok());
        assertTrue(queue.push("a", 3).ok());
        awaitStarted(2);
        QueueStatus status = queue.status();
        assertTrue(status.ready());
        assertEquals(List.of("b", "mail", "a"), List.copyOf(status.queues().keySet()));
        assertEquals(
                List.of(1L, 0L, 0L),
                status.queues().values().stream().map(QueueCounts::pending).toList());
        assertEquals(
                List.of(1L, 0L, 1L),
                status.queues().values().stream().map(QueueCounts::reserved).toList());
        Seen.HOLD.release(3);
        Eventually.reached(() -> Seen.DELIVERIES.size() == 3);
        assertEquals(
                List.of("a", "b", "b"),
                Seen.DELIVERIES.stream().<String>map(Delivery::queue).sorted().toList());
    }

    @Test
    void delivery_forWhichThePoolHasNoRoom_goesBackWithoutAnAttempt() throws Exception {
        PogoQueue queue =
                open(
                        QueueJobs.Hold.class,
                        CONFIG.withConcurrency(3).withMaxAttempts(1),
                        PoolConfig.named(POOL)
                                .withNumThreads(1)
                                .withMaxWait(Duration.ofMillis(20)));
        queue.consume();
        for (int i = 0; i < 3; i++) {
            push(queue, i);
        }
        Counters counters = counters(queue);
        Eventually.reached(() -> counters.returned.sum() >= 4);
        Seen.HOLD.release(3);
        awaitAcked(queue, 3);
        assertTrue(Seen.DELIVERIES.stream().allMatch(each -> each.attempt() == 1));
        assertEquals(0, counters.failed.sum());
        assertEquals(1, Seen.MOST.get());
    }

    @Test
    void delivery_whoseRuntimeIsClosed_goesBackForLater() throws Exception {
        PogoConfig pogo = pogo(PoolConfig.named(POOL));
        PogoRuntime runtime = start(pogo);
        QueueConfig config =
                CONFIG.withBackend(backend)
                        .withWorker(QueueJobs.Take.class.getName(), POOL)
                        .withRetryDelay(LONG, LONG);
        try (PogoQueue queue = PogoQueue.open(runtime, pogo, config)) {
            queue.consume();
            runtime.close();
            push(queue, 1);
            Eventually.reached(() -> counts(queue).delayed() == 1);
            assertEquals(1, counts(queue).released());
            assertEquals(0, counters(queue).failed.sum());
        }
    }
}
