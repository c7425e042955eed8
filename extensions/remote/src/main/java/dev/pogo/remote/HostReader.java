package dev.pogo.remote;

import dev.pogo.redis.ProcessName;
import dev.pogo.redis.RedisAddress;
import dev.pogo.spi.Directives;
import dev.pogo.spi.SectionReader;

import java.time.Duration;
import java.util.Set;

/** Reads the section {@code host} of the configuration. For the service loader. */
public final class HostReader implements SectionReader {
    static final String NAME = "host";

    /** For the service loader. */
    public HostReader() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Object read(Directives directives) {
        directives.ensureKnown(
                Set.of("redis", "name", "heartbeat", "max_payload", "shutdown_timeout"));
        HostConfig config =
                new HostConfig(
                        RedisAddress.read(directives, "redis"),
                        ProcessName.machine(),
                        RemoteWorkerReader.heartbeat(directives),
                        RemoteWorkerReader.payload(directives),
                        HostConfig.DEFAULT_SHUTDOWN);
        String name = directives.text("name");
        if (name != null) {
            if (!HostConfig.isName(name)) {
                throw directives.refuse("name", HostConfig.NO_NAME);
            }
            config = config.withName(name);
        }
        Duration shutdown = directives.duration("shutdown_timeout");
        return shutdown == null ? config : config.withShutdownTimeout(shutdown);
    }
}
