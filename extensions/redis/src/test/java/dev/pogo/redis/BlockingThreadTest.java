package dev.pogo.redis;

import static dev.pogo.redis.Command.bytes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

@ExtendWith(RedisExtension.class)
class BlockingThreadTest {
    private static final Script JOIN = Script.resource(CommandThreadTest.class, "join.lua");

    private final LinkedBlockingQueue<String> popped = new LinkedBlockingQueue<>();

    private BlockingThread start(RedisServer server, BlockingThread.Body body) {
        RedisAddress address = RedisAddress.parse(server.url());
        return BlockingThread.start(
                "pogo-test-blocking",
                address,
                new Outage(address, "The test"),
                5_000,
                List.of(JOIN),
                body);
    }

    private void pop(Connection connection) {
        connection.sendCommand(Protocol.Command.BLPOP, bytes("list"), bytes("1"));
        if (connection.getOne() instanceof List<?> pair) {
            popped.add(new String((byte[]) pair.get(1), StandardCharsets.UTF_8));
        }
    }

    private static void push(RedisServer server, String value) {
        try (Connection connection = new Connection("127.0.0.1", server.port())) {
            connection.sendCommand(Protocol.Command.RPUSH, "list", value);
            connection.getOne();
        }
    }

    @Test
    void body_isRunAgainOnANewConnectionAfterARestart(RedisServer server)
            throws InterruptedException {
        BlockingThread thread = start(server, this::pop);
        try (thread) {
            push(server, "a");
            assertEquals("a", popped.poll(20, TimeUnit.SECONDS));
            server.restart();
            push(server, "b");
            assertEquals("b", popped.poll(20, TimeUnit.SECONDS));
        }
        push(server, "c");
        assertNull(popped.poll());
    }

    @Test
    void body_thatThrows_isRunAgain(RedisServer server) throws InterruptedException {
        CountDownLatch runs = new CountDownLatch(3);
        BlockingThread thread =
                start(
                        server,
                        connection -> {
                            runs.countDown();
                            throw new IllegalStateException("for once");
                        });
        try (thread) {
            assertEquals(true, runs.await(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void failure_thatCannotBeLogged_doesNotEndTheThread(RedisServer server)
            throws InterruptedException {
        CountDownLatch runs = new CountDownLatch(3);
        BlockingThread thread =
                start(
                        server,
                        connection -> {
                            runs.countDown();
                            throw new Unloggable();
                        });
        try (thread) {
            assertEquals(true, runs.await(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void script_thatTheServerHasForgotten_isRunAllTheSame(RedisServer server)
            throws InterruptedException {
        BlockingThread thread =
                start(
                        server,
                        connection -> {
                            connection.sendCommand(Protocol.Command.SCRIPT, "FLUSH");
                            connection.getOne();
                            Object joined = JOIN.run(connection, bytes("a"), bytes("b"));
                            popped.add(new String((byte[]) joined, StandardCharsets.UTF_8));
                        });
        try (thread) {
            assertEquals("ab", popped.poll(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void finish_letsTheBodyReturn(RedisServer server) {
        try (BlockingThread thread = start(server, this::pop)) {
            thread.finish(Duration.ofSeconds(20));
        }
    }
}
