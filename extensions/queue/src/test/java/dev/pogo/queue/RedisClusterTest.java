package dev.pogo.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.queue.QueueStore.Reservation;
import dev.pogo.testing.Eventually;
import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Queues in clusters of Redis servers. */
@ExtendWith(RedisExtension.class)
class RedisClusterTest extends StoreFixture {
    private static final String STREAM = "pogo:queue:{mail}:stream";

    /** After this time it has been tried to take back what lasts for as short as possible. */
    private static final long TRIED_NANOS =
            Visibility.reclaimed(CONFIG.withVisibilityTimeout(QueueConfig.SHORTEST_TIMEOUT))
                    .plusMillis(1_200)
                    .toNanos();

    /** Used by all tests but those in which a node dies, or in which there is only one. */
    private static ClusterPair pair;

    RedisClusterTest() {
        super(MemoryBackend.defaults()); // each test has a backend of its own
    }

    @BeforeAll
    static void startPair() throws Exception {
        pair = ClusterPair.start(STREAM);
    }

    @AfterAll
    static void closePair() {
        pair.close();
    }

    @BeforeEach
    void resetPair() {
        pair.reset();
    }

    private static QueueBackend at(RedisServer server) {
        return RedisBackend.at(server.url());
    }

    private static void useEverything(QueueStore store) throws Exception {
        assertNothingPending(store);
        PushOptions key = PushOptions.none().withKey("k", LONG);
        String id = push(store, "1", key);
        assertEquals(id, push(store, "2", key));
        push(store, "2", delayed(Duration.ofMillis(10)));
        for (Reservation each : next(store, 2)) {
            assertSettled(store.release(each.deliveryId(), Duration.ofMillis(10), true));
        }
        for (Reservation each : next(store, 2)) {
            assertEquals(2, each.attempt());
            assertSettled(store.fail(each.deliveryId(), "no"));
        }
        assertEquals(2, store.deadLetters(10).size());
        assertEquals(1, store.retry(id));
        assertEquals(1, store.retry(null));
        for (Reservation each : next(store, 2)) {
            assertSettled(store.ack(each.deliveryId()));
        }
        assertCounted(store, 2, 2, 2);
        store.close();
    }

    @Test
    void cluster_ofOneNode_isUsedLikeAServer() throws Exception {
        try (RedisServer server = ClusterPair.startNode()) {
            Probe probe = new Probe(server);
            ClusterPair.addSlots(probe);
            ClusterPair.awaitReady(probe);
            useEverything(open(at(server), CONFIG));
            assertEquals(List.of(), probe.list("XINFO", "CONSUMERS", STREAM, "default"));
        }
    }

    @Test
    void queue_onAnotherNode_isFollowed() throws Exception {
        useEverything(open(at(pair.other()), CONFIG));
        assertEquals(List.of(), pair.from().list("XINFO", "CONSUMERS", STREAM, "default"));
    }

    @Test
    void queue_onAnotherNode_isFollowedByManyAtOnce() throws Exception {
        for (int round = 1; round <= 20; round++) {
            QueueStore store = open(at(pair.other()), CONFIG);
            Callable<Object> push = () -> push(store, "1");
            try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Callable<Object>> pushes = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    pushes.add(push);
                }
                for (Future<Object> each : executor.invokeAll(pushes)) {
                    each.get();
                }
            }
            assertHeld(store, 50L * round, 0, 0, 0);
            store.close();
        }
    }

    @Test
    void queue_thatMovesToAnotherNode_isFollowed() throws Exception {
        QueueStore store = open(at(pair.owner()), CONFIG);
        assertNothingPending(store);
        push(store, "1", delayed(Duration.ofSeconds(1)));
        push(store, "2");
        pair.beginMove();
        pair.endMove();
        assertEquals("2", text(next(store)));
        Reservation delayed = reserveOnly(store);
        assertEquals("1", text(delayed));
        assertSettled(store.ack(delayed.deliveryId()));
        assertTrue(pair.from().keys().isEmpty(), () -> pair.from().keys().toString());
    }

    /** With a dead letter, so that there are all keys but that of delayed messages. */
    private QueueStore openWithLetter(QueueConfig config) throws Exception {
        QueueStore store = open(at(pair.owner()), config);
        push(store, "0");
        assertSettled(store.fail(next(store).deliveryId(), "no"));
        return store;
    }

    /** Moves either the stream or everything else, as those who move slots do in any order. */
    private static void moveSome(boolean streamFirst) {
        Set<String> keys = pair.from().keys();
        if (streamFirst) {
            keys.retainAll(Set.of(STREAM));
        } else {
            keys.remove(STREAM);
        }
        pair.beginMove();
        pair.move(keys);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void messages_settledWhileTheirSlotMoves_areNeitherLostNorDoubled(boolean streamFirst)
            throws Exception {
        QueueStore store = openWithLetter(CONFIG);
        for (String payload : List.of("later", "now", "failed", "acked", "reserved", "pending")) {
            push(store, payload);
        }
        List<Reservation> reserved = next(store, 5);
        String[] ids = reserved.stream().map(Reservation::deliveryId).toArray(String[]::new);
        List<Callable<QueueCode>> unsettled =
                new ArrayList<>(
                        List.of(
                                () -> store.release(ids[0], Duration.ofMillis(1), true),
                                () -> store.release(ids[1], Duration.ZERO, true),
                                () -> store.fail(ids[2], "no"),
                                () -> store.ack(ids[3])));
        moveSome(streamFirst);
        settle(unsettled);
        pair.move(pair.from().keys());
        settle(unsettled);
        pair.endMove();
        Eventually.reached(() -> settle(unsettled));
        Eventually.reached(() -> tried(() -> store.retry(null)).isPresent());
        Map<String, String> found = new HashMap<>();
        while (found.size() < 5) {
            Reservation next = reserveOnly(store);
            assertNull(found.put(next.id(), text(next)), next::toString);
            assertSettled(store.ack(next.deliveryId()));
        }
        assertEquals(Set.of("later", "now", "failed", "pending", "0"), Set.copyOf(found.values()));
        assertHeld(store, 0, 0, 1, 0);
        assertSettled(store.ack(ids[4]));
    }

    /** Tries what has not been done, as a consumer does; returns whether all is done. */
    private static boolean settle(List<Callable<QueueCode>> unsettled) throws Exception {
        for (Iterator<Callable<QueueCode>> each = unsettled.iterator(); each.hasNext(); ) {
            Optional<QueueCode> code = tried(each.next());
            if (code.isPresent()) {
                assertSettled(code.get());
                each.remove();
            }
        }
        return unsettled.isEmpty();
    }

    /** Returns the result of a call, or nothing if the backend has failed. */
    private static <T> Optional<T> tried(Callable<T> call) throws Exception {
        try {
            return Optional.of(call.call());
        } catch (BackendException e) {
            return Optional.empty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void messages_takenBackWhileTheirSlotMoves_areNeitherLostNorDoubled(boolean streamFirst)
            throws Exception {
        QueueStore store =
                openWithLetter(
                        CONFIG.withVisibilityTimeout(QueueConfig.SHORTEST_TIMEOUT)
                                .withMaxAttempts(1));
        push(store, "delayed", delayed(Duration.ofMillis(500)));
        for (int i = 1; i <= 3; i++) {
            push(store, Integer.toString(i));
        }
        next(store, 3);
        long reserved = System.nanoTime();
        moveSome(streamFirst);
        Eventually.reached(() -> System.nanoTime() - reserved > TRIED_NANOS);
        pair.endMove();
        Reservation delayed = reserveOnly(store);
        assertEquals("delayed", text(delayed));
        assertSettled(store.ack(delayed.deliveryId()));
        Eventually.reached(() -> {
            assertNothingPending(store);
            return store.numbers().reserved() == 0;
        });
        assertHeld(store, 0, 0, 0, 4);
        assertEquals(
                List.of("0", "1", "2", "3"),
                store.deadLetters(10).stream().map(DeadLetter::payload).sorted().toList());
    }

    /** Reserves a message as a consumer does that has nothing else to do. */
    private static Reservation reserveOnly(QueueStore store) throws Exception {
        List<Reservation> reserved = new ArrayList<>();
        Eventually.reached(() -> {
            tried(() -> store.reserve(1, SHORT)).ifPresent(reserved::addAll);
            return !reserved.isEmpty();
        });
        return reserved.getFirst();
    }

    @Test
    void queue_whoseNodeDies_isFoundOnTheNextOne() throws Exception {
        try (ClusterPair mortal = ClusterPair.start(STREAM)) {
            QueueStore store = open(at(mortal.other()), CONFIG);
            push(store, "1");
            assertEquals("1", text(next(store)));
            String dead = mortal.from().text("CLUSTER", "MYID");
            mortal.owner().kill();
            Probe heir = mortal.to();
            heir.text("CLUSTER", "FORGET", dead);
            ClusterPair.addSlots(heir);
            ClusterPair.awaitReady(heir);
            Eventually.reached(() ->
                    tried(() -> store.push(json("2"), PushOptions.none()))
                            .map(PushResult::ok)
                            .orElse(false));
            assertEquals("2", text(reserveOnly(store)));
            store.close();
        }
    }
}
