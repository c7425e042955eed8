package dev.pogo.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** A server does not outlive the JVM that started it. */
@ExtendWith(NothingIsLeftBehind.class)
class EndOfJvmTest {
    @BeforeAll
    static void isInstalled() {
        RedisServerTest.isInstalled();
    }

    @Test
    void exit_serverIsOpen_serverAndFolderAreGone() throws IOException {
        Jvm jvm = Jvm.start();
        jvm.process.getOutputStream().close();
        assertEquals(0, jvm.process.onExit().join().exitValue());
        assertFalse(jvm.serverAnswers());
        assertFalse(Files.exists(jvm.folder));
    }

    @Test
    void kill_serverIsOpen_serverIsGone() throws IOException {
        assumeTrue(Programs.has("setpriv"), "setpriv is not installed");
        Jvm jvm = Jvm.start();
        jvm.process.destroyForcibly();
        jvm.process.onExit().join();
        assertTrue(Waits.reached(Waits.BOUND, () -> !jvm.serverAnswers()));
        Folder.delete(jvm.folder);
    }

    /** A JVM that has started a server. */
    private record Jvm(Process process, int port, Path folder) {
        static Jvm start() throws IOException {
            Process process =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    EndOfJvmTest.class.getName())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            BufferedReader output = process.inputReader(UTF_8);
            return new Jvm(
                    process,
                    Integer.parseInt(Objects.requireNonNull(output.readLine())),
                    Path.of(Objects.requireNonNull(output.readLine())));
        }

        boolean serverAnswers() {
            try {
                return PlainClient.ask(port, "PING").equals("+PONG");
            } catch (IOException e) {
                return false;
            }
        }
    }

    /** Starts a server, says where it is, and returns at the end of its input. */
    public static void main(String[] args) throws IOException {
        RedisServer server = RedisServer.start();
        System.out.println(server.port());
        System.out.println(server.folder());
        while (System.in.read() >= 0) {}
    }
}
