package dev.pogo.remote;

import static dev.pogo.redis.Command.bytes;

/**
 * The keys of a queue. All have the queue as their hash tag, so that they are together in a
 * cluster. The scripts make the same names.
 */
final class Keys {
    private final String prefix;
    private final byte[] prefixBytes;
    private final byte[] queue;

    Keys(String queue) {
        prefix = "pogo:{" + queue + "}:";
        prefixBytes = bytes(prefix);
        this.queue = bytes(prefix + "queue");
    }

    byte[] prefix() {
        return prefixBytes;
    }

    /** Returns the list of the ids of requests, oldest first. */
    byte[] queue() {
        return queue;
    }

    byte[] request(String id) {
        return bytes(prefix + "request:" + id);
    }

    byte[] answers(String caller) {
        return bytes(prefix + "answers:" + caller);
    }

    byte[] claims(String caller) {
        return bytes(prefix + "claims:" + caller);
    }

    byte[] cancels(String host) {
        return bytes(prefix + "cancels:" + host);
    }

    /** Returns the list of the ids that a host has moved out of the queue and not yet claimed. */
    byte[] moved(String host) {
        return bytes(prefix + "moved:" + host);
    }

    /** Returns the key that is present when a host claims no more. */
    byte[] stopped(String host) {
        return bytes(prefix + "stopped:" + host);
    }

    byte[] hosts() {
        return bytes(prefix + "hosts");
    }

    byte[] callers() {
        return bytes(prefix + "callers");
    }
}
