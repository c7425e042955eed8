package dev.pogo.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.queue.QueueStore.Reservation;
import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Queues in clusters of Redis servers. Each test starts its own. */
@ExtendWith(RedisExtension.class)
class RedisClusterTest extends StoreFixture {
    private static final String STREAM = "pogo:queue:{mail}:stream";
    private static final int LAST_SLOT = 16_383;

    private final List<RedisServer> servers = new ArrayList<>();

    RedisClusterTest() {
        super(MemoryBackend.defaults()); // each test has a backend of its own
    }

    @AfterEach
    void closeServers() {
        closeStores();
        servers.forEach(RedisServer::close);
    }

    private RedisServer node() {
        RedisServer server = RedisServer.start("--cluster-enabled", "yes");
        servers.add(server);
        return server;
    }

    private static void awaitReady(Probe node) throws Exception {
        Eventually.reached(
                () -> node.text("CLUSTER", "INFO").contains("cluster_state:ok"),
                () -> node.text("CLUSTER", "INFO"));
    }

    private static QueueBackend at(RedisServer server) {
        return RedisBackend.at(server.url());
    }

    /** Two nodes, the first of which has all slots. */
    private static void join(Probe owner, RedisServer other) throws Exception {
        Probe asked = new Probe(other);
        owner.text("CLUSTER", "ADDSLOTSRANGE", "0", Integer.toString(LAST_SLOT));
        owner.text("CLUSTER", "MEET", "127.0.0.1", Integer.toString(other.port()));
        Eventually.reached(() -> owner.text("CLUSTER", "INFO").contains("known_nodes:2"));
        awaitReady(owner);
        awaitReady(asked);
        Eventually.reached(
                () -> asked.text("CLUSTER", "SLOTS").contains(owner.text("CLUSTER", "MYID")));
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
        RedisServer server = node();
        Probe probe = new Probe(server);
        probe.text("CLUSTER", "ADDSLOTSRANGE", "0", Integer.toString(LAST_SLOT));
        awaitReady(probe);
        useEverything(open(at(server), CONFIG));
        assertEquals(List.of(), probe.list("XINFO", "CONSUMERS", STREAM, "default"));
    }

    @Test
    void queue_onAnotherNode_isFollowed() throws Exception {
        RedisServer owner = node();
        RedisServer other = node();
        join(new Probe(owner), other);
        useEverything(open(at(other), CONFIG));
        assertEquals(List.of(), new Probe(owner).list("XINFO", "CONSUMERS", STREAM, "default"));
    }

    @Test
    void queue_onAnotherNode_isFollowedByManyAtOnce() throws Exception {
        RedisServer owner = node();
        RedisServer other = node();
        join(new Probe(owner), other);
        for (int round = 1; round <= 20; round++) {
            QueueStore store = open(at(other), CONFIG);
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
        RedisServer owner = node();
        RedisServer other = node();
        Probe from = new Probe(owner);
        join(from, other);
        QueueStore store = open(at(owner), CONFIG);
        assertNothingPending(store);
        push(store, "1", delayed(Duration.ofSeconds(1)));
        push(store, "2");
        move(from, new Probe(other), other.port());
        assertEquals("2", text(next(store)));
        Reservation delayed = reserveOnly(store);
        assertEquals("1", text(delayed));
        assertSettled(store.ack(delayed.deliveryId()));
        assertTrue(from.keys().isEmpty(), () -> from.keys().toString());
    }

    /** Reserves a message as a consumer does that has nothing else to do. */
    private static Reservation reserveOnly(QueueStore store) throws Exception {
        List<Reservation> reserved = new ArrayList<>();
        Eventually.reached(() -> {
            reserved.addAll(store.reserve(1, SHORT));
            return !reserved.isEmpty();
        });
        return reserved.getFirst();
    }

    private static void move(Probe from, Probe to, int port) {
        String slot = from.text("CLUSTER", "KEYSLOT", STREAM);
        String source = from.text("CLUSTER", "MYID");
        String target = to.text("CLUSTER", "MYID");
        to.text("CLUSTER", "SETSLOT", slot, "IMPORTING", source);
        from.text("CLUSTER", "SETSLOT", slot, "MIGRATING", target);
        for (String key : from.keys()) {
            from.text("MIGRATE", "127.0.0.1", Integer.toString(port), key, "0", "5000");
        }
        to.text("CLUSTER", "SETSLOT", slot, "NODE", target);
        from.text("CLUSTER", "SETSLOT", slot, "NODE", target);
    }

    @Test
    void queue_whoseNodeDies_isFoundOnTheNextOne() throws Exception {
        RedisServer owner = node();
        RedisServer other = node();
        Probe dying = new Probe(owner);
        join(dying, other);
        QueueStore store = open(at(other), CONFIG);
        push(store, "1");
        assertEquals("1", text(next(store)));
        String dead = dying.text("CLUSTER", "MYID");
        owner.kill();
        Probe heir = new Probe(other);
        heir.text("CLUSTER", "FORGET", dead);
        heir.text("CLUSTER", "ADDSLOTSRANGE", "0", Integer.toString(LAST_SLOT));
        awaitReady(heir);
        Eventually.reached(() -> {
            try {
                return store.push(json("2"), PushOptions.none()).ok();
            } catch (BackendException e) {
                return false;
            }
        });
        List<Reservation> reserved = new ArrayList<>();
        Eventually.reached(() -> {
            try {
                reserved.addAll(store.reserve(1, SHORT));
            } catch (BackendException e) {
                return false;
            }
            return !reserved.isEmpty();
        });
        assertEquals("2", text(reserved.getFirst()));
    }
}
