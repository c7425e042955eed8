package dev.pogo.benchmarks.remote;

import dev.pogo.remote.JobHost;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Job hosts that serve a queue, each in a JVM of its own. */
final class Fleet implements AutoCloseable {
    /** How many jobs may run at once in a host, and how many tasks in a pool of a caller. */
    static final int PERMITS = 256;

    private final String queue;
    private final String url;
    private final Path config;
    private final List<ChildJvm> hosts;

    private Fleet(String url, String queue, Path config, List<ChildJvm> hosts) {
        this.url = url;
        this.queue = queue;
        this.config = config;
        this.hosts = hosts;
    }

    /** Returns at once; requests wait until the hosts are there. */
    static Fleet start(String url, String queue, int hosts) {
        Path config = config(url, queue);
        List<String> options = List.of("-Dpogo.config=" + config);
        return new Fleet(
                url,
                queue,
                config,
                Stream.generate(() -> ChildJvm.start(Fleet.class, options)).limit(hosts).toList());
    }

    private static Path config(String url, String queue) {
        String json =
                """
                { "host": { "redis": "%s" }, "jobs": ["%s"], "num_threads": 2,
                  "pools": { "jobs": { "num_threads": %d, "serves": "%s" } } }
                """
                        .formatted(url, Echo.class.getName(), PERMITS, queue);
        try {
            return Files.writeString(Files.createTempFile("pogo-host", ".json"), json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A host.
     *
     * @param args none
     * @throws InterruptedException never
     */
    public static void main(String[] args) throws InterruptedException {
        ChildJvm.endWithParent();
        JobHost.main(args);
    }

    String url() {
        return url;
    }

    String queue() {
        return queue;
    }

    Set<Long> pids() {
        return hosts.stream().map(ChildJvm::pid).collect(Collectors.toSet());
    }

    @Override
    public void close() {
        hosts.forEach(ChildJvm::close);
        try {
            Files.delete(config);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
