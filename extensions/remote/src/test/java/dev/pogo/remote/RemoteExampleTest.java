package dev.pogo.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pogo.Job;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.time.Duration;
import java.util.List;

/** Examples of the documentation. */
@ExtendWith(RedisExtension.class)
class RemoteExampleTest {
    /** A job. */
    public static final class Render implements Job<Integer, String> {
        @Override
        public String handle(Integer page) {
            return "page " + page;
        }
    }

    @Test
    void job_onAHost_returnsItsResult(RedisServer server) throws InterruptedException {
        String redis = server.url();
        // @start region="host"
        PogoConfig host =
                PogoConfig.defaults()
                        .withJobs(List.of(Render.class.getName()))
                        .withPool(
                                HostConfig.serving(
                                        PoolConfig.named("render").withNumThreads(8), "render"));
        try (JobHost running = JobHost.start(host, HostConfig.redis(redis))) {
            // @end
            assertEquals(1, running.stats().size());
            // @start region="workers"
            PogoConfig caller =
                    PogoConfig.defaults()
                            .withPool(
                                    PoolConfig.named("render")
                                            .withNumThreads(64)
                                            .withWorker(RemoteWorkers.redis(redis, "render")));
            try (PogoRuntime runtime = PogoRuntime.start(caller);
                    PogoScope scope = runtime.open(Duration.ofSeconds(20))) {
                String page = scope.spawn("render", Render.class, 7).await();
                // @end
                assertEquals("page 7", page);
            }
        }
    }

    @Test
    void job_configuredByFilesOnly_returnsItsResult(RedisServer server)
            throws InterruptedException {
        PogoConfig host =
                PogoConfig.parse(
                        """
                        { "host": { "redis": "%s" }, "jobs": ["dev.pogo.remote.*"],
                          "num_threads": 2,
                          "pools": { "render": { "num_threads": 8, "serves": "render" } } }
                        """
                                .formatted(server.url()));
        PogoConfig caller =
                PogoConfig.parse(
                        """
                        { "num_threads": 8,
                          "pools": { "render": { "num_threads": 64, "max_wait": "20s",
                                                 "worker": { "redis": "%s", "queue": "render" } } } }
                        """
                                .formatted(server.url()));
        try (JobHost running = JobHost.start(host);
                PogoRuntime runtime = PogoRuntime.start(caller);
                PogoScope scope = runtime.open(Duration.ofSeconds(20))) {
            assertEquals(
                    "page 7",
                    scope.spawn("render", Render.class, 7).await(),
                    () -> running.stats().toString());
        }
    }
}
