package dev.pogo.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;

import dev.pogo.queue.QueueStore.Reservation;
import dev.pogo.testing.Eventually;
import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** What a queue keeps in Redis, and what others may do to it there. */
@ExtendWith(RedisExtension.class)
class RedisStreamTest extends StoreFixture {
    private static final String PREFIX = "pogo:queue:{mail}:";
    private static final String STREAM = PREFIX + "stream";
    private static final String GROUP = RedisBackend.DEFAULT_GROUP;
    private static final JsonMapper JSON = new JsonMapper();

    private final RedisBackend redis;
    private final Probe probe;

    RedisStreamTest(RedisServer server) {
        super(RedisBackend.at(server.url()).withConsumer("me"));
        redis = (RedisBackend) backend;
        probe = new Probe(server);
    }

    @Test
    void keys_whenAllIsAcked_areOnlyTheStreamAndItsNumbers() throws Exception {
        QueueStore store = open();
        push(store, "1");
        push(store, "2", delayed(Duration.ofMillis(1)));
        push(store, "3", PushOptions.none().withKey("k", Duration.ofMillis(1)));
        for (Reservation each : next(store, 3)) {
            assertSettled(store.release(each.deliveryId(), Duration.ofMillis(1), true));
        }
        for (Reservation each : next(store, 3)) {
            assertSettled(store.fail(each.deliveryId(), "no"));
        }
        assertEquals(
                Set.of(PREFIX + "dead", PREFIX + "letters", PREFIX + "stats", STREAM),
                probe.keys());
        assertEquals(3, store.retry(null));
        for (Reservation each : next(store, 3)) {
            assertSettled(store.ack(each.deliveryId()));
        }
        assertEquals(Set.of(PREFIX + "stats", STREAM), probe.keys());
        assertEquals(0, probe.number("XLEN", STREAM));
    }

    @Test
    void keys_withAnotherPrefix_areApart() throws Exception {
        QueueStore mine = open();
        QueueStore other = open(redis.withKeyPrefix("x y\u20ac"), CONFIG);
        push(mine, "1");
        assertNothingPending(other);
        push(other, "2");
        assertEquals("2", text(next(other)));
        assertEquals("1", text(next(mine)));
        assertTrue(
                probe.keys().stream()
                        .allMatch(key ->
                                key.startsWith("pogo:queue:{mail}:")
                                        || key.startsWith("x y\u20ac:queue:{mail}:")),
                () -> probe.keys().toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "foo bar",
                "p 1",
                "i x",
                "i 9999999999999999999-1",
                "a abc p 1",
                "a 99999999999999999999 p 1",
                "a -5",
                "a 1.5",
                "a nan f nan",
                "a 1 f later",
                "f -1 f 99999999999999999999",
                "i 1 i 2 p 3 p [",
                "\u20ac {",
                "I 1-1 P null"
            })
    void entry_ofAStranger_isDelivered_andBecomesADeadLetter(String fields) throws Exception {
        QueueStore store = open();
        push(store, "\"mine\"");
        probe.add(STREAM, fields.split(" "));
        push(store, "\"mine too\"");
        List<Reservation> reserved = next(store, 3);
        assertEquals("\"mine\"", text(reserved.getFirst()));
        assertEquals("\"mine too\"", text(reserved.getLast()));
        Reservation odd = reserved.get(1);
        assertTrue(odd.attempt() >= 1, odd::toString);
        assertSettled(store.release(odd.deliveryId(), Duration.ZERO, true));
        Reservation second = next(store);
        assertEquals(odd.id(), second.id());
        assertEquals(odd.attempt() + 1, second.attempt());
        assertSettled(store.release(second.deliveryId(), Duration.ofMillis(1), false));
        Reservation third = next(store);
        assertEquals(second.attempt(), third.attempt());
        assertSettled(store.fail(third.deliveryId(), "odd"));
        DeadLetter letter = store.deadLetters(10).getFirst();
        assertEquals(odd.id(), letter.id());
        assertEquals(third.attempt(), letter.attempts());
        assertEquals(
                letter.payload(),
                JSON.readTree(JSON.writeValueAsBytes(letter)).get("payload").toString());
        assertEquals(1, store.retry(letter.id()));
        Reservation retried = next(store);
        assertEquals(text(odd), text(retried));
        assertSettled(store.ack(retried.deliveryId()));
        assertSettled(store.ack(reserved.getFirst().deliveryId()));
        assertSettled(store.ack(reserved.getLast().deliveryId()));
        assertEquals(Set.of(PREFIX + "stats", STREAM), probe.keys());
    }

    @Test
    void entries_ofStrangers_areTakenBackToo() throws Exception {
        QueueStore store =
                open(CONFIG.withVisibilityTimeout(QueueConfig.SHORTEST_TIMEOUT).withMaxAttempts(2));
        probe.add(STREAM, "a", "many", "f", "long ago", "p", "[");
        probe.add(STREAM, "some", "thing");
        push(store, "1");
        assertEquals(
                List.of("[", "", "1"), next(store, 3).stream().map(StoreFixture::text).toList());
        assertEquals(
                List.of("[", "", "1"), next(store, 3).stream().map(StoreFixture::text).toList());
        Eventually.reached(() -> store.numbers().failed() == 3);
        assertEquals(
                List.of("\"[\"", "\"\"", "1"),
                store.deadLetters(3).stream()
                        .map(DeadLetter::payload)
                        .sorted((a, b) -> b.length() - a.length())
                        .toList());
        assertEquals(0, probe.number("XLEN", STREAM));
    }

    @Test
    void entry_thatAStrangerDeletes_isNotMissed() throws Exception {
        QueueStore store = open(CONFIG.withVisibilityTimeout(QueueConfig.SHORTEST_TIMEOUT));
        push(store, "1");
        Reservation reserved = next(store);
        probe.text("XDEL", STREAM, reserved.deliveryId());
        assertEquals(QueueCode.DELIVERY_UNKNOWN, store.fail(reserved.deliveryId(), "no"));
        push(store, "2");
        Reservation other = next(store);
        probe.text("XDEL", STREAM, other.deliveryId());
        Eventually.reached(() -> store.numbers().reserved() == 0);
        assertHeld(store, 0, 0, 0, 0);
        push(store, "3");
        assertEquals("3", text(next(store)));
    }

    @Test
    void numbers_afterAStrangerHasDeletedWhatIsReserved_areNotNegative() throws Exception {
        QueueStore store = open();
        push(store, "1");
        push(store, "2");
        for (Reservation each : next(store, 2)) {
            probe.text("XDEL", STREAM, each.deliveryId());
        }
        assertEquals(0, probe.number("XLEN", STREAM));
        assertEquals(0, store.numbers().pending());
        push(store, "3");
        assertEquals("3", text(next(store)));
        assertEquals(0, store.numbers().pending());
    }

    /** A server whose clock was set back would show the same. */
    @Test
    void reservation_thatIsYoungerThanLaterOnes_doesNotHoldThemUp() throws Exception {
        QueueStore store = open(CONFIG.withVisibilityTimeout(QueueConfig.SHORTEST_TIMEOUT));
        push(store, "1");
        push(store, "2");
        String first = next(store, 2).getFirst().deliveryId();
        List<Reservation> again = new ArrayList<>();
        Eventually.reached(() -> {
            long future = System.currentTimeMillis() + TimeUnit.HOURS.toMillis(1);
            probe.text("XCLAIM", STREAM, GROUP, "me", "0", first, "TIME", Long.toString(future));
            again.addAll(store.reserve(1, SHORT));
            return !again.isEmpty();
        });
        assertEquals("2", text(again.getFirst()));
        assertEquals(2, again.getFirst().attempt());
        assertSettled(store.ack(first));
    }

    @Test
    void delayedMessages_onAServerWithoutMemory_becomePending() throws Exception {
        QueueStore store = open();
        assertNothingPending(store);
        push(store, "1", delayed(Duration.ofMillis(200)));
        push(store, "2", delayed(Duration.ofMillis(200)));
        probe.text("CONFIG", "SET", "maxmemory", "1");
        try {
            BackendException e = assertThrows(BackendException.class, () -> push(store, "3"));
            assertTrue(String.valueOf(e.getMessage()).contains("OOM"), e::getMessage);
            List<Reservation> reserved = next(store, 2);
            assertSettled(store.release(reserved.getFirst().deliveryId(), SHORT, true));
            assertSettled(store.ack(reserved.getLast().deliveryId()));
            Reservation released = next(store);
            assertEquals(reserved.getFirst().id(), released.id());
            assertSettled(store.ack(released.deliveryId()));
            assertHeld(store, 0, 0, 0, 0);
        } finally {
            probe.text("CONFIG", "SET", "maxmemory", "0");
        }
    }

    private void fillWithDeadLetters(QueueStore store, int number) throws Exception {
        for (int i = 0; i < number; i++) {
            push(store, Integer.toString(i));
            assertSettled(store.fail(next(store).deliveryId(), "no"));
        }
    }

    @Test
    void deadLetters_ofWhichAStrangerHasDeletedOne_areAllTheOthers() throws Exception {
        QueueStore store = open();
        fillWithDeadLetters(store, 12);
        probe.text("HDEL", PREFIX + "letters", store.deadLetters(3).getLast().id());
        List<String> others =
                IntStream.range(0, 12).filter(i -> i != 2).mapToObj(Integer::toString).toList();
        assertEquals(others, store.deadLetters(100).stream().map(DeadLetter::payload).toList());
        assertEquals(11, store.retry(null));
        assertEquals(others, next(store, 11).stream().map(StoreFixture::text).toList());
        assertHeld(store, 0, 0, 11, 0);
    }

    @Test
    void retry_ofDeadLettersThatAStrangerHasDeletedButTheLast_reachesTheLast() throws Exception {
        QueueStore store = open();
        fillWithDeadLetters(store, 101); // more than one script moves
        for (DeadLetter each : store.deadLetters(100)) {
            probe.text("HDEL", PREFIX + "letters", each.id());
        }
        assertEquals(1, store.retry(null));
        assertEquals("100", text(next(store)));
        assertHeld(store, 0, 0, 1, 0);
    }

    @Test
    void group_besidesAnother_isRefused() throws Exception {
        QueueStore store = open();
        push(store, "1");
        assertSettled(store.ack(next(store).deliveryId()));
        QueueStore second = open(redis.withGroup("others"), CONFIG);
        push(second, "2");
        for (int i = 0; i < 2; i++) {
            BackendException e =
                    assertThrows(BackendException.class, () -> second.reserve(1, SHORT));
            assertEquals(
                    "queue mail is consumed by group default already, and cannot be consumed by"
                            + " group others as well",
                    e.getMessage());
        }
        assertEquals("2", text(next(store)));
    }

    @Test
    void store_whoseServerForgetsEverything_worksAgain() throws Exception {
        QueueStore store = open();
        push(store, "1");
        assertSettled(store.ack(next(store).deliveryId()));
        Reservation lost = reserveWhile(store, () -> probe.text("FLUSHALL"));
        assertEquals("2", text(lost));
        probe.text("FLUSHALL");
        assertEquals(QueueCode.DELIVERY_UNKNOWN, store.ack(lost.deliveryId()));
        assertHeld(store, 0, 0, 0, 0);
        push(store, "3", delayed(Duration.ofMillis(200)));
        assertEquals("3", text(next(store)));
        assertCounted(store, 1, 0, 0);
    }

    /** Does something while the store waits, and then pushes "2"; errors are passed over. */
    private static Reservation reserveWhile(QueueStore store, Runnable fault) throws Exception {
        CompletableFuture<Reservation> reserved = new CompletableFuture<>();
        Thread reserver =
                Thread.ofVirtual()
                        .start(() -> {
                            while (!reserved.isDone()) {
                                try {
                                    reserved.complete(next(store));
                                } catch (BackendException e) {
                                    Thread.onSpinWait(); // it tries again
                                } catch (Throwable e) {
                                    reserved.completeExceptionally(e);
                                }
                            }
                        });
        Eventually.reached(() -> reserver.getState() == Thread.State.TIMED_WAITING);
        fault.run();
        push(store, "2");
        Reservation found = reserved.get(10, TimeUnit.SECONDS);
        reserver.join();
        return found;
    }

    @Test
    void store_whoseServerForgetsItsScripts_goesOn() throws Exception {
        QueueStore store = open();
        assertNothingPending(store);
        probe.text("SCRIPT", "FLUSH");
        push(store, "1", delayed(Duration.ofMillis(150)));
        probe.text("SCRIPT", "FLUSH");
        Reservation reserved = next(store);
        probe.text("SCRIPT", "FLUSH");
        assertSettled(store.ack(reserved.deliveryId()));
        probe.text("SCRIPT", "FLUSH");
        assertCounted(store, 1, 1, 0);
    }

    @Test
    void consumer_thatHasNothingReserved_leavesTheGroupWithTheStore() throws Exception {
        QueueStore store = open();
        push(store, "1");
        Reservation reserved = next(store);
        assertEquals(Set.of("me"), probe.consumers(STREAM, GROUP));
        store.close();
        assertEquals(Set.of("me"), probe.consumers(STREAM, GROUP));
        QueueStore other = open(redis.withConsumer("you"), CONFIG);
        assertSettled(other.ack(reserved.deliveryId()));
        QueueStore again = open();
        push(again, "2");
        assertSettled(again.ack(next(again).deliveryId()));
        again.close();
        assertEquals(Set.of(), probe.consumers(STREAM, GROUP));
    }

    @Test
    void consumer_whoseStoreIsClosedByAnInterruptedThread_leavesAsWell() throws Exception {
        QueueStore store = open();
        push(store, "1");
        assertSettled(store.ack(next(store).deliveryId()));
        Thread.currentThread().interrupt();
        store.close();
        assertTrue(Thread.interrupted());
        assertEquals(Set.of(), probe.consumers(STREAM, GROUP));
    }

    @Test
    void store_afterItsEnd_failsWithoutWaiting() throws Exception {
        QueueStore store = open();
        assertNothingPending(store);
        store.close();
        for (int i = 0; i < 2; i++) {
            BackendException e =
                    assertThrows(
                            BackendException.class,
                            () -> store.push(json("1"), PushOptions.none()));
            assertTrue(String.valueOf(e.getMessage()).endsWith("is closed"), e::getMessage);
            assertThrows(BackendException.class, () -> store.reserve(1, LONG));
        }
        assertEquals(0, probe.number("XLEN", STREAM));
    }
}
