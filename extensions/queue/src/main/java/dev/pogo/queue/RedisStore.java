package dev.pogo.queue;

import static dev.pogo.queue.RedisReplies.code;
import static dev.pogo.queue.RedisReplies.isDeliveryId;
import static dev.pogo.queue.RedisReplies.letter;
import static dev.pogo.queue.RedisReplies.list;
import static dev.pogo.queue.RedisReplies.number;
import static dev.pogo.queue.RedisReplies.reservation;
import static dev.pogo.queue.RedisReplies.text;
import static dev.pogo.redis.Command.bytes;

import dev.pogo.redis.Command;
import dev.pogo.redis.CommandThread;
import dev.pogo.redis.Script;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import redis.clients.jedis.Protocol;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A queue in Redis. What is pending or reserved is an entry of a stream, and what is reserved is
 * also in the pending list of its consumer group; each delivery is an entry of its own. Delayed
 * messages are in a sorted set, by the time when they become pending. Dead letters are in a hash,
 * and in a sorted set in the order in which they failed. Each transition is one script. All keys
 * have the queue as their hash tag, so that they are together in a cluster.
 */
final class RedisStore implements QueueStore {
    private static final Logger LOG = LoggerFactory.getLogger(RedisStore.class);

    private static final int REPLY_MILLIS = 5_000;

    /** How often delayed messages are looked for. */
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** How many dead letters one script moves, so that it does not hold up the server. */
    private static final int STEP = 100;

    /** How many dead letters one reply has, and how many messages, as far as their size allows. */
    private static final int PAGE = 10;

    /** The maximum number of bytes that one reply brings, unless one message alone has more. */
    private static final int MOST_BYTES = 64 << 20;

    private final String queue;
    private final RedisBackend backend;
    private final byte[] stream;

    /** The keys of all scripts, in this order. */
    private final List<byte[]> keys;

    private final String keyPrefix;
    private final byte[] group;
    private final byte[] maxMessages;
    private final Command.Joint additions;
    private final Command.Joint acks;
    private final int readMillis;
    private final int mostAtOnce;
    private final RedisUpkeep upkeep;
    private final RedisLink link;

    /** Held while the reader is created. */
    private final ReentrantLock lock = new ReentrantLock();

    /** The connection that waits for messages. Null until something is to be reserved. */
    private volatile @Nullable RedisLink reader;

    RedisStore(String queue, RedisBackend backend, QueueConfig config) {
        this.queue = queue;
        this.backend = backend;
        String start = backend.keyPrefix() + ":queue:{" + queue + "}:";
        stream = bytes(start + "stream");
        keys =
                List.of(
                        stream,
                        bytes(start + "delayed"),
                        bytes(start + "dead"),
                        bytes(start + "letters"),
                        bytes(start + "stats"));
        keyPrefix = start + "key:";
        group = bytes(backend.group());
        maxMessages = bytes(backend.maxMessages());
        additions = parts -> join(Scripts.ADD, maxMessages, parts);
        acks = parts -> join(Scripts.ACK, group, parts);
        readMillis = (int) config.reserveTimeout().toMillis() + REPLY_MILLIS;
        mostAtOnce = Math.max(1, MOST_BYTES / config.maxPayloadBytes());
        upkeep = new RedisUpkeep(queue, keys, group, config);
        link =
                new RedisLink(
                        "Queue " + queue,
                        "pogo-queue-" + queue,
                        backend.url(),
                        REPLY_MILLIS,
                        Scripts.ALL,
                        TICK_NANOS,
                        this::tick);
    }

    private void tick(CommandThread thread) {
        if (reader != null) { // or this process does not consume
            upkeep.tick(thread);
        }
    }

    /** One call of a script for all that callers ask for at the same time. */
    private Command join(Script script, byte[] arg, List<byte[][]> parts) {
        byte[][] args = new byte[1 + parts.size()][];
        args[0] = arg;
        for (int i = 0; i < parts.size(); i++) {
            args[1 + i] = parts.get(i)[0];
        }
        return Command.run(script, Command.Reply.NONE, keys, args);
    }

    private @Nullable Object run(Script script, byte[]... args)
            throws BackendException, InterruptedException {
        return link.call(reply -> Command.run(script, reply, keys, args));
    }

    @Override
    public PushResult push(byte[] payload, PushOptions options)
            throws BackendException, InterruptedException {
        List<?> reply =
                list(
                        options.equals(PushOptions.none())
                                ? link.call(to -> Command.part(additions, to, payload))
                                : pushWith(payload, options));
        return switch ((int) number(reply.get(0))) {
            case 1 -> PushResult.accepted(text(reply.get(1)));
            case 2 -> PushResult.duplicate(text(reply.get(1)));
            default ->
                    PushResult.refused(
                            QueueCode.QUEUE_FULL,
                            "queue "
                                    + queue
                                    + " is full: "
                                    + reply.get(1)
                                    + " pending or reserved, "
                                    + reply.get(2)
                                    + " delayed and "
                                    + reply.get(3)
                                    + " failed of at most "
                                    + backend.maxMessages());
        };
    }

    private @Nullable Object pushWith(byte[] payload, PushOptions options)
            throws BackendException, InterruptedException {
        byte[] delay = bytes(millisUp(options.delay()));
        String key = options.key();
        if (key == null) {
            return run(Scripts.PUSH, maxMessages, payload, delay);
        }
        List<byte[]> withKey = new ArrayList<>(keys);
        withKey.add(bytes(keyPrefix + key));
        byte[] window = bytes(options.window().toMillis());
        return link.call(
                to -> Command.run(Scripts.PUSH, to, withKey, maxMessages, payload, delay, window));
    }

    /** Returns whole milliseconds, so that what is delayed is not delivered earlier. */
    private static long millisUp(Duration delay) {
        return delay.plusNanos(999_999).toMillis();
    }

    @Override
    public List<Reservation> reserve(int most, Duration wait)
            throws BackendException, InterruptedException {
        RedisLink used = reader();
        if (upkeep.hasFailed()) {
            prepare(); // the queue may be on another node, which only threads that call follow
        }
        Object reply;
        try {
            reply = read(used, most, wait);
        } catch (BackendException e) {
            if (!String.valueOf(e.getMessage()).contains("NOGROUP")) {
                throw e;
            }
            prepare(); // the server has lost its data
            reply = read(used, most, wait);
        }
        List<Reservation> reserved = new ArrayList<>();
        if (reply != null) {
            for (Object entry : list(list(list(reply).get(0)).get(1))) {
                reserved.add(reservation(list(entry)));
            }
        }
        return reserved;
    }

    private @Nullable Object read(RedisLink used, int most, Duration wait)
            throws BackendException, InterruptedException {
        return used.call(to ->
                Command.of(
                        Protocol.Command.XREADGROUP,
                        to,
                        bytes("GROUP"),
                        group,
                        bytes(backend.consumer()),
                        bytes("COUNT"),
                        bytes(Math.min(most, mostAtOnce)),
                        bytes("BLOCK"),
                        bytes(Math.max(1, wait.toMillis())),
                        bytes("STREAMS"),
                        stream,
                        bytes(">")));
    }

    private RedisLink reader() throws BackendException, InterruptedException {
        RedisLink known = reader;
        if (known != null) {
            return known;
        }
        prepare();
        lock.lock();
        try {
            RedisLink opened = reader;
            if (opened == null) {
                opened =
                        new RedisLink(
                                "Consumer of queue " + queue,
                                "pogo-queue-" + queue + "-reader",
                                backend.url(),
                                readMillis,
                                List.of(),
                                TimeUnit.DAYS.toNanos(1),
                                thread -> {});
                reader = opened;
            }
            return opened;
        } finally {
            lock.unlock();
        }
    }

    private void prepare() throws BackendException, InterruptedException {
        Object other = run(Scripts.PREPARE, group);
        if (other != null) {
            throw new BackendException(
                    "queue "
                            + queue
                            + " is consumed by group "
                            + text(other)
                            + " already, and cannot be consumed by group "
                            + backend.group()
                            + " as well",
                    null);
        }
    }

    @Override
    public QueueCode ack(String deliveryId) throws BackendException, InterruptedException {
        if (!isDeliveryId(deliveryId)) {
            return QueueCode.DELIVERY_UNKNOWN;
        }
        return code(link.call(to -> Command.part(acks, to, bytes(deliveryId))));
    }

    @Override
    public QueueCode release(String deliveryId, Duration delay, boolean attempted)
            throws BackendException, InterruptedException {
        if (!isDeliveryId(deliveryId)) {
            return QueueCode.DELIVERY_UNKNOWN;
        }
        return code(
                run(
                        Scripts.RELEASE,
                        group,
                        bytes(deliveryId),
                        bytes(millisUp(delay)),
                        bytes(attempted ? 1 : 0)));
    }

    @Override
    public QueueCode fail(String deliveryId, String reason)
            throws BackendException, InterruptedException {
        if (!isDeliveryId(deliveryId)) {
            return QueueCode.DELIVERY_UNKNOWN;
        }
        return code(run(Scripts.FAIL, group, bytes(deliveryId), bytes(reason)));
    }

    @Override
    public Numbers numbers() throws BackendException, InterruptedException {
        List<?> reply = list(run(Scripts.NUMBERS, group));
        long reserved = number(reply.get(2));
        return new Numbers(
                Math.max(0, number(reply.get(0)) - reserved), // a stranger may delete entries
                number(reply.get(1)),
                reserved,
                number(reply.get(3)),
                number(reply.get(4)),
                number(reply.get(5)),
                number(reply.get(6)));
    }

    @Override
    public List<DeadLetter> deadLetters(int most) throws BackendException, InterruptedException {
        List<DeadLetter> letters = new ArrayList<>();
        int page = Math.min(PAGE, mostAtOnce);
        for (int first = 0; first < most; first += page) {
            int last = Math.min(first + page, most) - 1;
            List<?> reply = list(run(Scripts.LETTERS, bytes(first), bytes(last)));
            for (int i = 1; i < reply.size(); i += 6) {
                letters.add(letter(reply.subList(i, i + 6)));
            }
            if (number(reply.get(0)) < page) {
                break;
            }
        }
        return letters;
    }

    @Override
    public int retry(@Nullable String id) throws BackendException, InterruptedException {
        byte[] step = bytes(STEP);
        byte[] none = bytes("");
        if (id != null) {
            List<?> reply =
                    id.isEmpty() ? List.of(0L) : list(run(Scripts.RETRY, bytes(id), step, none));
            return (int) number(reply.get(0));
        }
        int all = 0;
        byte[] last = none;
        while (true) {
            List<?> reply = list(run(Scripts.RETRY, none, step, last));
            all += (int) number(reply.get(0));
            if (number(reply.get(2)) < STEP) {
                return all;
            }
            last = (byte[]) Objects.requireNonNull(reply.get(1));
        }
    }

    @Override
    public void close() {
        RedisLink opened = reader;
        if (opened != null) {
            opened.close();
            leave();
        }
        link.close();
    }

    private void leave() {
        try {
            run(Scripts.LEAVE, group, bytes(backend.consumer()));
        } catch (BackendException e) {
            LOG.debug("Queue {} leaves the consumer to be removed by others", queue, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
