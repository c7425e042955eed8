package dev.pogo.remote;

import static dev.pogo.redis.Command.bytes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.pogo.redis.Script;
import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;

import java.util.List;

/** Steps of the protocol that a host of this fleet would not take. */
@ExtendWith(RedisExtension.class)
class ScriptsTest {
    private static final Keys KEYS = new Keys(Fleet.QUEUE);
    private static final String KEEP = "60000";

    private final RedisServer server;
    private Connection connection;

    ScriptsTest(RedisServer server) {
        this.server = server;
        connection = connect(server);
    }

    private static Connection connect(RedisServer server) {
        return new Connection(new HostAndPort("127.0.0.1", server.port()));
    }

    @BeforeEach
    void connect() {
        connection = connect(server);
        run(Scripts.BEAT, "caller", KEEP);
        ask(Protocol.Command.SET, Probe.key("request:caller/1"), "request");
        ask(Protocol.Command.RPUSH, Probe.key("queue"), "caller/1");
    }

    @AfterEach
    void disconnect() {
        connection.close();
    }

    private @Nullable Object ask(Protocol.Command command, String... args) {
        connection.sendCommand(command, args);
        return connection.getOne();
    }

    private @Nullable Object run(Script script, String... args) {
        byte[][] all = new byte[args.length + 1][];
        all[0] = KEYS.prefix();
        for (int i = 0; i < args.length; i++) {
            all[i + 1] = bytes(args[i]);
        }
        return script.run(connection, KEYS.queue(), all);
    }

    private @Nullable Object claim(String host) {
        return run(Scripts.CLAIM, host, "1", KEEP, "1000");
    }

    /** Returns how many values a claim returns, three for each request. */
    private int claimed(String host) {
        return assertInstanceOf(List.class, claim(host)).size();
    }

    @Test
    void claim_byAHostThatHasNotBeaten_takesNothing() {
        assertEquals(0L, claim("silent"));
        assertEquals(1L, ask(Protocol.Command.EXISTS, Probe.key("request:caller/1")));
        run(Scripts.BEAT, "beating", KEEP);
        assertEquals(3, claimed("beating"));
        assertEquals(0L, ask(Protocol.Command.EXISTS, Probe.key("request:caller/1")));
    }

    @Test
    void claim_byAHostThatHasBeatenTooLongAgo_putsItsIdsBack() {
        ask(Protocol.Command.ZADD, Probe.key("hosts"), "1", "late");
        ask(Protocol.Command.LMOVE, Probe.key("queue"), Probe.key("moved:late"), "LEFT", "RIGHT");
        assertEquals(0L, claim("late"));
        assertEquals(1L, ask(Protocol.Command.LLEN, Probe.key("queue")));
        assertEquals(0L, ask(Protocol.Command.LLEN, Probe.key("moved:late")));
    }

    @Test
    void answer_ofAHostThatDoesNotHaveTheClaim_isNotGiven() {
        run(Scripts.BEAT, "first", KEEP);
        assertEquals(3, claimed("first"));
        assertEquals(0L, run(Scripts.ANSWER, "second", KEEP, "caller", "1", "wrong"));
        assertEquals(0L, run(Scripts.ANSWER, "first", KEEP, "caller", "2", "wrong"));
        assertEquals(0L, ask(Protocol.Command.LLEN, Probe.key("answers:caller")));
        assertEquals(1L, run(Scripts.ANSWER, "first", KEEP, "caller", "1", "right"));
        assertEquals(0L, run(Scripts.ANSWER, "first", KEEP, "caller", "1", "again"));
        assertEquals(1L, ask(Protocol.Command.LLEN, Probe.key("answers:caller")));
    }
}
