package dev.pogo.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.Pool;
import dev.pogo.PoolConfig;
import dev.pogo.engine.Runtimes;

import org.junit.jupiter.api.Test;

import java.time.Duration;

/** The example of the Javadoc. */
class ProcessExampleTest {
    @Test
    void workers_example_works() throws InterruptedException {
        // @start region="workers"
        ProcessWorkers workers =
                ProcessWorkers.jvm().withMaxWorkers(2).withJobTimeout(Duration.ofSeconds(30));
        PogoConfig config =
                PogoConfig.defaults().withPool(PoolConfig.named("render").withWorker(workers));
        // @end
        PogoRuntime runtime = Runtimes.start(config);
        try (PogoScope scope = runtime.open()) {
            assertEquals(
                    "a", scope.spawn("render", RemoteJobs.Echo.class, "a").await(Workers.LONG));
        }
        // @start region="stats"
        ProcessWorkerStats stats = ProcessWorkers.stats(runtime.pool("render"));
        long crashes = stats.restarts().getOrDefault(RestartCause.CRASHED, 0L);
        // @end
        assertEquals(0, crashes);
        assertEquals(1, stats.jobs());
        assertTrue(ProcessWorkers.isUsedBy(runtime.pool("render")));
        Pool threads = runtime.pool("default");
        assertFalse(ProcessWorkers.isUsedBy(threads));
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> ProcessWorkers.stats(threads));
        assertEquals("pool default has no worker processes", e.getMessage());
    }
}
