package dev.pogo.process;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Tasks whose jobs run in other processes are virtual threads, and leave their carriers to others
 * while they wait. Seen in a JVM that has one carrier and may not make another one for a thread
 * that keeps its own.
 */
class CarrierTest {
    private static final int ENDLESS = 8;

    @TempDir private Path folder;

    /** The host: jobs do not end, and one worker does not read a request that no pipe can hold. */
    static final class Host {
        private Host() {}

        public static void main(String[] args) throws InterruptedException {
            try (PogoRuntime runtime =
                            PogoRuntime.start(
                                    Workers.config(
                                            ENDLESS + 1,
                                            Workers.faulty().withIpcTimeout(Workers.LONG)));
                    PogoScope scope = runtime.open()) {
                Workers.run(runtime, "frozen_next", args[0]);
                scope.spawn(Workers.POOL, "echo", "x".repeat(3 << 20));
                for (int i = 0; i < ENDLESS; i++) {
                    scope.spawn(Workers.POOL, "forever", args[0] + i);
                }
                for (int i = 0; i < ENDLESS; i++) {
                    Workers.awaitFile(Path.of(args[0] + i));
                }
                Workers.idle(runtime, ENDLESS + 1, ENDLESS + 1);
                CountDownLatch unrelated = new CountDownLatch(1);
                Thread.ofVirtual().start(unrelated::countDown);
                System.out.println("ran: " + unrelated.await(20, TimeUnit.SECONDS));
            }
            System.out.println("closed");
        }
    }

    @Test
    void virtualThreads_whileJobsDoNotEndAndARequestIsStuck_goOn() throws Exception {
        Workers.faulty(); // skips this where there is no Python
        Process host = startHost();
        try {
            String said = new String(host.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(host.waitFor(60, TimeUnit.SECONDS));
            assertTrue(said.contains("ran: true\n"), said);
            assertTrue(said.endsWith("closed\n"), said);
        } finally {
            host.destroyForcibly();
        }
    }

    private Process startHost() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djdk.virtualThreadScheduler.parallelism=1",
                        "-Djdk.virtualThreadScheduler.maxPoolSize=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Host.class.getName(),
                        folder.resolve("frozen").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
