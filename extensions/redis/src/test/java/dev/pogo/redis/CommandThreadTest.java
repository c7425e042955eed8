package dev.pogo.redis;

import static dev.pogo.redis.Command.bytes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import redis.clients.jedis.Protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

@ExtendWith(RedisExtension.class)
class CommandThreadTest {
    private static final Script JOIN = Script.resource(CommandThreadTest.class, "join.lua");

    private final RedisServer server;
    private final CountDownLatch ticks = new CountDownLatch(3);
    private CommandThread thread;

    CommandThreadTest(RedisServer server) {
        this.server = server;
        thread = start(server.url(), 2_000);
    }

    private CommandThread start(String url, int replyMillis) {
        RedisAddress address = RedisAddress.parse(url);
        return CommandThread.start(
                new CommandThread.Builder(
                        "pogo-test-commands",
                        address,
                        new Outage(address, "The test"),
                        replyMillis,
                        List.of(JOIN),
                        TimeUnit.MILLISECONDS.toNanos(50),
                        ticks::countDown));
    }

    @BeforeEach
    void connect() throws InterruptedException {
        assertEquals("PONG", send(Protocol.Command.PING).await());
    }

    @AfterEach
    void close() {
        thread.close();
    }

    private Replies send(Protocol.Command name, String... args) {
        Replies reply = new Replies();
        byte[][] all = new byte[args.length][];
        for (int i = 0; i < args.length; i++) {
            all[i] = bytes(args[i]);
        }
        thread.send(Command.of(name, reply, all));
        return reply;
    }

    @Test
    void commands_ofManyThreads_eachGetItsOwnReply() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int t = 0; t < 20; t++) {
            int of = t;
            threads.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    for (int i = 0; i < 500; i++) {
                                        String text = of + "/" + i;
                                        assertEquals(
                                                text, send(Protocol.Command.ECHO, text).await());
                                    }
                                } catch (Throwable e) {
                                    synchronized (failures) {
                                        failures.add(e);
                                    }
                                }
                            }));
        }
        for (Thread sender : threads) {
            sender.join();
        }
        assertEquals(List.of(), failures);
    }

    @Test
    void commands_ofOneThread_areDoneInTheirOrder() throws InterruptedException {
        for (int i = 0; i < 3_000; i++) {
            send(Protocol.Command.RPUSH, "list", Integer.toString(i));
        }
        assertEquals("3000", send(Protocol.Command.LLEN, "list").await());
        assertEquals("2999", send(Protocol.Command.LINDEX, "list", "-1").await());
    }

    @Test
    void command_thatIsRefused_failsAloneAndWasNotDone() throws InterruptedException {
        send(Protocol.Command.SET, "text", "a");
        Replies wrong = send(Protocol.Command.INCR, "text");
        assertEquals("a", send(Protocol.Command.GET, "text").await());
        RedisException e = assertThrows(RedisException.class, wrong::await);
        assertFalse(e.mayBeDone());
        assertEquals(
                "Redis at "
                        + server.url()
                        + " refused INCR: ERR value is not an integer or out of range",
                e.getMessage());
    }

    @Test
    void script_thatTheServerHasForgotten_isLoadedAgainAndRunOnce() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            Replies reply = new Replies();
            thread.send(Command.run(JOIN, reply, bytes("a"), bytes("b")));
            assertEquals("ab", reply.await());
            send(Protocol.Command.SCRIPT, "FLUSH").await();
        }
    }

    @Test
    void connection_thatBreaks_failsWhatWasSentAndIsOpenedAgain() throws InterruptedException {
        server.pause();
        Replies lost = send(Protocol.Command.INCR, "n");
        server.kill();
        RedisException e = assertThrows(RedisException.class, lost::await);
        assertTrue(
                String.valueOf(e.getMessage()).contains("Redis at " + server.url()), e::getMessage);
        RedisException refused =
                assertThrows(RedisException.class, send(Protocol.Command.INCR, "n")::await);
        assertFalse(refused.mayBeDone());
        assertTrue(
                String.valueOf(refused.getMessage())
                        .startsWith(
                                "Redis at "
                                        + server.url()
                                        + " cannot be reached: Connection refused"),
                refused::getMessage);
        server.restart();
        String value = null;
        while (value == null) {
            try {
                value = send(Protocol.Command.INCR, "n").await();
            } catch (RedisException again) {
                assertFalse(again.mayBeDone());
            }
        }
        assertEquals("1", value);
    }

    @Test
    void server_thatIsSilent_failsCommandsAfterTheReplyTimeout() throws InterruptedException {
        thread.close();
        thread = start(server.url(), 200);
        connect();
        server.pause();
        RedisException e =
                assertThrows(RedisException.class, send(Protocol.Command.INCR, "n")::await);
        assertTrue(e.mayBeDone());
        server.resume();
    }

    @Test
    void tick_isCalledWhetherOrNotThereAreCommands() throws InterruptedException {
        assertTrue(ticks.await(20, TimeUnit.SECONDS));
    }

    @Test
    void close_sendsWhatIsThereAndFailsWhatComesLater() throws InterruptedException {
        Replies before = send(Protocol.Command.ECHO, "a");
        thread.close();
        assertEquals("a", before.await());
        RedisException e =
                assertThrows(RedisException.class, send(Protocol.Command.ECHO, "b")::await);
        assertFalse(e.mayBeDone());
        thread.close();
    }
}
