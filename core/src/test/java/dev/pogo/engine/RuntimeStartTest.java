package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;

import dev.pogo.FailingLog;
import dev.pogo.Logs;
import dev.pogo.Pogo;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.ThreadKind;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;

/** What a runtime logs when it starts. */
class RuntimeStartTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(PogoRuntime.class);

    @BeforeEach
    void show() {
        logger.setLevel(Level.INFO);
    }

    @AfterEach
    void hide() {
        logger.setLevel(Level.WARN);
    }

    @Test
    void start_pools_areLoggedInOneLine() {
        PogoConfig config =
                PogoConfig.parse("{\"num_threads\": 8, \"max_wait\": \"1m30s\"}")
                        .withPool(
                                PoolConfig.named("cpu")
                                        .withNumThreads(4)
                                        .withMaxWait(Duration.ofMillis(60_250))
                                        .withThreads(ThreadKind.PLATFORM))
                        .withPool(PoolConfig.named("{}").withNumThreads(1));
        try (Logs logs = new Logs(Level.INFO)) {
            Runtimes.start(config);
            assertEquals(
                    List.of(
                            "Pogo "
                                    + Pogo.version()
                                    + " started with JSON text: default 8 threads, max_wait 1m30s;"
                                    + " cpu 4 platform threads, max_wait 1m250ms;"
                                    + " {} 1 thread, max_wait 30s"),
                    logs.messages());
        }
    }

    @Test
    void start_logFails_startsAllTheSame() throws InterruptedException {
        try (FailingLog log = new FailingLog(new NoClassDefFoundError("no log"), Level.INFO)) {
            try (PogoScope scope = Runtimes.ofSize(1).open()) {
                assertEquals(1, scope.spawn(() -> 1).await());
            }
            assertEquals(1, log.refused().size());
        }
    }
}
