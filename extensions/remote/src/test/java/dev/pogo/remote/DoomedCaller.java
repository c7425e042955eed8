package dev.pogo.remote;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Program that spawns a job and waits for it, until it is killed. */
final class DoomedCaller {
    private DoomedCaller() {}

    /** Spawns the job with the name that is the second argument; the first one is the server. */
    public static void main(String[] args) throws InterruptedException {
        PogoConfig config =
                PogoConfig.defaults()
                        .withJobs(List.of(args[1]))
                        .withPool(
                                PoolConfig.named(Fleet.POOL)
                                        .withWorker(
                                                RemoteWorkers.redis(args[0], Fleet.QUEUE)
                                                        .withHeartbeat(Fleet.BEAT)));
        try (PogoRuntime runtime = PogoRuntime.start(config);
                PogoScope scope = runtime.open()) {
            scope.spawn(Fleet.POOL, args[1], Map.of("number", 1, "millis", 120_000))
                    .await(Duration.ofMinutes(5));
        }
    }
}
