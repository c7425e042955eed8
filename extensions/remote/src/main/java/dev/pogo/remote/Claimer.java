package dev.pogo.remote;

import static dev.pogo.redis.Command.bytes;

import dev.pogo.redis.BlockingThread;

import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Claims requests, as many as the pool has permits for and no more: what a host cannot run at once
 * stays in the queue for the others. If the thread is killed after it has popped an id and before
 * it has claimed the request, the caller puts the id into the queue again.
 */
final class Claimer implements BlockingThread.Body {
    /** Receives a claimed request, on the claiming thread. A permit is taken for it. */
    interface Sink {
        void claimed(String id, long keptMillis, byte[] message);
    }

    private final Keys keys;
    private final byte[] host;
    private final byte[] keepMillis;
    private final byte[] blockSeconds;
    private final int size;
    private final Sink sink;

    /** One permit for each job that the pool can run, taken from the claim to the answer. */
    private final Semaphore free;

    private volatile boolean stopped;

    Claimer(Keys keys, String host, Heartbeat heartbeat, int size, Sink sink) {
        this.keys = keys;
        this.host = bytes(host);
        this.keepMillis = bytes(heartbeat.keepMillis());
        this.blockSeconds = bytes(heartbeat.blockSeconds());
        this.size = size;
        this.sink = sink;
        this.free = new Semaphore(size);
    }

    @Override
    public void use(Connection connection) {
        free.acquireUninterruptibly(); // ends with the next job, or by stop()
        int permits = 1;
        try {
            if (stopped) {
                return;
            }
            connection.sendCommand(Protocol.Command.BLPOP, keys.queue(), blockSeconds);
            if (!(connection.getOne() instanceof List<?> popped)) {
                return;
            }
            byte[] id = (byte[]) popped.get(1);
            if (stopped) {
                connection.sendCommand(Protocol.Command.LPUSH, keys.queue(), id);
                connection.getOne();
                return;
            }
            permits += free.drainPermits();
            List<?> found =
                    (List<?>)
                            Scripts.CLAIM.run(
                                    connection,
                                    keys.queue(),
                                    keys.prefix(),
                                    host,
                                    bytes(permits),
                                    keepMillis,
                                    id);
            for (int i = 0; found != null && i < found.size(); i += 3) {
                permits--;
                sink.claimed(
                        new String((byte[]) found.get(i), StandardCharsets.UTF_8),
                        (Long) found.get(i + 1),
                        (byte[]) found.get(i + 2));
            }
        } finally {
            free.release(permits);
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
