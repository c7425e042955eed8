package dev.pogo.benchmarks.queue;

import static dev.pogo.redis.Command.bytes;

import dev.pogo.redis.Command;
import dev.pogo.redis.CommandThread;
import dev.pogo.redis.Outage;
import dev.pogo.redis.PendingReply;
import dev.pogo.redis.RedisAddress;
import dev.pogo.redis.Script;

import org.jspecify.annotations.Nullable;

import redis.clients.jedis.Protocol;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

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

    PendingReply send(Protocol.Command name, byte[]... args) {
        PendingReply reply = new PendingReply();
        thread.send(Command.of(name, reply, args));
        return reply;
    }

    @Nullable Object await(PendingReply reply) throws InterruptedException, TimeoutException {
        return reply.await(thread, REPLY_MILLIS);
    }

    @Nullable Object call(Protocol.Command name, byte[]... args)
            throws InterruptedException, TimeoutException {
        return await(send(name, args));
    }

    @Nullable Object run(Script script, byte[] key, byte[]... args)
            throws InterruptedException, TimeoutException {
        PendingReply reply = new PendingReply();
        thread.send(Command.run(script, reply, key, args));
        return await(reply);
    }

    /** Deletes all entries of a stream. */
    void empty(byte[] stream) throws InterruptedException {
        try {
            call(Protocol.Command.XTRIM, stream, bytes("MAXLEN"), bytes("0"));
        } catch (TimeoutException e) {
            throw new IllegalStateException("a stream cannot be emptied", e);
        }
    }

    @Override
    public void close() {
        thread.close();
    }
}
