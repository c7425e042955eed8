package dev.pogo.remote;

/**
 * When the server has last done what a heartbeat needs. A server that answers but refuses, because
 * it has become a replica or has no memory left, counts as silent. Thread-safe.
 */
final class Contact {
    private volatile long last = System.nanoTime();

    void made() {
        last = System.nanoTime();
    }

    /** Returns how long ago that was, in nanoseconds. */
    long silence() {
        return Math.max(0, System.nanoTime() - last);
    }
}
