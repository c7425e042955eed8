package dev.pogo.benchmarks.queue;

import static dev.pogo.redis.Command.bytes;

import com.fasterxml.jackson.databind.ObjectMapper;

import dev.pogo.benchmarks.measure.Contender;

import redis.clients.jedis.Protocol.Command;

import java.util.concurrent.atomic.AtomicLong;

/** Adds messages to a stream over the queue's own kind of connection. */
final class HandPush implements Contender {
    private static final byte[] LIMIT = bytes("1000000");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** How messages are added. */
    enum Way {
        /** {@code XADD} of bytes that are there. */
        BYTES,

        /** {@code XADD} of JSON that Jackson writes. */
        JSON,

        /** A script that counts the messages, and refuses those that are too many. */
        LIMITED
    }

    private final Wire wire;
    private final Payload payload;
    private final byte[] stream;
    private final byte[] stats;
    private final Way way;
    private final AtomicLong ids = new AtomicLong();

    /**
     * Connects.
     *
     * @param way how they are added
     */
    HandPush(String url, String name, Payload payload, Way way) {
        wire = new Wire(url);
        this.payload = payload;
        this.way = way;
        stream = bytes("{" + name + "}:stream");
        stats = bytes("{" + name + "}:stats");
    }

    @Override
    public Caller caller() {
        return switch (way) {
            case BYTES -> () -> add(payload.json());
            case JSON -> () -> add(MAPPER.writeValueAsBytes(payload.text()));
            case LIMITED -> () -> wire.run(Wire.ADD, stream, stats, LIMIT, payload.json());
        };
    }

    private void add(byte[] json) throws Exception {
        wire.call(
                Command.XADD,
                stream,
                bytes("*"),
                bytes("i"),
                bytes(ids.incrementAndGet()),
                bytes("p"),
                json);
    }

    @Override
    public void settle() throws InterruptedException {
        wire.empty(stream);
    }

    @Override
    public void close() {
        wire.close();
    }
}
