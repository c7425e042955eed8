package dev.pogo.queue;

import dev.pogo.testing.ChildJvm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Starts consumers in processes of their own, whose job is {@link FaultJob}. */
final class QueueJvm {
    private QueueJvm() {}

    /**
     * Starts a consumer.
     *
     * @param directives those of the queue, as JSON, besides backend and worker
     */
    static ChildJvm start(String url, String name, String directives) {
        try {
            Path config = Files.createTempFile("pogo", ".json");
            config.toFile().deleteOnExit();
            Files.writeString(
                    config,
                    """
                    { "queue": { "backend": { "redis": { "url": "%s", "consumer": "%s" } },
                                 "worker": "%s", "queues": ["%s"], %s },
                      "jobs": ["dev.pogo.queue.*"], "num_threads": 16 }
                    """
                            .formatted(
                                    url,
                                    name,
                                    FaultJob.class.getName(),
                                    FaultQueue.NAME,
                                    directives));
            return ChildJvm.start(
                    List.of(),
                    List.of(
                            "-Dpogo.config=" + config,
                            "-D" + FaultJob.SERVER + "=" + url,
                            "-D" + FaultJob.CONSUMER + "=" + name),
                    WarmConsumer.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
