package dev.pogo.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.Runtimes;

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
    }
}
