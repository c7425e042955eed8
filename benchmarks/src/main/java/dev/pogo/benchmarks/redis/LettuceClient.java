package dev.pogo.benchmarks.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.KeyValue;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** One connection for all commands; those that block have connections of their own. */
final class LettuceClient implements Client {
    private static final ByteArrayCodec CODEC = ByteArrayCodec.INSTANCE;

    /** It reports each attempt to connect; a logger that nobody refers to is forgotten. */
    private static final Logger LOGGER = Logger.getLogger("io.lettuce");

    static {
        LOGGER.setLevel(Level.OFF);
    }

    private final RedisClient client;
    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final RedisAsyncCommands<byte[], byte[]> commands;

    /** Connections that no thread pops with at the moment. */
    private final Queue<StatefulRedisConnection<byte[], byte[]>> idle =
            new ConcurrentLinkedQueue<>();

    private LettuceClient(int port, ClientOptions options) {
        client =
                RedisClient.create(
                        RedisURI.builder()
                                .withHost("127.0.0.1")
                                .withPort(port)
                                .withTimeout(Contender.TIMEOUT)
                                .build());
        client.setOptions(options);
        connection = client.connect(CODEC);
        commands = connection.async();
    }

    static LettuceClient byDefault(int port) {
        return new LettuceClient(port, ClientOptions.create());
    }

    /** Commands whose reply has not come when the connection breaks are not sent again. */
    static LettuceClient withoutReplay(int port) {
        return new LettuceClient(
                port,
                ClientOptions.builder()
                        .replayFilter(command -> true)
                        .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                        .build());
    }

    private static <T> T await(RedisFuture<T> reply) {
        return LettuceFutures.awaitOrCancel(
                reply, Contender.TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void set(byte[] key, byte[] value) {
        await(commands.set(key, value));
    }

    @Override
    public byte @Nullable [] take(byte[] key) {
        return await(commands.getdel(key));
    }

    @Override
    public long increment(byte[] key) {
        return await(commands.incr(key));
    }

    @Override
    public void setAll(List<byte[]> keys, byte[] value) {
        List<AsyncCommand<byte[], byte[], String>> all =
                keys.stream().map(key -> setCommand(key, value)).toList();
        connection.dispatch(all);
        if (!LettuceFutures.awaitAll(Contender.TIMEOUT, all.toArray(Future<?>[]::new))) {
            throw new IllegalStateException("no reply in " + Contender.TIMEOUT);
        }
    }

    private static AsyncCommand<byte[], byte[], String> setCommand(byte[] key, byte[] value) {
        CommandArgs<byte[], byte[]> arguments =
                new CommandArgs<>(CODEC).addKey(key).addValue(value);
        return new AsyncCommand<>(
                new Command<>(CommandType.SET, new StatusOutput<>(CODEC), arguments));
    }

    @Override
    public void push(byte[] list, byte[] value) {
        await(commands.rpush(list, value));
    }

    @Override
    public byte @Nullable [] pop(byte[] list) {
        StatefulRedisConnection<byte[], byte[]> own = idle.poll();
        if (own == null) {
            own = client.connect(CODEC);
        }
        KeyValue<byte[], byte[]> popped = await(own.async().blpop(1.0, list));
        idle.add(own);
        return popped == null ? null : popped.getValue();
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    }
}
