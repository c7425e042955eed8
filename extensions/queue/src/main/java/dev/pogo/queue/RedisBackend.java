package dev.pogo.queue;

import dev.pogo.InvalidConfigException;
import dev.pogo.redis.RedisAddress;

import java.util.Objects;

/**
 * Keeps messages in Redis streams. As JSON, {@code "redis": { "url": "redis://10.0.0.5:6379" }} in
 * the directive {@code backend}, with the names of the components in lower case with underscores.
 * Immutable.
 *
 * @param url the Redis server, 6.2 or newer; of a cluster, any of its nodes
 * @param keyPrefix what all keys begin with, not blank, without braces; by default {@code pogo}
 * @param group the consumer group, not blank; by default {@code default}. All consumers of a queue
 *     must be in the same one
 * @param consumer the name of this process in Redis's own tools, not blank; by default that of the
 *     machine and the process id
 * @param maxMessages the maximum number of messages in each queue, dead letters included, at least
 *     1; by default 1,000,000. It counts when this process pushes
 */
public record RedisBackend(
        RedisAddress url, String keyPrefix, String group, String consumer, int maxMessages)
        implements QueueBackend {
    static final String DEFAULT_PREFIX = "pogo";
    static final String DEFAULT_GROUP = "default";
    static final int DEFAULT_MESSAGES = 1_000_000;

    /**
     * Checks the values.
     *
     * @throws InvalidConfigException if one is out of its range
     */
    public RedisBackend {
        Objects.requireNonNull(url, "url");
        Checks.ensureName("RedisBackend", "key_prefix", keyPrefix);
        Checks.ensureName("RedisBackend", "group", group);
        Checks.ensureName("RedisBackend", "consumer", consumer);
        Checks.ensurePositive("RedisBackend", "max_messages", maxMessages);
    }

    /**
     * Returns the backend with the default values.
     *
     * @param url the Redis server: {@code redis://HOST:PORT}, or {@code rediss://} for TLS, with
     *     {@code USER:PASSWORD@} before the host if it demands them
     * @return the backend
     * @throws InvalidConfigException if the URL is invalid; the message does not contain it
     */
    public static RedisBackend at(String url) {
        RedisAddress address;
        try {
            address = RedisAddress.parse(url);
        } catch (IllegalArgumentException e) {
            throw Checks.invalid("RedisBackend", "url", null, String.valueOf(e.getMessage()));
        }
        return at(address);
    }

    static RedisBackend at(RedisAddress address) {
        return new RedisBackend(
                address, DEFAULT_PREFIX, DEFAULT_GROUP, Checks.processName(), DEFAULT_MESSAGES);
    }

    /**
     * Returns a copy with another prefix of keys.
     *
     * @param prefix the prefix
     * @return the copy
     * @throws InvalidConfigException if it is blank, too long or has braces
     */
    public RedisBackend withKeyPrefix(String prefix) {
        return new RedisBackend(url, prefix, group, consumer, maxMessages);
    }

    /**
     * Returns a copy with another consumer group.
     *
     * @param g the name of the group
     * @return the copy
     * @throws InvalidConfigException if it is blank, too long or has braces
     */
    public RedisBackend withGroup(String g) {
        return new RedisBackend(url, keyPrefix, g, consumer, maxMessages);
    }

    /**
     * Returns a copy with another name of this process.
     *
     * @param name the name
     * @return the copy
     * @throws InvalidConfigException if it is blank, too long or has braces
     */
    public RedisBackend withConsumer(String name) {
        return new RedisBackend(url, keyPrefix, group, name, maxMessages);
    }

    /**
     * Returns a copy with another maximum number of messages.
     *
     * @param n the number for each queue
     * @return the copy
     * @throws InvalidConfigException if it is less than 1
     */
    public RedisBackend withMaxMessages(int n) {
        return new RedisBackend(url, keyPrefix, group, consumer, n);
    }
}
