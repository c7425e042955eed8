package dev.pogo.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A server that says that it is not the one to ask. */
@ExtendWith(RedisExtension.class)
class UnfitServerTest {
    private final RedisServer server;
    private final Commands commands;

    UnfitServerTest(RedisServer server) {
        this.server = server;
        commands = new Commands(server, any -> {});
    }

    @AfterEach
    void close() {
        commands.close();
        replicaOf("NO", "ONE");
    }

    private void replicaOf(String host, String port) {
        try (Connection connection = new Connection("127.0.0.1", server.port())) {
            connection.sendCommand(Protocol.Command.REPLICAOF, host, port);
            connection.getOne();
        }
    }

    private String error(String error) throws InterruptedException {
        Replies reply =
                commands.send(
                        Protocol.Command.EVAL, "return redis.error_reply('" + error + "')", "0");
        RedisException e = assertThrows(RedisException.class, reply::await);
        assertFalse(e.mayBeDone());
        return String.valueOf(e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"READONLY", "LOADING", "MASTERDOWN", "CLUSTERDOWN"})
    void connection_whoseServerIsUnfit_isReplaced(String kind) throws InterruptedException {
        String before = commands.insist(Protocol.Command.CLIENT, "ID");
        assertTrue(error(kind + " for once").contains(" refused EVAL: " + kind + " for once"));
        assertNotEquals(before, commands.insist(Protocol.Command.CLIENT, "ID"));
    }

    @Test
    void connection_whoseServerRefusesACommand_stays() throws InterruptedException {
        String before = commands.insist(Protocol.Command.CLIENT, "ID");
        error("ERR not READONLY");
        assertEquals(before, commands.insist(Protocol.Command.CLIENT, "ID"));
    }

    @Test
    void server_thatStaysUnfit_isAskedLessAndLess() throws InterruptedException {
        replicaOf("127.0.0.1", "1");
        long start = System.nanoTime();
        for (int refusals = 0; refusals < 5; ) {
            RedisException e =
                    assertThrows(
                            RedisException.class,
                            commands.send(Protocol.Command.SET, "text", "x")::await);
            assertFalse(e.mayBeDone());
            if (String.valueOf(e.getMessage()).contains("refused SET: READONLY")) {
                refusals++;
            }
        }
        long shortest = BackOff.FIRST_NANOS * (1 + 2 + 4 + 8) / 2;
        assertTrue(System.nanoTime() - start >= shortest);
        replicaOf("NO", "ONE");
        assertEquals("OK", commands.insist(Protocol.Command.SET, "text", "x"));
    }

    @Test
    void commands_thatAreThereWhenTheConnectionIsLeft_fail() throws InterruptedException {
        replicaOf("127.0.0.1", "1");
        CountDownLatch release = commands.hold();
        Replies first = commands.send(Protocol.Command.SET, "text", "x");
        for (int i = 0; i < 1_000; i++) {
            commands.send(Protocol.Command.SET, "text", "x");
        }
        Replies last = commands.send(Protocol.Command.SET, "text", "x");
        release.countDown();
        assertThrows(RedisException.class, first::await);
        RedisException e = assertThrows(RedisException.class, last::await);
        assertFalse(e.mayBeDone());
        assertTrue(
                String.valueOf(e.getMessage())
                        .startsWith("Redis at " + server.url() + " cannot be used: READONLY"),
                e::getMessage);
    }

    @Test
    void close_duringThePause_doesNotWaitForItsEnd() throws InterruptedException {
        for (int i = 0; i < 5; i++) {
            commands.insist(Protocol.Command.PING);
            error("LOADING for once");
        }
        Replies waiting = commands.send(Protocol.Command.PING);
        long start = System.nanoTime();
        commands.close();
        assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(5));
        assertTrue(waiting.isThere());
    }
}
