package dev.pogo.redis;

import static dev.pogo.redis.Command.bytes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import redis.clients.jedis.Protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

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
                new CommandThread.Options(
                        "pogo-test-commands",
                        address,
                        new Outage(address, "The test"),
                        replyMillis,
                        List.of(JOIN),
                        TimeUnit.MILLISECONDS.toNanos(50),
                        any -> ticks.countDown()));
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
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
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
                                    failures.add(e);
                                }
                            }));
        }
        for (Thread sender : threads) {
            sender.join();
        }
        assertEquals(List.of(), List.copyOf(failures));
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
    void server_thatDoesNotRead_canBeCutOff() throws InterruptedException {
        thread.close();
        thread = start(server.url(), 200);
        connect(); // writing has to get stuck, not connecting
        server.pause();
        Replies stuck = send(Protocol.Command.ECHO, "x".repeat(64 << 20));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!stuck.isThere() && System.nanoTime() - end < 0) {
            thread.cutIfStuck();
            LockSupport.parkNanos(1_000_000);
        }
        RedisException e = assertThrows(RedisException.class, stuck::await);
        assertTrue(e.mayBeDone());
        server.resume();
    }

    @Test
    void reply_thatThrows_doesNotEndTheThread() throws InterruptedException {
        thread.send(
                Command.of(
                        Protocol.Command.PING,
                        new Command.Reply() {
                            @Override
                            public void done(@Nullable Object value) {
                                throw new IllegalStateException("for once");
                            }

                            @Override
                            public void failed(RedisException e) {
                                throw new IllegalStateException("for once");
                            }
                        }));
        String value = null;
        while (value == null) {
            try {
                value = send(Protocol.Command.ECHO, "a").await();
            } catch (RedisException e) {
                assertTrue(e.mayBeDone(), "it was in the same batch");
            }
        }
        assertEquals("a", value);
    }

    @Test
    void parts_ofOneBatch_areOneCommandAfterTheOthers() throws InterruptedException {
        AtomicInteger commands = new AtomicInteger();
        Command.Joint joint =
                parts -> {
                    commands.incrementAndGet();
                    byte[][] all = new byte[1 + parts.size()][];
                    all[0] = bytes("list");
                    for (int i = 0; i < parts.size(); i++) {
                        all[1 + i] = parts.get(i)[0];
                    }
                    return Command.of(Protocol.Command.RPUSH, Command.Reply.NONE, all);
                };
        server.pause();
        send(Protocol.Command.SET, "first", "x"); // keeps the thread until the others are there
        for (int i = 0; i < 100; i++) {
            thread.send(Command.part(joint, bytes(i)));
        }
        server.resume();
        String length = "0";
        while (!length.equals("100")) {
            length = send(Protocol.Command.LLEN, "list").await();
        }
        assertEquals("99", send(Protocol.Command.LINDEX, "list", "-1").await());
        assertTrue(commands.get() <= 3, commands::toString);
    }

    @Test
    void parts_withReplies_receiveTheirSharesOfTheReply() throws InterruptedException {
        Command.Joint joint =
                parts ->
                        Command.of(
                                Protocol.Command.MGET,
                                Command.Reply.NONE,
                                parts.stream().map(part -> part[0]).toArray(byte[][]::new));
        send(Protocol.Command.MSET, "a", "1", "b", "2").await();
        Replies first = new Replies();
        Replies second = new Replies();
        thread.send(Command.part(joint, first, bytes("b")));
        thread.send(Command.part(joint, second, bytes("a")));
        assertEquals("2", first.await());
        assertEquals("1", second.await());
    }

    @Test
    void parts_withReplies_allReceiveTheFailure() throws InterruptedException {
        Command.Joint joint =
                parts -> Command.of(Protocol.Command.LLEN, Command.Reply.NONE, parts.get(0)[0]);
        send(Protocol.Command.SET, "text", "x").await();
        Replies first = new Replies();
        Replies second = new Replies();
        thread.send(Command.part(joint, first, bytes("text")));
        thread.send(Command.part(joint, second, bytes("text")));
        assertFalse(assertThrows(RedisException.class, first::await).mayBeDone());
        assertFalse(assertThrows(RedisException.class, second::await).mayBeDone());
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
