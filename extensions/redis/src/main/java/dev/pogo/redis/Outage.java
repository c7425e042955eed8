package dev.pogo.redis;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reports that a server is away, and that it is back: once each time, however many connections and
 * attempts fail. Thread-safe.
 */
public final class Outage {
    private static final Logger LOG = LoggerFactory.getLogger(Outage.class);
    private static final long NONE = Long.MIN_VALUE;

    private final RedisAddress address;
    private final String user;

    /** {@link System#nanoTime()} of the first failure of this outage, or {@link #NONE}. */
    private final AtomicLong since = new AtomicLong(NONE);

    /**
     * Creates a reporter.
     *
     * @param address the server
     * @param user who uses it, for the log
     */
    public Outage(RedisAddress address, String user) {
        this.address = address;
        this.user = user;
    }

    /** Records that a connection broke, or could not be opened or used. */
    void failed(Throwable e) {
        if (since.compareAndSet(NONE, System.nanoTime())) {
            LOG.warn("{} cannot use Redis at {}, and tries again: {}", user, address, rootOf(e));
        }
    }

    /** Records that the server has done what it was asked to. */
    void connected() {
        long began = since.get() == NONE ? NONE : since.getAndSet(NONE);
        if (began != NONE) {
            LOG.info(
                    "{} can use Redis at {} again after {} ms",
                    user,
                    address,
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
        }
    }

    /** Returns the cause that says most: what the JDK or the server reported. */
    static String rootOf(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null || root.getSuppressed().length > 0) {
            // Jedis adds what went wrong at each of the host's addresses.
            root = root.getCause() != null ? root.getCause() : root.getSuppressed()[0];
        }
        String message = root.getMessage();
        return message == null ? root.getClass().getName() : message;
    }
}
