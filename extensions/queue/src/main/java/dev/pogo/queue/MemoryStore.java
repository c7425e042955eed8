package dev.pogo.queue;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A queue in the memory of this process. One lock guards everything; what it is held for takes
 * constant time, or logarithmic where something is delayed.
 */
final class MemoryStore implements QueueStore {
    /** How many keys are remembered for each message that the queue may hold. */
    private static final int KEYS_PER_MESSAGE = 100;

    private final String queue;
    private final MemoryBackend limits;
    private final long lastsNanos;
    private final int maxAttempts;

    private final ReentrantLock lock = new ReentrantLock();

    /** Signalled when a message becomes pending, delayed or reserved. */
    private final Condition changed = lock.newCondition();

    // The rest is guarded by the lock.

    private final ArrayDeque<Message> pending = new ArrayDeque<>();
    private final PriorityQueue<Message> delayed =
            new PriorityQueue<>(Comparator.comparingLong(message -> message.due - EPOCH));

    /** By the id of the delivery, those first that were reserved first. */
    private final LinkedHashMap<String, Message> reserved = new LinkedHashMap<>();

    /** By the id of the message, those first that failed first. */
    private final LinkedHashMap<String, Message> dead = new LinkedHashMap<>();

    /** Those that are remembered. */
    private final Map<String, Key> keys = new HashMap<>();

    private final PriorityQueue<Key> keysByEnd =
            new PriorityQueue<>(Comparator.comparingLong(key -> key.end - EPOCH));

    private long bytes;
    private long enqueued;
    private long acked;
    private long released;
    private long deliveries;

    /** {@link System#nanoTime()} to which times are compared, as it may overflow. */
    private static final long EPOCH = System.nanoTime();

    /** A message, in exactly one of the collections. */
    private static final class Message {
        final String id;
        final byte[] payload;
        final long pushedAt;
        int attempts;

        /** When it becomes pending, or when its reservation ends. */
        long due;

        long firstFailedAt;
        long lastFailedAt;
        String reason = "";

        Message(String id, byte[] payload, long pushedAt) {
            this.id = id;
            this.payload = payload;
            this.pushedAt = pushedAt;
        }
    }

    /** A de-duplication key. */
    private record Key(String key, String id, long end) {}

    MemoryStore(String queue, MemoryBackend limits, QueueConfig config) {
        this.queue = queue;
        this.limits = limits;
        lastsNanos = Visibility.reclaimed(config).toNanos();
        maxAttempts = config.maxAttempts();
    }

    @Override
    public PushResult push(byte[] payload, PushOptions options) {
        lock.lock();
        try {
            long now = System.nanoTime();
            forgetKeys(now);
            String key = options.key();
            Key before = key == null ? null : keys.get(key);
            if (before != null) {
                return PushResult.duplicate(before.id());
            }
            int held = pending.size() + delayed.size() + reserved.size() + dead.size();
            if (held >= limits.maxMessages() || bytes + payload.length > limits.maxTotalBytes()) {
                return PushResult.refused(QueueCode.QUEUE_FULL, full(payload.length));
            }
            if (key != null && keys.size() >= mostKeys()) {
                return PushResult.refused(
                        QueueCode.QUEUE_FULL,
                        "queue " + queue + " remembers " + keys.size() + " keys, and no more");
            }
            long millis = System.currentTimeMillis();
            Message message = new Message(millis + "-" + ++enqueued, payload, millis);
            bytes += payload.length;
            if (key != null) {
                Key remembered = new Key(key, message.id, now + options.window().toNanos());
                keys.put(key, remembered);
                keysByEnd.add(remembered);
            }
            enqueue(message, now, options.delay());
            return PushResult.accepted(message.id);
        } finally {
            lock.unlock();
        }
    }

    private long mostKeys() {
        return (long) KEYS_PER_MESSAGE * limits.maxMessages();
    }

    private String full(int length) {
        return "queue "
                + queue
                + " is full: "
                + (pending.size() + reserved.size())
                + " pending or reserved, "
                + delayed.size()
                + " delayed and "
                + dead.size()
                + " failed of at most "
                + limits.maxMessages()
                + "; "
                + bytes
                + " bytes of at most "
                + limits.maxTotalBytes()
                + ", and the payload has "
                + length;
    }

    private void forgetKeys(long now) {
        Key first;
        while ((first = keysByEnd.peek()) != null && first.end() - now <= 0) {
            keysByEnd.remove();
            keys.remove(first.key());
        }
    }

    private void enqueue(Message message, long now, Duration delay) {
        if (delay.isZero()) {
            pending.add(message);
        } else {
            message.due = now + delay.toNanos();
            delayed.add(message);
        }
        changed.signalAll(); // each that waits may have to wait less long
    }

    @Override
    public List<Reservation> reserve(int most, Duration wait) throws InterruptedException {
        long end = System.nanoTime() + wait.toNanos();
        lock.lockInterruptibly();
        try {
            while (true) {
                long now = System.nanoTime();
                makeDuePending(now);
                reclaim(now);
                if (!pending.isEmpty() || end - now <= 0) {
                    return take(most, now);
                }
                changed.await(Math.min(end - now, untilNextDue(now)), TimeUnit.NANOSECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    private void makeDuePending(long now) {
        Message first;
        while ((first = delayed.peek()) != null && first.due - now <= 0) {
            delayed.remove();
            pending.add(first);
        }
    }

    private void reclaim(long now) {
        Iterator<Message> oldest = reserved.values().iterator();
        while (oldest.hasNext()) {
            Message message = oldest.next();
            if (message.due - now > 0) {
                break; // all reservations last equally long
            }
            oldest.remove();
            long heldMillis = TimeUnit.NANOSECONDS.toMillis(now - message.due + lastsNanos);
            attempted(message);
            if (message.attempts >= maxAttempts) {
                bury(
                        message,
                        "its consumer had reserved it "
                                + heldMillis
                                + " ms ago and takes too long");
            } else {
                released++;
                pending.add(message);
            }
        }
    }

    private long untilNextDue(long now) {
        Message first = delayed.peek();
        long until = first == null ? Long.MAX_VALUE : first.due - now;
        return reserved.isEmpty()
                ? until
                : Math.min(until, reserved.values().iterator().next().due - now);
    }

    private List<Reservation> take(int most, long now) {
        List<Reservation> taken = new ArrayList<>();
        if (reserved.isEmpty()) {
            changed.signalAll(); // somebody has to take back what will be reserved
        }
        while (taken.size() < most && !pending.isEmpty()) {
            Message message = pending.remove();
            message.due = now + lastsNanos;
            String deliveryId = message.id + "-" + ++deliveries;
            reserved.put(deliveryId, message);
            taken.add(
                    new Reservation(
                            message.id,
                            deliveryId,
                            message.attempts + 1,
                            message.pushedAt,
                            message.payload));
        }
        return taken;
    }

    @Override
    public QueueCode ack(String deliveryId) {
        lock.lock();
        try {
            Message message = reserved.remove(deliveryId);
            if (message == null) {
                return QueueCode.DELIVERY_UNKNOWN;
            }
            bytes -= message.payload.length;
            acked++;
            return QueueCode.ACCEPTED;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public QueueCode release(String deliveryId, Duration delay, boolean attempted) {
        lock.lock();
        try {
            Message message = reserved.remove(deliveryId);
            if (message == null) {
                return QueueCode.DELIVERY_UNKNOWN;
            }
            if (attempted) {
                attempted(message);
            }
            released++;
            enqueue(message, System.nanoTime(), delay);
            return QueueCode.ACCEPTED;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public QueueCode fail(String deliveryId, String reason) {
        lock.lock();
        try {
            Message message = reserved.remove(deliveryId);
            if (message == null) {
                return QueueCode.DELIVERY_UNKNOWN;
            }
            attempted(message);
            bury(message, reason);
            return QueueCode.ACCEPTED;
        } finally {
            lock.unlock();
        }
    }

    private static void attempted(Message message) {
        message.lastFailedAt = System.currentTimeMillis();
        if (message.attempts++ == 0) {
            message.firstFailedAt = message.lastFailedAt;
        }
    }

    private void bury(Message message, String reason) {
        message.reason = reason;
        dead.put(message.id, message);
    }

    @Override
    public Numbers numbers() {
        lock.lock();
        try {
            makeDuePending(System.nanoTime());
            return new Numbers(
                    pending.size(),
                    delayed.size(),
                    reserved.size(),
                    dead.size(),
                    enqueued,
                    acked,
                    released);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<DeadLetter> deadLetters(int most) {
        lock.lock();
        try {
            return dead.values().stream().limit(most).map(MemoryStore::letter).toList();
        } finally {
            lock.unlock();
        }
    }

    private static DeadLetter letter(Message message) {
        return new DeadLetter(
                message.id,
                new String(message.payload, StandardCharsets.UTF_8),
                message.reason,
                message.attempts,
                message.pushedAt,
                message.firstFailedAt,
                message.lastFailedAt);
    }

    @Override
    public int retry(@Nullable String id) {
        lock.lock();
        try {
            if (id != null) {
                Message message = dead.remove(id);
                if (message != null) {
                    revive(message);
                }
                return message == null ? 0 : 1;
            }
            int all = dead.size();
            dead.values().forEach(this::revive);
            dead.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }

    private void revive(Message message) {
        message.attempts = 0;
        message.firstFailedAt = 0;
        enqueue(message, System.nanoTime(), Duration.ZERO);
    }

    @Override
    public void close() {
        // What it has is garbage with it.
    }
}
