package dev.pogo.benchmarks.redis;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * A client library, in one way of using it. Every method returns when the server has answered, and
 * throws an unchecked exception if it does not within {@link Contender#TIMEOUT}. Any thread may
 * call any of them.
 */
interface Client extends AutoCloseable {
    /** SET. */
    void set(byte[] key, byte[] value);

    /** GETDEL. */
    byte @Nullable [] take(byte[] key);

    /** INCR. */
    long increment(byte[] key);

    /** SET of all these keys, sent together. */
    void setAll(List<byte[]> keys, byte[] value);

    /** RPUSH. */
    void push(byte[] list, byte[] value);

    /** BLPOP; null if there is nothing for a second. */
    byte @Nullable [] pop(byte[] list);

    @Override
    void close();
}
