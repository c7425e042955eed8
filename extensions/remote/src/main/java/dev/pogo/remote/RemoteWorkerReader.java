package dev.pogo.remote;

import dev.pogo.PoolConfig;
import dev.pogo.Worker;
import dev.pogo.redis.RedisAddress;
import dev.pogo.spi.Directives;
import dev.pogo.spi.WorkerReader;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;

/** Reads a pool's directive {@code worker} if it names a Redis server. For the service loader. */
public final class RemoteWorkerReader implements WorkerReader {
    /** For the service loader. */
    public RemoteWorkerReader() {}

    @Override
    public Set<String> kinds() {
        return Set.of("redis");
    }

    @Override
    public Worker read(Directives directives, PoolConfig pool) {
        Objects.requireNonNull(directives, "directives");
        Objects.requireNonNull(pool, "pool");
        directives.ensureKnown(
                Set.of("redis", "queue", "claim_timeout", "heartbeat", "max_payload"));
        RedisAddress redis = RedisAddress.read(directives, "redis");
        String queue = directives.text("queue");
        if (queue == null) {
            throw directives.refuse("has no queue, like \"queue\": \"" + pool.name() + '"');
        }
        if (!Checks.isQueue(queue)) {
            throw directives.refuse("queue", Checks.NO_QUEUE);
        }
        return new RemoteWorkers(
                redis,
                queue,
                directives.duration("claim_timeout"),
                heartbeat(directives),
                payload(directives));
    }

    static Duration heartbeat(Directives directives) {
        Duration given = directives.duration("heartbeat");
        if (given != null && !Checks.isHeartbeat(given)) {
            throw directives.refuse("heartbeat", Checks.NO_HEARTBEAT);
        }
        return given == null ? Heartbeat.DEFAULT : given;
    }

    static long payload(Directives directives) {
        long bytes = directives.bytes("max_payload", Checks.DEFAULT_PAYLOAD);
        if (!Checks.isPayload(bytes)) {
            throw directives.refuse("max_payload", Checks.NO_PAYLOAD);
        }
        return bytes;
    }
}
