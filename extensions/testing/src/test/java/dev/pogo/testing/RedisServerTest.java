package dev.pogo.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;

@ExtendWith(NothingIsLeftBehind.class)
class RedisServerTest {
    private static final String SET = "SET key value";
    private static final String EXISTS = "EXISTS key";

    @BeforeAll
    static void isInstalled() {
        if (!RedisServer.isInstalled()) {
            throw RedisExtension.notInstalled(System.getenv("POGO_REDIS"));
        }
    }

    @Test
    void start_returns_serverAnswers() throws IOException {
        try (RedisServer server = RedisServer.start()) {
            assertEquals("redis://127.0.0.1:" + server.port(), server.url());
            assertEquals("+PONG", PlainClient.ask(server.port(), "PING"));
        }
    }

    @Test
    void start_twoServers_haveTheirOwnPortsAndData() throws IOException {
        try (RedisServer one = RedisServer.start();
                RedisServer other = RedisServer.start()) {
            assertEquals("+OK", PlainClient.ask(one.port(), SET));
            assertEquals(":0", PlainClient.ask(other.port(), EXISTS));
        }
    }

    @Test
    void start_withPassword_returnsThoughPingIsRefused() throws IOException {
        try (RedisServer server = RedisServer.start("--requirepass", "secret")) {
            assertTrue(PlainClient.ask(server.port(), "PING").startsWith("-NOAUTH"));
        }
    }

    @Test
    void start_unknownOption_throwsWithTheLog() {
        IllegalStateException thrown =
                assertThrows(
                        IllegalStateException.class,
                        () -> RedisServer.start("--frobnicate", "yes"));
        assertTrue(thrown.toString().contains("has ended"), thrown::toString);
        assertTrue(thrown.toString().contains("frobnicate"), thrown::toString);
    }

    @Test
    void kill_running_refusesConnections() {
        try (RedisServer server = RedisServer.start()) {
            server.kill();
            server.kill();
            assertThrows(IOException.class, () -> PlainClient.ask(server.port(), "PING"));
        }
    }

    @Test
    void restart_withoutFiles_hasLostItsData() throws IOException {
        try (RedisServer server = RedisServer.start()) {
            int port = server.port();
            PlainClient.ask(port, SET);
            server.restart();
            assertEquals(port, server.port());
            assertEquals(":0", PlainClient.ask(port, EXISTS));
        }
    }

    @Test
    void restart_killedWithAppendOnlyFile_hasKeptItsData() throws IOException {
        try (RedisServer server =
                RedisServer.start("--appendonly", "yes", "--appendfsync", "always")) {
            PlainClient.ask(server.port(), SET);
            server.kill();
            server.restart();
            assertEquals(":1", PlainClient.ask(server.port(), EXISTS));
        }
    }

    @Test
    void restart_paused_runs() throws IOException {
        try (RedisServer server = RedisServer.start()) {
            server.pause();
            server.restart();
            assertEquals("+PONG", PlainClient.ask(server.port(), "PING"));
        }
    }

    @Test
    void pause_running_acceptsButDoesNotAnswerUntilResumed() throws IOException {
        try (RedisServer server = RedisServer.start();
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            server.pause();
            server.pause();
            socket.setSoTimeout(50);
            socket.getOutputStream().write("PING\r\n".getBytes(US_ASCII));
            assertThrows(SocketTimeoutException.class, () -> socket.getInputStream().read());
            server.resume();
            socket.setSoTimeout(10_000);
            assertEquals('+', socket.getInputStream().read());
        }
    }

    @Test
    void pause_killed_throws() {
        try (RedisServer server = RedisServer.start()) {
            server.kill();
            assertThrows(IllegalStateException.class, server::pause);
        }
    }

    @Test
    void close_paused_leavesNothing() {
        RedisServer server = RedisServer.start();
        Path folder = server.folder();
        assertTrue(Files.exists(folder));
        server.pause();
        server.close();
        server.close();
        assertFalse(Files.exists(folder));
        assertThrows(IllegalStateException.class, server::restart);
    }
}
