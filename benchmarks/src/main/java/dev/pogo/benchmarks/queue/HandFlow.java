package dev.pogo.benchmarks.queue;

import static dev.pogo.redis.Command.bytes;

import com.fasterxml.jackson.databind.ObjectMapper;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.redis.PendingReply;

import org.jspecify.annotations.Nullable;

import redis.clients.jedis.Protocol.Command;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Messages of a stream, by hand: a loop that reads as many as there are free slots, and a virtual
 * thread for each, which handles it, acknowledges and deletes it.
 */
final class HandFlow extends Flow {
    private static final byte[] GROUP = bytes("group");
    private static final byte[] LIMIT = bytes("1000000");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** What is done for a message. */
    enum Care {
        /** {@code XADD}; {@code XACK} and {@code XDEL}. */
        NONE,

        /** Scripts, which limit and count the messages as well. */
        COUNTED,

        /** Besides, the payload is read as JSON, and the job has a scope with a deadline. */
        SCOPED
    }

    private final Care care;
    private final byte[] json;
    private final byte[] stream;
    private final byte[] stats;
    private final Wire commands;
    private final Wire reader;
    private final PogoRuntime runtime;
    private final int concurrency;
    private final Semaphore slots;
    private final AtomicLong ids = new AtomicLong();
    private final Thread loop;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private volatile boolean closed;

    HandFlow(String url, String name, Payload payload, int concurrency, int most, Care care) {
        super(most);
        this.care = care;
        this.concurrency = concurrency;
        json = payload.json();
        stream = bytes("{" + name + "}:stream");
        stats = bytes("{" + name + "}:stats");
        commands = new Wire(url);
        reader = new Wire(url);
        runtime =
                PogoRuntime.start(
                        PogoConfig.defaults()
                                .withPool(
                                        PoolConfig.named(Queues.POOL).withNumThreads(concurrency)));
        slots = new Semaphore(concurrency);
        loop = Thread.ofVirtual().start(this::loop);
    }

    @Override
    void push() throws Exception {
        Exception failed = failure.get();
        if (failed != null) {
            throw failed;
        }
        if (care == Care.NONE) {
            commands.call(
                    Command.XADD,
                    stream,
                    bytes("*"),
                    bytes("i"),
                    bytes(ids.incrementAndGet()),
                    bytes("p"),
                    json);
        } else {
            commands.run(Wire.ADD, stream, stats, LIMIT, json);
        }
    }

    private void loop() {
        try {
            commands.call(
                    Command.XGROUP, bytes("CREATE"), stream, GROUP, bytes("0"), bytes("MKSTREAM"));
            while (!closed) {
                slots.acquire();
                int most = 1 + slots.drainPermits();
                List<?> entries = read(most);
                for (Object entry : entries) {
                    List<?> values = (List<?>) entry;
                    Thread.ofVirtual().start(() -> deliver(values));
                }
                slots.release(most - entries.size());
            }
        } catch (Exception e) {
            failure.compareAndSet(null, e);
        }
    }

    private List<?> read(int most) throws Exception {
        List<?> reply =
                (List<?>)
                        reader.call(
                                Command.XREADGROUP,
                                bytes("GROUP"),
                                GROUP,
                                bytes("consumer"),
                                bytes("COUNT"),
                                bytes(most),
                                bytes("BLOCK"),
                                bytes("200"),
                                bytes("STREAMS"),
                                stream,
                                bytes(">"));
        return reply == null
                ? List.of()
                : (List<?>) Objects.requireNonNull(((List<?>) reply.get(0)).get(1));
    }

    private void deliver(List<?> entry) {
        try {
            byte[] id = (byte[]) Objects.requireNonNull(entry.get(0));
            if (care == Care.SCOPED) {
                List<?> fields = (List<?>) Objects.requireNonNull(entry.get(1));
                handleInScope((byte[]) Objects.requireNonNull(fields.get(3)));
            } else {
                handled();
            }
            if (care == Care.NONE) {
                PendingReply acked = commands.send(Command.XACK, stream, GROUP, id);
                commands.call(Command.XDEL, stream, id);
                commands.await(acked);
            } else {
                commands.run(Wire.DONE, stream, stats, GROUP, id);
            }
        } catch (Exception e) {
            failure.compareAndSet(null, e);
        } finally {
            slots.release();
        }
    }

    private void handleInScope(byte[] payload) throws Exception {
        Object value = MAPPER.readValue(payload, Object.class);
        Objects.requireNonNull(value);
        try (PogoScope scope = runtime.open(Duration.ofSeconds(90))) {
            scope.spawn(Queues.POOL, this::handled).await();
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            loop.join();
            slots.acquire(concurrency);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        commands.close();
        reader.close();
        runtime.close();
    }
}
