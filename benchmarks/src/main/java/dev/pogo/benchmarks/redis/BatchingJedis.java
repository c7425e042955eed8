package dev.pogo.benchmarks.redis;

import org.jspecify.annotations.Nullable;

import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/** Jedis' connections without its pool: callers hand their commands to a thread. */
final class BatchingJedis implements Client {
    private final int port;
    private final CommandThread commands;
    private final ConcurrentMap<String, PopThread> pops = new ConcurrentHashMap<>();

    BatchingJedis(int port) {
        this.port = port;
        commands = new CommandThread(port);
    }

    private static <T extends @Nullable Object> T await(CompletableFuture<T> reply) {
        return reply.orTimeout(2 * Contender.TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    @Override
    public void set(byte[] key, byte[] value) {
        await(commands.send(new CommandArguments(Command.SET).add(key).add(value)));
    }

    @Override
    public byte @Nullable [] take(byte[] key) {
        return (byte[]) await(commands.send(new CommandArguments(Command.GETDEL).add(key)));
    }

    @Override
    public long increment(byte[] key) {
        return (Long) await(commands.send(new CommandArguments(Command.INCR).add(key)));
    }

    @Override
    public void setAll(List<byte[]> keys, byte[] value) {
        CompletableFuture<?>[] replies =
                keys.stream()
                        .map(key -> new CommandArguments(Command.SET).add(key).add(value))
                        .map(commands::send)
                        .toArray(CompletableFuture<?>[]::new);
        await(CompletableFuture.allOf(replies));
    }

    @Override
    public void push(byte[] list, byte[] value) {
        await(commands.send(new CommandArguments(Command.RPUSH).add(list).add(value)));
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
