package dev.pogo.benchmarks.redis;

import org.jspecify.annotations.Nullable;

import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.util.KeyValue;

import java.time.Duration;
import java.util.List;

/** Each command borrows a connection. */
final class PooledJedis implements Client {
    private final RedisClient client;

    PooledJedis(int port, int connections) {
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        pool.setMaxTotal(connections);
        pool.setMaxIdle(connections);
        pool.setMaxWait(Duration.ofSeconds(10));
        pool.setJmxEnabled(false);
        client =
                RedisClient.builder()
                        .hostAndPort(JedisConnections.address(port))
                        .clientConfig(JedisConnections.config())
                        .poolConfig(pool)
                        .build();
    }

    @Override
    public void set(byte[] key, byte[] value) {
        client.set(key, value);
    }

    @Override
    public byte @Nullable [] take(byte[] key) {
        return client.getDel(key);
    }

    @Override
    public long increment(byte[] key) {
        return client.incr(key);
    }

    @Override
    public void setAll(List<byte[]> keys, byte[] value) {
        try (Pipeline pipeline = client.pipelined()) {
            keys.forEach(key -> pipeline.set(key, value));
        }
    }

    @Override
    public void push(byte[] list, byte[] value) {
        client.rpush(list, value);
    }

    @Override
    public byte @Nullable [] pop(byte[] list) {
        KeyValue<byte[], byte[]> popped = client.blpop(1.0, list);
        return popped == null ? null : popped.getValue();
    }

    @Override
    public void close() {
        client.close();
    }
}
