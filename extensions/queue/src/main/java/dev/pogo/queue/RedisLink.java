package dev.pogo.queue;

import dev.pogo.redis.Command;
import dev.pogo.redis.CommandThread;
import dev.pogo.redis.Outage;
import dev.pogo.redis.PendingReply;
import dev.pogo.redis.RedisAddress;
import dev.pogo.redis.RedisException;
import dev.pogo.redis.Script;

import org.jspecify.annotations.Nullable;

import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisClusterException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisMovedDataException;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A connection to the server that has a queue. In a cluster this follows the queue from node to
 * node. All methods may be called by any thread.
 */
final class RedisLink implements AutoCloseable {
    /** Maximum number of redirections that are followed for one command. */
    private static final int MOST_MOVES = 5;

    /** How long a node is tried at least before another one is, if it does not tell of another. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String user;
    private final String threadName;
    private final RedisAddress configured;
    private final int replyMillis;
    private final List<Script> scripts;
    private final long tickNanos;
    private final Consumer<CommandThread> tick;

    /** Held while the connection is replaced or closed. */
    private final ReentrantLock lock = new ReentrantLock();

    /** Written under the lock. */
    private volatile Node node;

    // Guarded by the lock.

    /** The node before this one. */
    private RedisAddress previous;

    /** {@link System#nanoTime()} at which the node was chosen. */
    private long chosenNanos;

    /** Reports of the nodes that have been used, so that each outage is reported once. */
    private final Map<RedisAddress, Outage> outages = new HashMap<>();

    private boolean closed;

    /** A server, and the thread that is connected to it. */
    private record Node(RedisAddress address, CommandThread thread) {}

    /**
     * @param user the name of the user in messages
     * @param threadName the name of the thread
     * @param replyMillis how long a reply may take
     * @param scripts the scripts that are run
     * @param tick called every {@code tickNanos} by the thread
     */
    RedisLink(
            String user,
            String threadName,
            RedisAddress address,
            int replyMillis,
            List<Script> scripts,
            long tickNanos,
            Consumer<CommandThread> tick) {
        this.user = user;
        this.threadName = threadName;
        configured = address;
        previous = address;
        this.replyMillis = replyMillis;
        this.scripts = scripts;
        this.tickNanos = tickNanos;
        this.tick = tick;
        node = connect(address);
    }

    private Node connect(RedisAddress address) {
        chosenNanos = System.nanoTime();
        if (outages.size() > MOST_MOVES) {
            outages.clear(); // nodes come and go
        }
        return new Node(
                address,
                CommandThread.start(
                        new CommandThread.Options(
                                threadName,
                                address,
                                outages.computeIfAbsent(address, at -> new Outage(at, user)),
                                replyMillis,
                                scripts,
                                tickNanos,
                                tick)));
    }

    /**
     * Sends a command and waits for its reply.
     *
     * @param command creates the command with its reply
     */
    @Nullable Object call(Function<Command.Reply, Command> command)
            throws BackendException, InterruptedException {
        for (int moves = 0; ; moves++) {
            Node used = node;
            PendingReply reply = new PendingReply();
            used.thread().send(command.apply(reply));
            try {
                return reply.await(used.thread(), replyMillis);
            } catch (RedisException e) {
                if (moves == MOST_MOVES || !isToBeSentAgain(used, e)) {
                    throw new BackendException(String.valueOf(e.getMessage()), e);
                }
            } catch (TimeoutException e) {
                throw new BackendException(
                        "Redis at " + used.address() + " has not answered in time", e);
            }
        }
    }

    /** Returns whether there is another node for a command that has certainly not been done. */
    private boolean isToBeSentAgain(Node used, RedisException failure) {
        Throwable why = failure.getCause();
        if (why instanceof JedisMovedDataException moved) {
            HostAndPort target = moved.getTargetNode();
            String host = target.getHost();
            replace(
                    used,
                    used.address()
                            .at(host.isEmpty() ? used.address().host() : host, target.getPort()));
            return true;
        }
        if (why instanceof JedisDataException && !(why instanceof JedisClusterException)) {
            return false;
        }
        if (node != used) {
            return !failure.mayBeDone(); // another thread has found the queue elsewhere
        }
        tryAnother(used);
        return false;
    }

    /** If the node is dead or cut off, it cannot tell where the queue is now. */
    private void tryAnother(Node used) {
        RedisAddress other;
        lock.lock();
        try {
            other = used.address().equals(configured) ? previous : configured;
            if (other.equals(used.address()) || System.nanoTime() - chosenNanos < PATIENCE_NANOS) {
                return;
            }
        } finally {
            lock.unlock();
        }
        replace(used, other);
    }

    private void replace(Node old, RedisAddress address) {
        lock.lock();
        try {
            if (node != old || closed) {
                return;
            }
            previous = old.address();
            node = connect(address);
        } finally {
            lock.unlock();
        }
        old.thread().close();
    }

    /** Sends what is there, for some seconds at most, and closes the connection. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        node.thread().close();
    }
}
