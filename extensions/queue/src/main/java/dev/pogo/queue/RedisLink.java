package dev.pogo.queue;

import dev.pogo.redis.Command;
import dev.pogo.redis.CommandThread;
import dev.pogo.redis.Outage;
import dev.pogo.redis.RedisAddress;
import dev.pogo.redis.RedisException;

import org.jspecify.annotations.Nullable;

import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisMovedDataException;

import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
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
    /** Of a cluster with so many nodes that tell of each other, one is wrong. */
    private static final int MOST_MOVES = 5;

    private final String name;
    private final int replyMillis;
    private final long tickNanos;
    private final Consumer<CommandThread> tick;

    /** Held while the connection is replaced or closed. */
    private final ReentrantLock lock = new ReentrantLock();

    /** Written under the lock. */
    private volatile Node node;

    /** The node before this one; null if there was none. Written under the lock. */
    private volatile @Nullable RedisAddress left;

    private boolean closed;

    /** A server, and the thread that is connected to it. */
    private record Node(RedisAddress address, CommandThread thread) {}

    /**
     * @param name the name of the thread and of the user in messages
     * @param replyMillis how long a reply may take
     * @param tick called every {@code tickNanos} by the thread
     */
    RedisLink(
            String name,
            RedisAddress address,
            int replyMillis,
            long tickNanos,
            Consumer<CommandThread> tick) {
        this.name = name;
        this.replyMillis = replyMillis;
        this.tickNanos = tickNanos;
        this.tick = tick;
        node = connect(address);
    }

    private Node connect(RedisAddress address) {
        return new Node(
                address,
                CommandThread.start(
                        new CommandThread.Options(
                                "pogo-" + name.replace(' ', '-').toLowerCase(Locale.ROOT),
                                address,
                                new Outage(address, name),
                                replyMillis,
                                Scripts.ALL,
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
            Call call = new Call();
            used.thread().send(command.apply(call));
            try {
                return call.result(used.thread(), replyMillis);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof RedisException failure)) {
                    throw new BackendException("Redis has sent what nobody expects", e.getCause());
                }
                if (moves == MOST_MOVES || !isToBeSentAgain(used, failure)) {
                    throw new BackendException(String.valueOf(failure.getMessage()), failure);
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
            replace(used, used.address().at(target.getHost(), target.getPort()));
            return true;
        }
        if (why instanceof JedisDataException) {
            return false;
        }
        if (node != used) {
            return !failure.mayBeDone(); // another thread has found the queue elsewhere
        }
        RedisAddress before = left;
        if (before != null) {
            replace(used, before); // if the node is dead, it cannot tell where the queue is now
        }
        return false;
    }

    private void replace(Node old, RedisAddress address) {
        lock.lock();
        try {
            if (node != old || closed) {
                return;
            }
            left = old.address();
            node = connect(address);
        } finally {
            lock.unlock();
        }
        old.thread().close();
    }

    /** The reply to one command. */
    private static final class Call implements Command.Reply {
        private final CompletableFuture<@Nullable Object> reply = new CompletableFuture<>();

        @Override
        public void done(@Nullable Object value) {
            reply.complete(value);
        }

        @Override
        public void failed(RedisException e) {
            reply.completeExceptionally(e);
        }

        /** Waits a little longer than the connection itself, which tells more. */
        @Nullable Object result(CommandThread thread, int replyMillis)
                throws ExecutionException, InterruptedException, TimeoutException {
            try {
                return reply.get(replyMillis, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                thread.cutIfStuck();
                return reply.get(replyMillis, TimeUnit.MILLISECONDS);
            }
        }
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
