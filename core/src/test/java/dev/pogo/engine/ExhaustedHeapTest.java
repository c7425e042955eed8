package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;

import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.ThreadKind;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Tasks that use up all memory of their process: every scope can be closed all the same. */
class ExhaustedHeapTest {
    private static final int ROUNDS = 12;
    private static final int TASKS = 200;

    /**
     * The process with little memory. Its tasks run on platform threads: a virtual one, for which
     * the JDK has no memory as it yields, may be left in between for good.
     */
    static final class Program {
        private static final int CHUNK = 10_000;

        /** Said at once, for there is no memory to make a text later. */
        private static final byte[] CLOSED = {'.'};

        private static final byte[] FAILED = {'!'};

        private Program() {}

        public static void main(String[] args) {
            PogoRuntimeImpl runtime =
                    PogoRuntimeImpl.start(
                            PogoConfig.defaults()
                                    .withPool(
                                            PoolConfig.named("default")
                                                    .withNumThreads(TASKS)
                                                    .withThreads(ThreadKind.PLATFORM)));
            for (int i = 0; i < ROUNDS; i++) {
                PogoScopeImpl scope = runtime.open(ofMillis(50 + 10 * i));
                try {
                    use(scope);
                } catch (Throwable e) {
                    // of the spawn, of the await or of the timeout
                }
                close(scope);
            }
            PoolImpl pool = runtime.pool("default");
            runtime.close();
            System.out.println("left: " + pool.load().running() + ", " + runtime);
            System.exit(0);
        }

        private static void close(PogoScopeImpl scope) {
            try {
                scope.close();
                System.out.write(CLOSED, 0, 1);
            } catch (Throwable e) {
                System.out.write(FAILED, 0, 1);
                scope.close();
            }
        }

        private static void use(PogoScopeImpl scope) throws InterruptedException {
            for (int i = 0; i < TASKS; i++) {
                boolean hooked = i % 2 == 0;
                scope.spawn(() -> {
                    if (hooked) {
                        TaskImpl.current().onCancel(Program::exhaust);
                    }
                    return exhaust();
                });
            }
            scope.settle(ofMillis(40));
        }

        /** Holds on to all that it gets, until it is interrupted or for a while. */
        private static int exhaust() {
            List<byte[]> taken = new ArrayList<>(1);
            long began = System.nanoTime();
            while (!Thread.interrupted()
                    && System.nanoTime() - began < TimeUnit.MILLISECONDS.toNanos(150)) {
                try {
                    taken.add(new byte[CHUNK]);
                } catch (OutOfMemoryError e) {
                    Thread.yield();
                }
            }
            return taken.size();
        }
    }

    @Test
    void close_heapIsExhausted_alwaysReturns() throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx40m",
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Program.class.getName())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "a close does not return");
            byte[] said = process.getInputStream().readAllBytes();
            String text = new String(said, StandardCharsets.UTF_8);
            assertEquals(0, process.exitValue(), text);
            assertTrue(
                    text.endsWith(
                            "left: 0, PogoRuntime[closed, 0 busy scopes, 0 armed timers, "
                                    + "[Pool[default: 0 of "
                                    + TASKS
                                    + " running, 0 waiting]]]\n"),
                    text);
        } finally {
            process.destroyForcibly();
        }
    }
}
