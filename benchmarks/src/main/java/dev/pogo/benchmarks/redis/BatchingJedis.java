package dev.pogo.benchmarks.redis;

import dev.pogo.redis.Command.Reply;
import dev.pogo.redis.CommandThread;
import dev.pogo.redis.Outage;
import dev.pogo.redis.RedisAddress;
import dev.pogo.redis.RedisException;

import org.jspecify.annotations.Nullable;

import redis.clients.jedis.Protocol.Command;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/** Jedis' connections without its pool: callers hand their commands to the modules' own thread. */
final class BatchingJedis implements Client {
    private final int port;
    private final CommandThread commands;
    private final ConcurrentMap<String, PopThread> pops = new ConcurrentHashMap<>();

    BatchingJedis(int port) {
        this.port = port;
        RedisAddress address = RedisAddress.parse("redis://127.0.0.1:" + port);
        commands =
                CommandThread.start(
                        new CommandThread.Options(
                                "redis-commands",
                                address,
                                new Outage(address, "The benchmark"),
                                (int) Contender.TIMEOUT.toMillis(),
                                List.of(),
                                Contender.TIMEOUT.toNanos(),
                                thread -> {}));
    }

    private CompletableFuture<@Nullable Object> send(Command name, byte[]... args) {
        CompletableFuture<@Nullable Object> future = new CompletableFuture<>();
        commands.send(
                dev.pogo.redis.Command.of(
                        name,
                        new Reply() {
                            @Override
                            public void done(@Nullable Object value) {
                                future.complete(value);
                            }

                            @Override
                            public void failed(RedisException e) {
                                future.completeExceptionally(e);
                            }
                        },
                        args));
        return future;
    }

    private static <T extends @Nullable Object> T await(CompletableFuture<T> reply) {
        return reply.orTimeout(2 * Contender.TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    @Override
    public void set(byte[] key, byte[] value) {
        await(send(Command.SET, key, value));
    }

    @Override
    public byte @Nullable [] take(byte[] key) {
        return (byte[]) await(send(Command.GETDEL, key));
    }

    @Override
    public long increment(byte[] key) {
        return await(send(Command.INCR, key)) instanceof Long value ? value : 0;
    }

    @Override
    public void setAll(List<byte[]> keys, byte[] value) {
        CompletableFuture<?>[] replies =
                keys.stream()
                        .map(key -> send(Command.SET, key, value))
                        .toArray(CompletableFuture<?>[]::new);
        await(CompletableFuture.allOf(replies));
    }

    @Override
    public void push(byte[] list, byte[] value) {
        await(send(Command.RPUSH, list, value));
    }

    @Override
    public byte @Nullable [] pop(byte[] list) {
        return await(
                pops.computeIfAbsent(Load.name(list), name -> new PopThread(port, list)).pop());
    }

    @Override
    public void close() {
        commands.close();
        pops.values().forEach(PopThread::close);
    }
}
