package dev.pogo.queue;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.queue.FaultJob.How;
import dev.pogo.queue.FaultJob.Work;
import dev.pogo.testing.Eventually;

import java.util.List;

/**
 * The program of a consumer that has done a message in memory before it consumes others, so that
 * the first of them does not take longer while classes are loaded.
 */
final class WarmConsumer {
    private static final String QUEUE = "warm";

    private WarmConsumer() {}

    public static void main(String[] args) throws Exception {
        PogoConfig config = PogoConfig.defaults().withJobs(List.of("dev.pogo.queue.*"));
        QueueConfig queue =
                QueueConfig.defaults()
                        .withBackend(MemoryBackend.defaults())
                        .withQueues(List.of(QUEUE))
                        .withReserveTimeout(QueueConfig.SHORTEST_TIMEOUT)
                        .withWorker(FaultJob.class.getName(), PogoConfig.DEFAULT_POOL);
        try (PogoRuntime runtime = PogoRuntime.start(config);
                PogoQueue warm = PogoQueue.open(runtime, config, queue)) {
            warm.consume();
            warm.push(QUEUE, new Work(FaultJob.WARM, How.SLEEP, 0));
            Eventually.reached(() -> FaultQueue.counts(warm, QUEUE).acked() == 1);
        }
        PogoQueue.main(args);
    }
}
