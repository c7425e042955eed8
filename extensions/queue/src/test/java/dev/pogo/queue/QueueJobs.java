package dev.pogo.queue;

import dev.pogo.Job;

import org.jspecify.annotations.Nullable;

import java.io.Serial;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Job classes of the tests. */
public final class QueueJobs {
    private QueueJobs() {}

    /** What the jobs in this process have done, and are to do. */
    static final class Seen {
        static final BlockingQueue<Delivery<?>> DELIVERIES = new LinkedBlockingQueue<>();
        static final BlockingQueue<Long> TIMES = new LinkedBlockingQueue<>();
        static final BlockingQueue<QueueCode> CODES = new LinkedBlockingQueue<>();
        static final AtomicInteger STARTED = new AtomicInteger();
        static final AtomicInteger ENDED = new AtomicInteger();
        static final AtomicInteger RUNNING = new AtomicInteger();
        static final AtomicInteger MOST = new AtomicInteger();
        static final Semaphore HOLD = new Semaphore(0);
        static volatile @Nullable PogoQueue queue;

        private Seen() {}

        static void reset() {
            DELIVERIES.clear();
            TIMES.clear();
            CODES.clear();
            STARTED.set(0);
            ENDED.set(0);
            RUNNING.set(0);
            MOST.set(0);
            HOLD.drainPermits();
            queue = null;
        }

        static Delivery<?> next() throws InterruptedException {
            Delivery<?> delivery = DELIVERIES.poll(20, TimeUnit.SECONDS);
            return Objects.requireNonNull(delivery, "nothing was delivered");
        }
    }

    /** A payload with types of its own. */
    public record Letter(String to, BigDecimal weight, List<Integer> stamps) {}

    /** Takes a typed payload. */
    public static final class Post implements Job<Delivery<@Nullable Letter>, @Nullable Void> {
        @Override
        public @Nullable Void handle(Delivery<@Nullable Letter> delivery) {
            Seen.DELIVERIES.add(delivery);
            return null;
        }
    }

    /** Takes any payload. */
    public static final class Take implements Job<Delivery<@Nullable Object>, @Nullable Object> {
        @Override
        public @Nullable Object handle(Delivery<@Nullable Object> delivery) {
            Seen.DELIVERIES.add(delivery);
            return null;
        }
    }

    /** Throws. */
    public static final class Fail implements Job<Delivery<@Nullable Object>, @Nullable Object> {
        @Override
        public @Nullable Object handle(Delivery<@Nullable Object> delivery) throws Exception {
            Seen.TIMES.add(System.nanoTime());
            Seen.DELIVERIES.add(delivery);
            throw switch (String.valueOf(delivery.payload())) {
                case "mute" -> new Mute();
                case "error" -> throw new AssertionError("an error");
                case "long" -> new IllegalStateException("x".repeat(1_000_000));
                case String text ->
                        new IllegalStateException(text + " in " + ProcessHandle.current().pid());
            };
        }
    }

    /** An exception that cannot say what it is. */
    static final class Mute extends Exception {
        @Serial private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }
    }

    /** Waits until it is let go; heeds interrupts unless its payload is "stubborn". */
    public static final class Hold implements Job<Delivery<@Nullable Object>, @Nullable Object> {
        @Override
        public @Nullable Object handle(Delivery<@Nullable Object> delivery)
                throws InterruptedException {
            Seen.MOST.accumulateAndGet(Seen.RUNNING.incrementAndGet(), Math::max);
            Seen.STARTED.incrementAndGet();
            try {
                if ("stubborn".equals(delivery.payload())) {
                    Seen.HOLD.acquireUninterruptibly();
                } else {
                    Seen.HOLD.acquire();
                }
                Seen.DELIVERIES.add(delivery);
                return null;
            } finally {
                Seen.RUNNING.decrementAndGet();
                Seen.ENDED.incrementAndGet();
            }
        }
    }

    /** Returns what its payload names. */
    public static final class Return implements Job<Delivery<String>, @Nullable Object> {
        @Override
        public @Nullable Object handle(Delivery<String> delivery) {
            return switch (delivery.payload()) {
                case "object" -> new Object();
                case "huge" -> "x".repeat(20_000_000);
                case "map" -> Map.of("a", List.of(1, 2.5, "b"));
                default -> null;
            };
        }
    }

    /** Settles its delivery by itself; throws afterwards if its payload says so. */
    public static final class Settle implements Job<Delivery<String>, @Nullable Object> {
        @Override
        public @Nullable Object handle(Delivery<String> delivery) throws Exception {
            Seen.DELIVERIES.add(delivery);
            if (delivery.attempt() > 1) {
                return null;
            }
            PogoQueue queue = Objects.requireNonNull(Seen.queue);
            String id = delivery.deliveryId();
            String payload = delivery.payload();
            int end = payload.indexOf(' ');
            Seen.CODES.add(
                    switch (end < 0 ? payload : payload.substring(0, end)) {
                        case "ack" -> queue.ack(delivery.queue(), id);
                        case "release" ->
                                queue.release(delivery.queue(), id, Duration.ofMillis(200));
                        case "verbose" -> queue.fail(delivery.queue(), id, "x".repeat(10_000_000));
                        default -> queue.fail(delivery.queue(), id, "by itself");
                    });
            if (end > 0) {
                throw new IllegalStateException(payload);
            }
            return null;
        }
    }
}
