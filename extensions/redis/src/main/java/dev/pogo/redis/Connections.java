package dev.pogo.redis;

import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;
import redis.clients.jedis.exceptions.JedisException;

import java.util.List;

/** Opens connections. */
final class Connections {
    /** How long opening a connection may take, and how long a server may stay silent. */
    static final int TIMEOUT_MILLIS = 2_000;

    private Connections() {}

    /**
     * Opens a connection, logs in, and makes the scripts known.
     *
     * @param replyMillis how long a reply may take
     * @throws JedisException if that fails
     */
    static Connection open(RedisAddress address, int replyMillis, List<Script> scripts) {
        Connection connection = new Connection(address.hostAndPort(), config(address));
        try {
            connection.connect();
            load(connection, scripts);
            connection.setSoTimeout(replyMillis);
            return connection;
        } catch (RuntimeException e) {
            closeQuietly(connection);
            throw e;
        }
    }

    private static JedisClientConfig config(RedisAddress address) {
        DefaultJedisClientConfig.Builder config =
                DefaultJedisClientConfig.builder()
                        .resp2()
                        .connectionTimeoutMillis(TIMEOUT_MILLIS)
                        .socketTimeoutMillis(TIMEOUT_MILLIS)
                        .database(address.database())
                        .user(address.user())
                        .password(address.password());
        if (address.tls()) {
            config.sslOptions(SslOptions.builder().sslVerifyMode(SslVerifyMode.FULL).build());
        }
        return config.build();
    }

    /**
     * Makes scripts known, all in one round trip.
     *
     * @throws JedisException if that fails for one of them; the others have been loaded then
     */
    static void load(Connection connection, List<Script> scripts) {
        for (Script script : scripts) {
            connection.sendCommand(Protocol.Command.SCRIPT, Command.bytes("LOAD"), script.source());
        }
        for (Object reply : connection.getMany(scripts.size())) {
            if (reply instanceof JedisException e) {
                throw e;
            }
        }
    }

    static void closeQuietly(Connection connection) {
        try {
            connection.forceDisconnect();
        } catch (Throwable e) {
            // It is not used any more, and who closes it may have something to do afterwards.
        }
    }
}
