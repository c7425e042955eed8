package dev.pogo.benchmarks.queue;

import static dev.pogo.redis.Command.bytes;

import dev.pogo.redis.Command;
import dev.pogo.redis.CommandThread;
import dev.pogo.redis.Outage;
import dev.pogo.redis.RedisAddress;
import dev.pogo.redis.RedisException;
import dev.pogo.redis.Script;

import org.jspecify.annotations.Nullable;

import redis.clients.jedis.Protocol;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A connection of the same kind as the queue's, over which commands are issued by hand. */
final class Wire implements AutoCloseable {
    static final Script ADD = Script.resource(Wire.class, "add.lua");
    static final Script DONE = Script.resource(Wire.class, "done.lua");

    private static final int REPLY_MILLIS = 10_000;

    private final CommandThread thread;

    Wire(String url) {
        RedisAddress address = RedisAddress.parse(url);
        thread =
                CommandThread.start(
                        new CommandThread.Options(
                                "by-hand",
                                address,
                                new Outage(address, "The benchmark"),
                                REPLY_MILLIS,
                                List.of(ADD, DONE),
                                TimeUnit.DAYS.toNanos(1),
                                any -> {}));
    }

    /** A reply that may not be there yet. */
    static final class Call implements Command.Reply {
        private final CompletableFuture<@Nullable Object> reply = new CompletableFuture<>();

        @Override
        public void done(@Nullable Object value) {
            reply.complete(value);
        }

        @Override
        public void failed(RedisException e) {
            reply.completeExceptionally(e);
        }

        @Nullable Object await() throws Exception {
            return reply.get(2 * REPLY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    Call send(Protocol.Command name, byte[]... args) {
        Call call = new Call();
        thread.send(Command.of(name, call, args));
        return call;
    }

    @Nullable Object call(Protocol.Command name, byte[]... args) throws Exception {
        return send(name, args).await();
    }

    @Nullable Object run(Script script, byte[] key, byte[]... args) throws Exception {
        Call call = new Call();
        thread.send(Command.run(script, call, key, args));
        return call.await();
    }

    /** Deletes all entries of a stream. */
    void empty(byte[] stream) throws InterruptedException {
        try {
            call(Protocol.Command.XTRIM, stream, bytes("MAXLEN"), bytes("0"));
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("a stream cannot be emptied", e);
        }
    }

    @Override
    public void close() {
        thread.close();
    }
}
