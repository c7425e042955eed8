package dev.pogo.benchmarks.redis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;

/** All contenders do the same. */
@ExtendWith(RedisExtension.class)
class ContenderTest {
    private static final byte[] KEY = Load.bytes("key");
    private static final byte[] OTHER = Load.bytes("other");
    private static final byte[] VALUE = Load.bytes("value");

    private final RedisServer server;

    ContenderTest(RedisServer server) {
        this.server = server;
    }

    @ParameterizedTest
    @EnumSource
    void set_thenTakenTwice_isThereOnce(Contender contender) {
        try (Client client = contender.open(server.port(), 1)) {
            client.set(KEY, VALUE);
            assertArrayEquals(VALUE, client.take(KEY));
            assertNull(client.take(KEY));
        }
    }

    @ParameterizedTest
    @EnumSource
    void setAll_twoKeys_areBothThere(Contender contender) {
        try (Client client = contender.open(server.port(), 1)) {
            client.setAll(List.of(KEY, OTHER), VALUE);
            assertNotNull(client.take(KEY));
            assertNotNull(client.take(OTHER));
        }
    }

    @ParameterizedTest
    @EnumSource
    void increment_twice_isTwo(Contender contender) {
        try (Client client = contender.open(server.port(), 1)) {
            assertEquals(1, client.increment(KEY));
            assertEquals(2, client.increment(KEY));
        }
    }

    @ParameterizedTest
    @EnumSource
    void pop_twoPushed_comeInOrderAndThenNothing(Contender contender) {
        try (Client client = contender.open(server.port(), 1)) {
            client.push(KEY, VALUE);
            client.push(KEY, OTHER);
            assertArrayEquals(VALUE, client.pop(KEY));
            assertArrayEquals(OTHER, client.pop(KEY));
            assertNull(client.pop(KEY));
        }
    }
}
