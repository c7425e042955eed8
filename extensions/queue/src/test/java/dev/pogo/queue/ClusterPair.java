package dev.pogo.queue;

import dev.pogo.testing.Eventually;
import dev.pogo.testing.RedisServer;

import java.util.Set;

/**
 * Two nodes of a cluster. The first one has all slots but the last one, until that of the queue is
 * moved to the other one.
 */
final class ClusterPair implements AutoCloseable {
    private static final int LAST_SLOT = 16_383;

    private final String stream;
    private final RedisServer owner;
    private final RedisServer other;
    private final Probe from;
    private final Probe to;

    /** Whether the other node has the slot of the queue. */
    private boolean moved;

    private ClusterPair(String stream, RedisServer owner, RedisServer other) {
        this.stream = stream;
        this.owner = owner;
        this.other = other;
        from = new Probe(owner);
        to = new Probe(other);
    }

    /**
     * Starts two nodes, and returns when they know each other.
     *
     * @param stream a key of the slot that can be moved
     */
    static ClusterPair start(String stream) throws Exception {
        ClusterPair pair = new ClusterPair(stream, startNode(), startNode());
        try {
            pair.join();
            return pair;
        } catch (Throwable e) {
            pair.close();
            throw e;
        }
    }

    /** Starts a node, which goes on with its slots if others are lost. */
    static RedisServer startNode() {
        return RedisServer.start(
                "--cluster-enabled", "yes", "--cluster-require-full-coverage", "no");
    }

    /** Waits until a node that has got slots answers. */
    static void awaitReady(Probe node) throws Exception {
        Eventually.reached(
                () -> node.text("CLUSTER", "INFO").contains("cluster_state:ok"),
                () -> node.text("CLUSTER", "INFO"));
    }

    /** Gives a node all slots but the last one. */
    static void addSlots(Probe node) {
        node.text("CLUSTER", "ADDSLOTSRANGE", "0", Integer.toString(LAST_SLOT - 1));
    }

    private void join() throws Exception {
        addSlots(from);
        to.text("CLUSTER", "ADDSLOTS", Integer.toString(LAST_SLOT));
        from.text("CLUSTER", "MEET", "127.0.0.1", Integer.toString(other.port()));
        Eventually.reached(() -> from.text("CLUSTER", "INFO").contains("known_nodes:2"));
        awaitReady(from);
        awaitReady(to);
        Eventually.reached(() -> to.text("CLUSTER", "SLOTS").contains(id(from)));
    }

    RedisServer owner() {
        return owner;
    }

    RedisServer other() {
        return other;
    }

    /** Asks the first node. */
    Probe from() {
        return from;
    }

    /** Asks the other node. */
    Probe to() {
        return to;
    }

    private static String id(Probe node) {
        return node.text("CLUSTER", "MYID");
    }

    private String slot() {
        return from.text("CLUSTER", "KEYSLOT", stream);
    }

    /** From now on the first node refuses what needs keys that it does not have any more. */
    void beginMove() {
        begin(from, to);
    }

    /** Moves keys between {@link #beginMove()} and {@link #endMove()}. */
    void move(Set<String> keys) {
        for (String key : keys) {
            from.text("MIGRATE", "127.0.0.1", Integer.toString(other.port()), key, "0", "5000");
        }
    }

    /** Moves the keys that are left, and then the slot. */
    void endMove() {
        move(from.keys());
        end(from, to);
        moved = true;
    }

    private void begin(Probe source, Probe target) {
        target.text("CLUSTER", "SETSLOT", slot(), "IMPORTING", id(source));
        source.text("CLUSTER", "SETSLOT", slot(), "MIGRATING", id(target));
    }

    private void end(Probe source, Probe target) {
        target.text("CLUSTER", "SETSLOT", slot(), "NODE", id(target));
        source.text("CLUSTER", "SETSLOT", slot(), "NODE", id(target));
    }

    /** Deletes everything, and ensures that the first node has the queue. */
    void reset() {
        for (Probe node : new Probe[] {from, to}) {
            node.text("FLUSHALL");
            node.text("CLUSTER", "SETSLOT", slot(), "STABLE");
        }
        if (moved) {
            begin(to, from);
            end(to, from);
            moved = false;
        }
    }

    @Override
    public void close() {
        owner.close();
        other.close();
    }
}
