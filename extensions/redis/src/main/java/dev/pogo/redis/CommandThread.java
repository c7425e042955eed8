package dev.pogo.redis;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A thread that owns a connection and sends the commands of all other threads over it. What has
 * come in while a batch was under way is the next batch: it is written at once, and then all
 * replies are read. So a single command goes out immediately, and a thousand share a few system
 * calls.
 *
 * <p>A command is never sent twice unless the server has refused it, because its connection was
 * lost: it fails, and {@link RedisException#mayBeDone()} says whether it was sent. While the server
 * cannot be reached, each attempt to connect fails all commands that are there.
 *
 * <p>All methods may be called by any thread.
 */
public final class CommandThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CommandThread.class);
    private static final int MAX_BATCH = 1_000;
    private static final long MAX_BATCH_BYTES = 1 << 20;
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

    /** Set once, by whoever closes it. */
    private volatile boolean closed;

    /** Since when a batch is under way, or 0. Written by the thread. */
    private volatile long batchSince;

    /** Null while there is none. Written by the thread; others may only cut it. */
    private volatile @Nullable Connection connection;

    /** The rest is owned by the thread. */
    private final BackOff backOff = new BackOff();

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
        while (!closed) {
            try {
                step();
            } catch (Throwable e) {
                LOG.error("{} failed, and goes on; this is an error in Pogo", thread, e);
                disconnect();
                pause(backOff.failed());
            }
        }
        try {
            long end = System.nanoTime() + CLOSE_NANOS;
            while (connection != null && !queue.isEmpty() && System.nanoTime() - end < 0) {
                sendBatch(); // what was sent before the close
            }
        } finally {
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
            tick.accept(this);
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
            pause(backOff.failed());
            return false;
        }
    }

    private void pause(long nanos) {
        Threads.pause(nanos, () -> closed);
    }

    private void sendBatch() {
        Connection used = connection;
        if (used == null) {
            return;
        }
        List<Command> batch = takeBatch();
        int answered = 0;
        boolean scriptsLost = false;
        batchSince = Math.max(1, System.nanoTime());
        try {
            for (Command command : batch) {
                used.sendCommand(command.name(), command.args());
            }
            List<Object> replies = used.getMany(batch.size());
            batchSince = 0;
            backOff.succeeded();
            if (!replies.stream().allMatch(JedisDataException.class::isInstance)) {
                outage.connected();
            }
            while (answered < batch.size()) {
                Object reply = replies.get(answered);
                Command command = batch.get(answered++);
                if (reply instanceof JedisNoScriptException) {
                    scriptsLost = true;
                    queue.add(command); // it was refused, so it was not done
                } else {
                    answer(command, reply);
                }
            }
            if (scriptsLost) {
                Connections.load(used, scripts);
            }
        } catch (JedisException e) {
            outage.failed(e);
            disconnect();
        } finally {
            batchSince = 0;
            for (Command command : batch.subList(answered, batch.size())) {
                command.reply().failed(broken());
            }
        }
    }

    private List<Command> takeBatch() {
        List<Command> batch = new ArrayList<>();
        Map<Command.Joint, List<Command>> parts = new LinkedHashMap<>();
        long bytes = 0;
        for (int taken = 0; taken < MAX_BATCH && bytes < MAX_BATCH_BYTES; taken++) {
            Command command = queue.poll();
            if (command == null) {
                break;
            }
            Command.Joint joint = command.joint();
            if (joint == null) {
                batch.add(command);
            } else {
                parts.computeIfAbsent(joint, any -> new ArrayList<>()).add(command);
            }
            bytes += command.size();
        }
        parts.values().forEach(of -> batch.add(Command.join(of)));
        return batch;
    }

    private void answer(Command command, @Nullable Object reply) {
        if (reply instanceof JedisDataException e) {
            command.reply()
                    .failed(
                            new RedisException(
                                    "Redis at "
                                            + address
                                            + " refused "
                                            + command.name()
                                            + ": "
                                            + e.getMessage(),
                                    false,
                                    e));
        } else {
            command.reply().done(reply);
        }
    }

    private void disconnect() {
        cut();
        connection = null;
    }

    private void failQueued(RedisException e) {
        Command command;
        while ((command = queue.poll()) != null) {
            (command.joint() == null ? command : Command.join(List.of(command))).reply().failed(e);
        }
    }

    private RedisException unreachable(Throwable e) {
        return new RedisException(
                "Redis at " + address + " cannot be reached: " + Outage.rootOf(e), false, e);
    }

    private RedisException broken() {
        return new RedisException("the connection to Redis at " + address + " broke", true, null);
    }

    private RedisException closedException() {
        return new RedisException(
                "the connection to Redis at " + address + " is closed", false, null);
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
