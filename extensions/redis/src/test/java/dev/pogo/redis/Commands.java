package dev.pogo.redis;

import static dev.pogo.redis.Command.bytes;

import dev.pogo.testing.RedisServer;

import org.jspecify.annotations.Nullable;

import redis.clients.jedis.Protocol;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A command thread that a test makes trouble for. */
final class Commands implements AutoCloseable {
    final CommandThread thread;

    Commands(RedisServer server, Consumer<CommandThread> tick) {
        RedisAddress address = RedisAddress.parse(server.url());
        thread =
                CommandThread.start(
                        new CommandThread.Options(
                                "pogo-test-commands",
                                address,
                                new Outage(address, "The test"),
                                5_000,
                                List.of(),
                                TimeUnit.MILLISECONDS.toNanos(20),
                                tick));
    }

    Replies send(Protocol.Command name, String... args) {
        Replies reply = new Replies();
        thread.send(
                Command.of(
                        name,
                        reply,
                        Arrays.stream(args).map(Command::bytes).toArray(byte[][]::new)));
        return reply;
    }

    Replies send(Command.Joint joint, String arg) {
        Replies reply = new Replies();
        thread.send(Command.part(joint, reply, bytes(arg)));
        return reply;
    }

    /** Sends until it is answered by the server: what is there when a connection is left fails. */
    String insist(Protocol.Command name, String... args) throws InterruptedException {
        while (true) {
            try {
                return send(name, args).await();
            } catch (RedisException e) {
                if (e.mayBeDone()) {
                    throw e;
                }
            }
        }
    }

    /** Lets the thread wait, so that all that is sent until the latch is opened is one batch. */
    CountDownLatch hold() throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        thread.send(
                Command.of(
                        Protocol.Command.PING,
                        new Command.Reply() {
                            @Override
                            public void done(@Nullable Object value) {
                                held.countDown();
                                try {
                                    release.await();
                                } catch (InterruptedException e) {
                                    throw new AssertionError(e);
                                }
                            }

                            @Override
                            public void failed(RedisException e) {}
                        }));
        if (!held.await(20, TimeUnit.SECONDS)) {
            throw new AssertionError("no reply");
        }
        return release;
    }

    @Override
    public void close() {
        thread.close();
    }
}
