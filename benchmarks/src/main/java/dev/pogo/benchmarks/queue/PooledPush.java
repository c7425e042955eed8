package dev.pogo.benchmarks.queue;

import static dev.pogo.redis.Command.bytes;

import dev.pogo.benchmarks.measure.Contender;

import redis.clients.jedis.AbstractTransaction;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.XAddParams;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Adds messages to a stream over connections of Jedis' own pool. */
final class PooledPush implements Contender {
    private static final int CONNECTIONS = 16;
    private static final byte[] PAYLOAD = bytes("p");
    private static final byte[] ID = bytes("i");

    private final RedisClient client;
    private final byte[] json;
    private final byte[] stream;
    private final byte[] stats;
    private final boolean counted;
    private final AtomicLong ids = new AtomicLong();

    /**
     * Connects.
     *
     * @param counted whether each message is counted, and the messages that are there, in a
     *     transaction
     */
    PooledPush(int port, String name, byte[] json, boolean counted) {
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        pool.setMaxTotal(CONNECTIONS);
        pool.setMaxIdle(CONNECTIONS);
        pool.setMaxWait(Duration.ofSeconds(10));
        pool.setJmxEnabled(false);
        client =
                RedisClient.builder()
                        .hostAndPort(new HostAndPort("127.0.0.1", port))
                        .poolConfig(pool)
                        .build();
        this.json = json;
        this.counted = counted;
        stream = bytes("{" + name + "}:stream");
        stats = bytes("{" + name + "}:stats");
    }

    @Override
    public Caller caller() {
        return counted ? this::addCounted : () -> client.xadd(stream, new XAddParams(), entry());
    }

    private void addCounted() {
        try (AbstractTransaction transaction = client.multi()) {
            transaction.xlen(stream);
            transaction.hincrBy(stats, ID, 1);
            transaction.xadd(stream, new XAddParams(), entry());
            transaction.exec();
        }
    }

    private Map<byte[], byte[]> entry() {
        return Map.of(ID, bytes(ids.incrementAndGet()), PAYLOAD, json);
    }

    @Override
    public void settle() {
        client.xtrim(stream, 0, false);
    }

    @Override
    public void close() {
        client.close();
    }
}
