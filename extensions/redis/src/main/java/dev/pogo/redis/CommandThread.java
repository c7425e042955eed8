package dev.pogo.redis;

import org.jspecify.annotations.Nullable;

import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A thread that owns a connection and sends the commands of all other threads over it. What has
 * come in while a batch was under way is the next batch: it is written at once, and then all
 * replies are read. So a single command goes out immediately, and a thousand share a few system
 * calls.
 *
 * <p>A command is never sent twice unless the server has refused it, because its connection was
 * lost: it fails, and {@link RedisException#mayBeDone()} says whether it was sent. While the server
 * cannot be reached, each attempt to connect fails all commands that are there. So does a server
 * that answers that it only reads, loads its data, or has lost its master or its cluster: its
 * connection is closed, as the address may lead to another server by now.
 *
 * <p>All methods may be called by any thread.
 */
public final class CommandThread implements AutoCloseable {
    /** How replies begin when the server cannot do what another one could. */
    private static final List<String> UNFIT =
            List.of("READONLY", "LOADING", "MASTERDOWN", "CLUSTERDOWN");

    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final RedisAddress address;
    private final List<Script> scripts;
    private final Outage outage;
    private final int replyMillis;
    private final long stuckNanos;
    private final long tickNanos;
    private final Consumer<CommandThread> tick;
    private final Thread thread;

    private final ConcurrentLinkedQueue<Command> queue = new ConcurrentLinkedQueue<>();

    /**
     * Whether the thread is about to park. The thread sets it and then looks at the queue; who adds
     * a command looks at it afterwards. So one of them sees the other.
     */
    private volatile boolean parked;

    /** Set by whoever closes it, and by the thread when it ends. */
    private volatile boolean closed;

    /** Since when a batch is under way, or 0. Written by the thread. */
    private volatile long batchSince;

    /** Null while there is none. Written by the thread; others may only cut it. */
    private volatile @Nullable Connection connection;

    /** The rest is owned by the thread. */
    private final BackOff backOff = new BackOff();

    /** These four are created in advance, as there may be no memory when they are needed. */
    private final BooleanSupplier ended = this::isClosed;

    private final Supplier<RedisException> unsent = this::unsent;
    private final Supplier<RedisException> broken = this::broken;
    private final RedisException outOfMemory = new RedisException();
    private final Batch batch = new Batch(unsent);
    private long nextTick = System.nanoTime();

    private CommandThread(Options options) {
        address = options.address;
        scripts = options.scripts;
        outage = options.outage;
        replyMillis = options.replyMillis;
        stuckNanos = TimeUnit.MILLISECONDS.toNanos(options.replyMillis);
        tickNanos = options.tickNanos;
        tick = options.tick;
        thread = Thread.ofPlatform().daemon().name(options.name).unstarted(this::run);
    }

    /**
     * Description of a thread, for {@link #start}.
     *
     * @param name the name of the thread
     * @param address the server
     * @param outage reports that the server cannot be reached
     * @param replyMillis how long a reply may take, after which the connection counts as lost
     * @param scripts the scripts that the commands run
     * @param tickNanos the time between two calls of {@code tick}
     * @param tick called by the thread, with itself; it must not block
     */
    public record Options(
            String name,
            RedisAddress address,
            Outage outage,
            int replyMillis,
            List<Script> scripts,
            long tickNanos,
            Consumer<CommandThread> tick) {}

    /**
     * Starts a thread, which connects to the server by itself.
     *
     * @param options its description
     * @return the thread
     */
    public static CommandThread start(Options options) {
        CommandThread started = new CommandThread(options);
        started.thread.start();
        return started;
    }

    /**
     * Sends a command as soon as possible.
     *
     * @param command the command, whose reply is called exactly once
     */
    public void send(Command command) {
        queue.add(command);
        if (closed) {
            failQueued(closedException());
        } else if (parked) {
            LockSupport.unpark(thread);
        }
    }

    /**
     * Cuts the connection if a batch has taken longer than a reply may. Reading has a timeout of
     * its own, but writing to a server that does not read has none. For other threads, to be called
     * now and then.
     */
    public void cutIfStuck() {
        long since = batchSince;
        if (since != 0 && System.nanoTime() - since > stuckNanos) {
            cut();
        }
    }

    private void cut() {
        Connection used = connection;
        if (used != null) {
            Connections.closeQuietly(used);
        }
    }

    private void run() {
        try {
            while (!closed) {
                try {
                    step();
                } catch (Throwable e) {
                    Threads.goesOn(e);
                    disconnect();
                    pause();
                }
            }
            long end = System.nanoTime() + CLOSE_NANOS;
            while (connection != null && !queue.isEmpty() && System.nanoTime() - end < 0) {
                sendBatch(); // what was sent before the close
            }
        } finally {
            closed = true; // so that nobody waits for a thread that has ended, for whatever reason
            disconnect();
            failQueued(closedException());
        }
    }

    private void step() {
        runTick();
        if (queue.isEmpty()) {
            park();
        } else if (ensureConnected()) {
            sendBatch();
        }
    }

    private void runTick() {
        long now = System.nanoTime();
        if (now - nextTick >= 0) {
            nextTick = now + tickNanos;
            try {
                tick.accept(this);
            } catch (Throwable e) {
                Threads.goesOn(e); // and the commands of others are sent all the same
            }
        }
    }

    private void park() {
        parked = true;
        if (queue.isEmpty() && !closed) {
            LockSupport.parkNanos(this, Math.max(1, nextTick - System.nanoTime()));
        }
        parked = false;
    }

    private boolean ensureConnected() {
        if (connection != null) {
            return true;
        }
        try {
            connection = Connections.open(address, replyMillis, scripts);
            return true;
        } catch (RuntimeException e) {
            outage.failed(e);
            failQueued(unreachable(e));
            pause();
            return false;
        }
    }

    private boolean isClosed() {
        return closed;
    }

    private void pause() {
        Threads.pause(backOff.failed(), ended);
    }

    private void sendBatch() {
        Connection used = connection;
        if (used == null) {
            return;
        }
        Supplier<RedisException> outcome = unsent;
        JedisDataException unfit = null;
        batchSince = Math.max(1, System.nanoTime());
        try {
            batch.take(queue);
            outcome = broken;
            for (Command command : batch.commands()) {
                used.sendCommand(command.name(), command.args());
            }
            List<Object> replies = used.getMany(batch.commands().size());
            batchSince = 0;
            unfit = unfit(replies);
            if (unfit == null) {
                backOff.succeeded();
                if (!replies.stream().allMatch(JedisDataException.class::isInstance)) {
                    outage.connected();
                }
            }
            boolean scriptsLost = answer(replies);
            if (scriptsLost && unfit == null) {
                Connections.load(used, scripts);
            }
        } catch (JedisException e) {
            outage.failed(e);
            disconnect();
        } finally {
            batchSince = 0;
            batch.end(outcome);
        }
        if (unfit != null) {
            leave(unfit);
        }
    }

    private static @Nullable JedisDataException unfit(List<Object> replies) {
        for (Object reply : replies) {
            if (reply instanceof JedisDataException e) {
                String message = String.valueOf(e.getMessage());
                if (UNFIT.stream().anyMatch(message::startsWith)) {
                    return e;
                }
            }
        }
        return null;
    }

    /** Returns whether the server has forgotten the scripts. */
    private boolean answer(List<Object> replies) {
        boolean scriptsLost = false;
        for (Object reply : replies) {
            if (reply instanceof JedisNoScriptException) {
                scriptsLost = true;
                queue.add(batch.first()); // it was refused, so it was not done
                batch.next();
            } else if (reply instanceof JedisDataException e) {
                RedisException refused = refused(batch.first(), e);
                batch.next().failed(refused);
            } else {
                batch.next().done(reply);
            }
        }
        return scriptsLost;
    }

    /** The pause keeps many clients from asking the server again and again. */
    private void leave(JedisDataException unfit) {
        disconnect();
        outage.failed(unfit);
        failQueued(unusable(unfit));
        pause();
    }

    private void disconnect() {
        cut();
        connection = null;
    }

    private void failQueued(RedisException e) {
        Command command;
        while ((command = queue.poll()) != null) {
            command.failed(e);
        }
    }

    private RedisException refused(Command command, JedisDataException e) {
        return new RedisException(
                "Redis at " + address + " refused " + command.name() + ": " + e.getMessage(),
                false,
                e);
    }

    private RedisException unreachable(Throwable e) {
        return new RedisException(
                "Redis at " + address + " cannot be reached: " + Outage.rootOf(e), false, e);
    }

    private RedisException unusable(JedisDataException e) {
        return new RedisException(
                "Redis at " + address + " cannot be used: " + e.getMessage(), false, e);
    }

    private RedisException unsent() {
        return failure("failed before the command was sent", false);
    }

    private RedisException broken() {
        return failure("broke", true);
    }

    private RedisException closedException() {
        return failure("is closed", false);
    }

    /** Throws nothing: if there is no memory for an exception, it returns one that is there. */
    private RedisException failure(String problem, boolean mayBeDone) {
        try {
            return new RedisException(
                    "the connection to Redis at " + address + " " + problem, mayBeDone, null);
        } catch (OutOfMemoryError e) {
            return outOfMemory;
        }
    }

    /**
     * Sends what is there, for at most five seconds, closes the connection and waits for the thread
     * to end. Later commands fail.
     */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        Threads.join(thread, CLOSE_NANOS);
        cut();
    }
}
