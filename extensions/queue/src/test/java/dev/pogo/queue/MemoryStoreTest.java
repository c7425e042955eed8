package dev.pogo.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.testing.Eventually;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A queue in memory. */
class MemoryStoreTest {
    @Nested
    class Deliveries extends StoreSuite {
        Deliveries() {
            super(MemoryBackend.defaults());
        }

        @Test
        void delay_withSeveralReservers_isNotDeliveredLate() throws Exception {
            QueueStore store = open();
            assertNothingPending(store);
            List<CompletableFuture<Integer>> reservers = new ArrayList<>();
            for (Duration wait : List.of(Duration.ofMillis(300), LONG, LONG)) {
                CompletableFuture<Integer> reserved = new CompletableFuture<>();
                reservers.add(reserved);
                Thread reserver =
                        Thread.ofVirtual()
                                .start(() -> {
                                    try {
                                        reserved.complete(store.reserve(1, wait).size());
                                    } catch (Throwable e) {
                                        reserved.completeExceptionally(e);
                                    }
                                });
                Eventually.reached(() -> reserver.getState() == Thread.State.TIMED_WAITING);
            }
            push(store, "1", delayed(Duration.ofMillis(600)));
            assertEquals(0, reservers.getFirst().get(10, TimeUnit.SECONDS));
            assertEquals(
                    1,
                    CompletableFuture.anyOf(reservers.get(1), reservers.get(2))
                            .get(10, TimeUnit.SECONDS));
            push(store, "2");
            for (CompletableFuture<Integer> reserved : reservers.subList(1, 3)) {
                assertEquals(1, reserved.get(10, TimeUnit.SECONDS));
            }
        }
    }

    @Nested
    class DeadLetters extends StoreDeadLettersSuite {
        DeadLetters() {
            super(MemoryBackend.defaults());
        }
    }

    @Nested
    class Limits extends StoreLimitsSuite {
        Limits() {
            super(MemoryBackend.defaults());
        }

        @Test
        void push_ofTooManyBytes_isRefusedWithTheNumbers() throws Exception {
            QueueStore store = open(MemoryBackend.defaults().withMaxTotalBytes(10), CONFIG);
            push(store, "\"23456\"");
            String message = assertFull(store, "1234");
            assertTrue(message.contains("7 bytes of at most 10"), message);
            assertTrue(message.endsWith("the payload has 4"), message);
            push(store, "123");
            assertFull(store, "1");
            assertSettled(store.fail(next(store).deliveryId(), "no"));
            assertFull(store, "1");
            assertSettled(store.ack(next(store).deliveryId()));
            push(store, "1");
            push(store, "2");
            push(store, "3");
            assertFull(store, "4");
            assertEquals(1, store.retry(null));
            for (int i = 0; i < 4; i++) {
                assertSettled(store.ack(next(store).deliveryId()));
            }
            push(store, "1234567890");
        }
    }
}
