package dev.pogo.remote;

import static dev.pogo.redis.Command.bytes;

import dev.pogo.redis.BlockingThread;

import org.jspecify.annotations.Nullable;

import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Claims requests, as many as the pool has permits for and no more: what a host cannot run at once
 * stays in the queue for the others. If the thread is killed after it has popped an id and before
 * it has claimed the request, the caller puts the id into the queue again.
 */
final class Claimer implements BlockingThread.Body {
    /** Receives what was claimed, on the claiming thread. */
    interface Sink {
        /** Receives a request. A permit is taken for it. */
        void claimed(String id, long keptMillis, byte[] message);

        /**
         * Receives the ids of all requests that this host has claimed by now. Those that it does
         * not know were lost with a connection, and nobody will run them.
         */
        void all(List<String> ids);
    }

    private static final byte[] LEFT = bytes("LEFT");
    private static final byte[] RIGHT = bytes("RIGHT");
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Keys keys;
    private final byte[] host;
    private final byte[] moved;
    private final byte[] keepMillis;
    private final byte[] lostMillis;
    private final byte[] blockSeconds;
    private final int size;
    private final Sink sink;

    /** One permit for each job that the pool can run, taken from the claim to the answer. */
    private final Semaphore free;

    /** Set once, by the thread that closes the host. */
    private volatile boolean stopped;

    /** Permits that were taken and not given to a job. Owned by the claiming thread. */
    private int held;

    /** The connection that was used last. Owned by the claiming thread. */
    private @Nullable Connection last;

    Claimer(Keys keys, String host, Heartbeat heartbeat, int size, Sink sink) {
        this.keys = keys;
        this.host = bytes(host);
        this.moved = keys.moved(host);
        this.keepMillis = bytes(heartbeat.keepMillis());
        this.lostMillis = bytes(heartbeat.lostNanos() / 1_000_000);
        this.blockSeconds = bytes(heartbeat.blockSeconds());
        this.size = size;
        this.sink = sink;
        this.free = new Semaphore(size);
    }

    @Override
    public void use(Connection connection) {
        free.acquireUninterruptibly(); // ends with the next job, or by stop()
        held = 1;
        try {
            if (stopped) {
                return;
            }
            if (connection != last) {
                tellAll(connection);
                last = connection;
            }
            connection.sendCommand(
                    Protocol.Command.BLMOVE, keys.queue(), moved, LEFT, RIGHT, blockSeconds);
            List<?> first = claim(connection, 1, 2);
            if (first == null) {
                LockSupport.parkNanos(PAUSE_NANOS); // the next heartbeat makes this host known
                return;
            }
            start(first);
            if (!first.isEmpty()) {
                held += free.drainPermits();
                if (held > 0 && !stopped) {
                    List<?> others = claim(connection, held, 1);
                    start(others == null ? List.of() : others);
                }
            }
        } finally {
            free.release(held);
        }
    }

    /**
     * Claims requests.
     *
     * @param replies the number of replies to read, of which that of the claim is the last
     * @return what the script returned; null if this host may not claim
     */
    private @Nullable List<?> claim(Connection connection, int most, int replies) {
        byte[][] args = {keys.prefix(), host, bytes(most), keepMillis, lostMillis};
        Object found = Scripts.CLAIM.run(connection, replies - 1, keys.queue(), args);
        return found instanceof List<?> list ? list : null;
    }

    private void tellAll(Connection connection) {
        Object all = Scripts.CLAIMED.run(connection, keys.queue(), keys.prefix(), host);
        List<String> ids = new ArrayList<>();
        for (Object id : (List<?>) Objects.requireNonNull(all)) {
            ids.add(new String((byte[]) id, StandardCharsets.UTF_8));
        }
        sink.all(ids);
    }

    /** Gives claimed requests to the host, each with a permit. */
    private void start(List<?> found) {
        for (int i = 0; i < found.size(); i += 3) {
            held--;
            sink.claimed(
                    new String((byte[]) found.get(i), StandardCharsets.UTF_8),
                    (Long) found.get(i + 1),
                    (byte[]) found.get(i + 2));
        }
    }

    /** Gives back the permit of a job that has been answered. */
    void release() {
        free.release();
    }

    /** Makes the thread claim no more. */
    void stop() {
        stopped = true;
        free.release(size); // for a thread that waits, and for awaitAll
    }

    /**
     * Waits, after {@link #stop}, until all jobs have ended.
     *
     * @return whether they have in time
     */
    boolean awaitAll(long nanos) {
        boolean interrupted = false;
        long end = System.nanoTime() + nanos;
        try {
            while (true) {
                try {
                    if (!free.tryAcquire(2 * size, end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                        return false;
                    }
                    free.release(2 * size);
                    return true;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
