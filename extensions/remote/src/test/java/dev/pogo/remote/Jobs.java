package dev.pogo.remote;

import dev.pogo.Job;

import io.opentelemetry.api.trace.Span;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import redis.clients.jedis.RedisClient;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** Job classes of the tests. */
public final class Jobs {
    private Jobs() {}

    /** What the jobs in this process have done. */
    static final class Seen {
        static final AtomicInteger STARTED = new AtomicInteger();
        static final AtomicInteger ENDED = new AtomicInteger();
        static final AtomicInteger RUNNING = new AtomicInteger();
        static final AtomicInteger MOST = new AtomicInteger();
        static final Semaphore HOLD = new Semaphore(0);

        private Seen() {}

        static void reset() {
            STARTED.set(0);
            ENDED.set(0);
            RUNNING.set(0);
            MOST.set(0);
            HOLD.drainPermits();
        }
    }

    /** Returns its args. */
    public static final class Echo implements Job<@Nullable Object, @Nullable Object> {
        @Override
        public @Nullable Object handle(@Nullable Object args) {
            return args;
        }
    }

    /** Args and result with types of their own. */
    public record Item(String sku, int count) {}

    /** Doubles the count of an item. */
    public static final class Twice implements Job<Item, Item> {
        @Override
        public Item handle(Item args) {
            return new Item(args.sku(), 2 * args.count());
        }
    }

    /** Throws. */
    public static final class Fail implements Job<String, @Nullable Object> {
        @Override
        public @Nullable Object handle(String args) {
            throw new IllegalStateException(args);
        }
    }

    /** Waits until it is let go, or is interrupted; counts itself. */
    public static final class Hold implements Job<@Nullable Object, @Nullable Object> {
        @Override
        public @Nullable Object handle(@Nullable Object args) throws InterruptedException {
            Seen.STARTED.incrementAndGet();
            Seen.MOST.accumulateAndGet(Seen.RUNNING.incrementAndGet(), Math::max);
            try {
                Seen.HOLD.acquire();
                return args;
            } finally {
                Seen.RUNNING.decrementAndGet();
                Seen.ENDED.incrementAndGet();
            }
        }
    }

    /** Ignores interrupts until it is let go. */
    public static final class Stubborn implements Job<@Nullable Object, @Nullable Object> {
        @Override
        public @Nullable Object handle(@Nullable Object args) {
            Seen.STARTED.incrementAndGet();
            Seen.HOLD.acquireUninterruptibly();
            Seen.ENDED.incrementAndGet();
            return args;
        }
    }

    /** Sleeps for a number of milliseconds. */
    public static final class Sleep implements Job<Long, @Nullable Object> {
        @Override
        public @Nullable Object handle(Long args) throws InterruptedException {
            Thread.sleep(Duration.ofMillis(args));
            return args;
        }
    }

    /** Says in Redis that it has begun, and heeds nothing from then on. */
    public static final class Spin implements Job<String, @Nullable Object> {
        @Override
        public @Nullable Object handle(String url) {
            try (RedisClient client = RedisClient.create(url)) {
                client.incr("begun:spin");
            }
            while (true) {
                Thread.onSpinWait();
            }
        }
    }

    /** Returns lists within lists, to a depth. */
    public static final class Nested implements Job<Integer, Object> {
        @Override
        public Object handle(Integer args) {
            Object value = "leaf";
            for (int i = 0; i < args; i++) {
                value = List.of(value);
            }
            return value;
        }
    }

    /** Returns what the clock says, in milliseconds. */
    public static final class Clock implements Job<@Nullable Object, Long> {
        @Override
        public Long handle(@Nullable Object args) {
            return System.currentTimeMillis();
        }
    }

    /** Returns the MDC and the trace that it runs with. */
    public static final class Context implements Job<@Nullable Object, Map<String, Object>> {
        @Override
        public Map<String, Object> handle(@Nullable Object args) {
            Map<String, Object> seen = new LinkedHashMap<>();
            seen.put("mdc", Objects.requireNonNullElse(MDC.getCopyOfContextMap(), Map.of()));
            seen.put("trace", Span.current().getSpanContext().getTraceId());
            return seen;
        }
    }

    /** Returns a text of the given length. */
    public static final class Huge implements Job<Integer, String> {
        @Override
        public String handle(Integer args) {
            return "x".repeat(args);
        }
    }

    /**
     * Counts in Redis that it has begun, under {@code begun:} and its number, then works for a
     * number of milliseconds. For hosts in processes of their own.
     */
    public static final class Counted implements Job<Counted.Args, Long> {
        /** Its number, and how long it works. */
        public record Args(long number, long millis) {}

        /** A pool of connections; opened in the processes that run such jobs only. */
        private static final class Redis {
            static final RedisClient CLIENT =
                    RedisClient.create(System.getProperty("test.redis", "redis://127.0.0.1:1"));
        }

        @Override
        public Long handle(Args args) throws InterruptedException {
            Redis.CLIENT.incr("begun:" + args.number());
            Thread.sleep(args.millis());
            Redis.CLIENT.incr("ended:" + args.number());
            return args.number();
        }
    }
}
