package dev.pogo.benchmarks.redis;

import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;

/** Connections as all that use Jedis have them. */
final class JedisConnections {
    private JedisConnections() {}

    static JedisClientConfig config() {
        int millis = (int) Contender.TIMEOUT.toMillis();
        return DefaultJedisClientConfig.builder()
                .connectionTimeoutMillis(millis)
                .socketTimeoutMillis(millis)
                .blockingSocketTimeoutMillis(millis)
                .build();
    }

    static HostAndPort address(int port) {
        return new HostAndPort("127.0.0.1", port);
    }

    static Connection open(int port) {
        return new Connection(address(port), config());
    }
}
