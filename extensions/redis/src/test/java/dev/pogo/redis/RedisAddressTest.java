package dev.pogo.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisAddressTest {
    @Test
    void parse_ofAllParts_hasThem() {
        RedisAddress address = RedisAddress.parse("rediss://u:p%40w@h.example:7000/3");
        assertEquals("h.example:7000", address.hostAndPort().toString());
        assertEquals(3, address.database());
        assertTrue(address.tls());
        assertEquals("u", address.user());
        assertEquals("p@w", address.password());
        assertEquals("rediss://h.example:7000/3", address.toString());
    }

    @Test
    void parse_ofTheLeast_hasTheDefaults() {
        RedisAddress address = RedisAddress.parse("redis://h");
        assertEquals("h:6379", address.hostAndPort().toString());
        assertEquals(0, address.database());
        assertFalse(address.tls());
        assertNull(address.user());
        assertNull(address.password());
        assertEquals("redis://h:6379", address.toString());
        assertNull(RedisAddress.parse("redis://:pw@h").user());
    }

    @Test
    void equals_looksAtSecretsAsWell() {
        assertEquals(RedisAddress.parse("redis://h/"), RedisAddress.parse("redis://h:6379/0"));
        assertNotEquals(RedisAddress.parse("redis://:a@h"), RedisAddress.parse("redis://:b@h"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "h",
                "http://h",
                "redis:",
                "redis://",
                "redis:///1",
                "redis://h/x",
                "redis://h/1/2",
                "redis://h?a=b",
                "redis://u@h",
                "redis://u:hush@ h",
                "redis://u:hush@h:x"
            })
    void parse_ofAnythingElse_isRefusedWithoutShowingIt(String url) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> RedisAddress.parse(url));
        assertFalse(String.valueOf(e.getMessage()).contains("hush"), e::getMessage);
    }
}
