package dev.pogo.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import redis.clients.jedis.Protocol;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Whatever is thrown, the thread goes on and each command is answered. */
@ExtendWith(RedisExtension.class)
class CommandThreadTroubleTest {
    private final RedisServer server;

    CommandThreadTroubleTest(RedisServer server) {
        this.server = server;
    }

    /** Throws whatever it is told. */
    private record Broken(AtomicInteger failures) implements Command.Reply {
        @Override
        public void done(@Nullable Object value) {
            throw new Unloggable();
        }

        @Override
        public void failed(RedisException e) {
            failures.incrementAndGet();
            throw new Unloggable();
        }
    }

    private Commands start() {
        return new Commands(server, any -> {});
    }

    private static Command throwing(Iterable<byte[][]> parts) {
        assertTrue(parts.iterator().hasNext());
        throw new Unloggable();
    }

    @Test
    void tick_thatAlwaysThrows_doesNotKeepCommandsFromBeingSent() throws InterruptedException {
        CountDownLatch ticks = new CountDownLatch(3);
        Commands commands =
                new Commands(
                        server,
                        any -> {
                            ticks.countDown();
                            throw new Unloggable();
                        });
        try (commands) {
            assertTrue(ticks.await(20, TimeUnit.SECONDS));
            assertEquals("a", commands.send(Protocol.Command.ECHO, "a").await());
        }
    }

    @Test
    void command_thatCannotBeTaken_failsAndDoesNotEndTheThread() throws InterruptedException {
        try (Commands commands = start()) {
            CountDownLatch release = commands.hold();
            Replies wrong = new Replies();
            commands.thread.send(
                    Command.of(Protocol.Command.ECHO, wrong, new byte[][] {null})); // no text
            Replies after = commands.send(Protocol.Command.ECHO, "a");
            release.countDown();
            assertFalse(assertThrows(RedisException.class, wrong::await).mayBeDone());
            assertEquals("a", after.await());
            assertEquals("b", commands.send(Protocol.Command.ECHO, "b").await());
        }
    }

    @Test
    void joint_thatThrows_failsItsPartsAlone() throws InterruptedException {
        Command.Joint joint = CommandThreadTroubleTest::throwing;
        Command.Joint good =
                parts -> Command.of(Protocol.Command.MGET, Command.Reply.NONE, parts.get(0)[0]);
        try (Commands commands = start()) {
            commands.send(Protocol.Command.SET, "text", "x").await();
            CountDownLatch release = commands.hold();
            Replies first = commands.send(joint, "a");
            Replies before = commands.send(Protocol.Command.ECHO, "a");
            Replies other = commands.send(good, "text");
            Replies second = commands.send(joint, "b");
            release.countDown();
            assertEquals("a", before.await());
            assertEquals("x", other.await());
            assertFalse(assertThrows(RedisException.class, first::await).mayBeDone());
            RedisException e = assertThrows(RedisException.class, second::await);
            assertFalse(e.mayBeDone());
            assertEquals(
                    "the connection to Redis at "
                            + server.url()
                            + " failed before the command was sent",
                    e.getMessage());
            assertEquals("b", commands.send(Protocol.Command.ECHO, "b").await());
        }
    }

    @Test
    void joint_thatThrows_stillSaysWhoWaitsForOnePart() throws InterruptedException {
        Replies first = new Replies();
        Replies second = new Replies();
        Command.Joint joint =
                parts -> {
                    if (parts.size() > 1) {
                        throw new Unloggable();
                    }
                    return Command.of(
                            Protocol.Command.PING, parts.get(0)[0][0] == '1' ? first : second);
                };
        try (Commands commands = start()) {
            CountDownLatch release = commands.hold();
            commands.thread.send(Command.part(joint, Command.bytes("1")));
            commands.thread.send(Command.part(joint, Command.bytes("2")));
            release.countDown();
            assertFalse(assertThrows(RedisException.class, first::await).mayBeDone());
            assertFalse(assertThrows(RedisException.class, second::await).mayBeDone());
        }
    }

    @Test
    void joint_thatThrowsWhenTheThreadIsClosed_leavesTheOthersTheirFailure()
            throws InterruptedException {
        Commands commands = start();
        commands.close();
        commands.thread.send(Command.part(CommandThreadTroubleTest::throwing));
        Replies reply = commands.send(Protocol.Command.PING);
        assertFalse(assertThrows(RedisException.class, reply::await).mayBeDone());
    }

    @Test
    void reply_thatThrows_leavesTheOthersTheirs() throws InterruptedException {
        AtomicInteger failures = new AtomicInteger();
        Command.Joint joint =
                parts ->
                        Command.of(
                                Protocol.Command.MGET,
                                Command.Reply.NONE,
                                parts.stream().map(part -> part[0]).toArray(byte[][]::new));
        try (Commands commands = start()) {
            commands.send(Protocol.Command.SET, "text", "x").await();
            CountDownLatch release = commands.hold();
            commands.thread.send(Command.of(Protocol.Command.PING, new Broken(failures)));
            commands.thread.send(Command.of(Protocol.Command.INCR, new Broken(failures)));
            commands.thread.send(Command.part(joint, new Broken(failures), Command.bytes("other")));
            Replies share = commands.send(joint, "text");
            Replies after = commands.send(Protocol.Command.ECHO, "a");
            release.countDown();
            assertEquals("x", share.await());
            assertEquals("a", after.await());
            assertEquals(1, failures.get(), "only INCR without a key was refused");
        }
    }

    @Test
    void reply_withTooFewShares_failsAllParts() throws InterruptedException {
        Command.Joint joint =
                parts -> Command.of(Protocol.Command.MGET, Command.Reply.NONE, parts.get(0)[0]);
        try (Commands commands = start()) {
            CountDownLatch release = commands.hold();
            Replies first = commands.send(joint, "a");
            Replies second = commands.send(joint, "b");
            release.countDown();
            assertTrue(assertThrows(RedisException.class, first::await).mayBeDone());
            assertTrue(assertThrows(RedisException.class, second::await).mayBeDone());
        }
    }
}
