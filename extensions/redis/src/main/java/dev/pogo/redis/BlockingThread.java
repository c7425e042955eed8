package dev.pogo.redis;

import org.jspecify.annotations.Nullable;

import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisException;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A thread that owns a connection on which it waits for what the server has to tell. The connection
 * is opened again when it is lost.
 */
public final class BlockingThread implements AutoCloseable {
    /** What the thread does with its connection. */
    @FunctionalInterface
    public interface Body {
        /**
         * Uses the connection until it is lost or the thread is to end. Each wait for a reply must
         * be shorter than the time that a reply may take.
         *
         * @param connection a new connection
         * @throws JedisException if the connection is lost
         */
        void use(Connection connection);
    }

    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final RedisAddress address;
    private final Outage outage;
    private final int replyMillis;
    private final List<Script> scripts;
    private final Body body;
    private final Thread thread;
    private final BackOff backOff = new BackOff();

    /** Set by whoever lets the thread end, and by the thread when it ends. */
    private volatile boolean closed;

    /** Created in advance, as there may be no memory when it is needed. */
    private final BooleanSupplier ended = this::isClosed;

    /** Written by the thread; read by the thread that closes, which cuts the connection. */
    private volatile @Nullable Connection connection;

    private BlockingThread(
            String name,
            RedisAddress address,
            Outage outage,
            int replyMillis,
            List<Script> scripts,
            Body body) {
        this.address = address;
        this.outage = outage;
        this.replyMillis = replyMillis;
        this.scripts = scripts;
        this.body = body;
        thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    /**
     * Starts a thread.
     *
     * @param name the name of the thread
     * @param address the server
     * @param outage reports that the server cannot be reached
     * @param replyMillis how long a reply may take, after which the connection counts as lost
     * @param scripts the scripts that the body runs
     * @param body what the thread does
     * @return the thread
     */
    public static BlockingThread start(
            String name,
            RedisAddress address,
            Outage outage,
            int replyMillis,
            List<Script> scripts,
            Body body) {
        BlockingThread started =
                new BlockingThread(name, address, outage, replyMillis, scripts, body);
        started.thread.start();
        return started;
    }

    private void run() {
        try {
            while (!closed) {
                try {
                    useConnection();
                } catch (Throwable e) {
                    Threads.goesOn(e);
                    pause();
                }
            }
        } finally {
            closed = true; // whatever has ended it
        }
    }

    private void useConnection() {
        try (Connection opened = Connections.open(address, replyMillis, scripts)) {
            connection = opened;
            while (!closed) {
                body.use(opened);
                backOff.succeeded();
                outage.connected();
            }
        } catch (JedisException e) {
            if (!closed) {
                outage.failed(e);
                pause();
            }
        }
    }

    private boolean isClosed() {
        return closed;
    }

    private void pause() {
        Threads.pause(backOff.failed(), ended);
    }

    /**
     * Lets the thread end as soon as the body returns, and waits for that.
     *
     * @param patience how long to wait at most
     */
    public void finish(Duration patience) {
        closed = true;
        LockSupport.unpark(thread);
        Threads.join(thread, patience.toNanos());
    }

    /**
     * Cuts the connection and waits for the thread to end, at most five seconds. If the thread is
     * in code of its own, it ends when that returns.
     */
    @Override
    public void close() {
        closed = true;
        Connection used = connection;
        if (used != null) {
            Connections.closeQuietly(used);
        }
        LockSupport.unpark(thread);
        Threads.join(thread, CLOSE_NANOS);
    }
}
