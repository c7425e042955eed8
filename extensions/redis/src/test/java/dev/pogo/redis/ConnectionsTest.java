package dev.pogo.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisDataException;

import java.util.ArrayList;
import java.util.List;

@ExtendWith(RedisExtension.class)
class ConnectionsTest {
    private static final Script JOIN = Script.resource(ConnectionsTest.class, "join.lua");
    private static final Script WRONG =
            Script.resource(ConnectionsTest.class, "join.lua", "join.lua");

    /** Notes when it sends and when it reads. */
    private static final class Noting extends Connection {
        private final List<String> notes = new ArrayList<>();

        Noting(RedisServer server) {
            super("127.0.0.1", server.port());
        }

        @Override
        public void sendCommand(ProtocolCommand command, byte[]... args) {
            notes.add("send");
            super.sendCommand(command, args);
        }

        @Override
        protected Object readProtocolWithCheckingBroken() {
            notes.add("read");
            return super.readProtocolWithCheckingBroken();
        }
    }

    @Test
    void load_ofScripts_sendsAllBeforeItReads(RedisServer server) {
        try (Noting connection = new Noting(server)) {
            connection.connect();
            connection.notes.clear();
            Connections.load(connection, List.of(JOIN, JOIN, JOIN));
            assertEquals(List.of("send", "send", "send", "read", "read", "read"), connection.notes);
        }
    }

    @Test
    void load_ofNoScript_doesNothing(RedisServer server) {
        try (Noting connection = new Noting(server)) {
            connection.connect();
            connection.notes.clear();
            Connections.load(connection, List.of());
            assertEquals(List.of(), connection.notes);
        }
    }

    @Test
    void load_ofAWrongScript_failsAndLeavesNoReplyUnread(RedisServer server) {
        try (Connection connection = new Connection("127.0.0.1", server.port())) {
            assertThrows(
                    JedisDataException.class,
                    () -> Connections.load(connection, List.of(WRONG, JOIN)));
            connection.sendCommand(Protocol.Command.ECHO, "a");
            assertEquals("a", connection.getBulkReply());
            connection.sendCommand(Protocol.Command.EVALSHA, JOIN.hash(), Command.bytes("0"));
            JedisDataException e = assertThrows(JedisDataException.class, connection::getOne);
            assertEquals(false, String.valueOf(e.getMessage()).startsWith("NOSCRIPT"));
        }
    }
}
