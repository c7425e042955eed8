package dev.pogo.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.opentest4j.TestAbortedException;

import java.io.IOException;

/** Each test leaves the server worse than it found it. */
@ExtendWith({NothingIsLeftBehind.class, RedisExtension.class})
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RedisExtensionTest {
    private final RedisServer ofConstructor;

    RedisExtensionTest(RedisServer ofConstructor) {
        this.ofConstructor = ofConstructor;
    }

    @BeforeEach
    void runsAndIsEmpty(RedisServer server) throws IOException {
        assertSame(ofConstructor, server);
        assertEquals("+PONG", PlainClient.ask(server.port(), "PING"));
        assertEquals(":0", PlainClient.ask(server.port(), "DBSIZE"));
    }

    @Test
    @Order(1)
    void first_fillsIt(RedisServer server) throws IOException {
        assertEquals("+OK", PlainClient.ask(server.port(), "SET key value"));
    }

    @Test
    @Order(2)
    void second_killsIt(RedisServer server) {
        server.kill();
    }

    @Test
    @Order(3)
    void third_pausesIt(RedisServer server) {
        server.pause();
    }

    @Test
    @Order(4)
    void fourth_findsItRunning(RedisServer server) throws IOException {
        assertEquals("+OK", PlainClient.ask(server.port(), "SET key value"));
    }

    @Test
    void notInstalled_policyIsRequired_fails() {
        AssertionError thrown =
                assertThrows(AssertionError.class, () -> RedisExtension.notInstalled("required"));
        assertTrue(thrown.toString().contains("POGO_REDIS"), thrown::toString);
    }

    @Test
    void notInstalled_noPolicy_abortsTheTests() {
        TestAbortedException thrown = RedisExtension.notInstalled(null);
        assertTrue(thrown.toString().contains("not installed"), thrown::toString);
    }

    @Nested
    class InNestedClass {
        @Test
        void server_isThatOfTheOuterClass(RedisServer server) {
            assertSame(ofConstructor, server);
        }
    }
}
