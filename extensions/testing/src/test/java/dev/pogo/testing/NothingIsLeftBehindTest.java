package dev.pogo.testing;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

class NothingIsLeftBehindTest {
    private static final Duration NO_TIME = Duration.ZERO;

    @Test
    void check_nothingIsLeft_returns() {
        NothingIsLeftBehind.check(Waits.BOUND);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pogo-left", "pogo/pool/left"})
    void check_platformThread_failsWithItsName(String name) throws InterruptedException {
        isReported(Thread.ofPlatform().name(name), name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pogo-left", "pogo/pool/left"})
    void check_virtualThread_failsWithItsName(String name) throws InterruptedException {
        isReported(Thread.ofVirtual().name(name), name);
    }

    @Test
    void check_otherThread_returns() throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        Thread thread = Thread.ofPlatform().name("not-pogo-").start(() -> await(end));
        try {
            NothingIsLeftBehind.check(Waits.BOUND);
        } finally {
            end.countDown();
            thread.join();
        }
    }

    @Test
    void check_childProcess_failsWithItsCommand() throws IOException {
        Process process = new ProcessBuilder("cat").start();
        try {
            assertTrue(message().contains("process " + process.pid()));
        } finally {
            process.getOutputStream().close();
            process.onExit().join();
        }
        NothingIsLeftBehind.check(Waits.BOUND);
    }

    @Test
    void check_openServer_returns() {
        RedisServerTest.isInstalled();
        try (RedisServer server = RedisServer.start()) {
            NothingIsLeftBehind.check(NO_TIME);
            server.restart();
            NothingIsLeftBehind.check(NO_TIME);
        }
        NothingIsLeftBehind.check(NO_TIME);
    }

    private static void isReported(Thread.Builder builder, String name)
            throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        Thread thread = builder.start(() -> await(end));
        try {
            assertTrue(message().contains("thread " + name));
        } finally {
            end.countDown();
            thread.join();
        }
        NothingIsLeftBehind.check(Waits.BOUND);
    }

    private static String message() {
        return assertThrows(AssertionError.class, () -> NothingIsLeftBehind.check(NO_TIME))
                .toString();
    }

    private static void await(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
