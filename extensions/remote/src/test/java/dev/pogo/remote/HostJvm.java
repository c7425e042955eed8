package dev.pogo.remote;

import dev.pogo.testing.ChildJvm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Starts job hosts in processes of their own. */
final class HostJvm {
    private HostJvm() {}

    /** Starts a host whose pool serves the queue of a fleet. */
    static ChildJvm start(String url, String name, int threads) {
        return start(List.of(), url, name, threads);
    }

    static ChildJvm start(List<String> prefix, String url, String name, int threads) {
        return start(prefix, List.of(), url, name, threads, Fleet.BEAT);
    }

    static ChildJvm start(
            List<String> prefix,
            List<String> options,
            String url,
            String name,
            int threads,
            Duration heartbeat) {
        try {
            Path config = Files.createTempFile("pogo", ".json");
            config.toFile().deleteOnExit();
            Files.writeString(
                    config,
                    """
                    { "host": { "redis": "%s", "name": "%s", "heartbeat": "%dms" },
                      "jobs": ["dev.pogo.remote.*"], "num_threads": 2,
                      "pools": { "work": { "num_threads": %d, "serves": "%s" } } }
                    """
                            .formatted(url, name, heartbeat.toMillis(), threads, Fleet.QUEUE));
            List<String> all = new ArrayList<>(options);
            all.add("-Dpogo.config=" + config);
            all.add("-Dtest.redis=" + url);
            return ChildJvm.start(prefix, all, JobHost.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
