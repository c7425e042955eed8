package dev.pogo.samples.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pogo.Job;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PoolConfig;
import dev.pogo.queue.DeadLetter;
import dev.pogo.queue.Delivery;
import dev.pogo.queue.PogoQueue;
import dev.pogo.queue.QueueConfig;
import dev.pogo.queue.RedisBackend;
import dev.pogo.remote.HostConfig;
import dev.pogo.remote.HostStats;
import dev.pogo.remote.JobHost;
import dev.pogo.remote.RemoteWorkers;
import dev.pogo.testing.NothingIsLeftBehind;
import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A queue whose deliveries run on a job host. */
@Timeout(60)
@ExtendWith({RedisExtension.class, NothingIsLeftBehind.class})
class RemoteDeliveryTest {
    private static final BlockingQueue<Delivery<Integer>> HANDLED = new LinkedBlockingQueue<>();

    /** Notes what it gets; hangs if that is 0. */
    public static final class Note implements Job<Delivery<Integer>, @Nullable Void> {
        @Override
        public @Nullable Void handle(Delivery<Integer> delivery) throws InterruptedException {
            HANDLED.add(delivery);
            if (delivery.payload() == 0) {
                new CountDownLatch(1).await();
            }
            return null;
        }
    }

    private static PogoConfig config(PoolConfig pool) {
        return PogoConfig.defaults().withJobs(List.of(Note.class.getName())).withPool(pool);
    }

    private static JobHost host(RedisServer server) {
        PoolConfig serving =
                HostConfig.serving(PoolConfig.named("here").withNumThreads(4), "notes");
        return JobHost.start(config(serving), HostConfig.redis(server.url()));
    }

    @Test
    void deliveries_whosePoolHasHosts_runThereUnderTheSameRules(RedisServer server)
            throws InterruptedException {
        PogoConfig there =
                config(
                        PoolConfig.named("there")
                                .withNumThreads(4)
                                .withWorker(RemoteWorkers.redis(server.url(), "notes")));
        QueueConfig queue =
                QueueConfig.defaults()
                        .withBackend(RedisBackend.at(server.url()))
                        .withWorker(Note.class.getName(), "there")
                        .withConcurrency(4)
                        .withVisibilityTimeout(Duration.ofSeconds(2))
                        .withMaxAttempts(1);
        try (JobHost host = host(server);
                PogoRuntime runtime = PogoRuntime.start(there);
                PogoQueue queues = PogoQueue.open(runtime, there, queue)) {
            queues.consume();
            String id = queues.push("default", 17).id();
            Delivery<Integer> delivery = HANDLED.poll(20, TimeUnit.SECONDS);
            assertEquals(id, delivery.id());
            assertEquals(17, delivery.payload());
            assertEquals(1, delivery.attempt());
            String hanging = queues.push("default", 0).id();
            assertEquals(0, HANDLED.poll(20, TimeUnit.SECONDS).payload());
            List<DeadLetter> dead = List.of();
            while (dead.isEmpty()) { // the timeout of the class is the bound
                dead = queues.failed("default", 1);
            }
            assertEquals(hanging, dead.getFirst().id());
            assertEquals(
                    "did not end within its visibility timeout, 2 s", dead.getFirst().reason());
            HostStats stats = host.stats().getFirst();
            assertEquals(2, stats.claimed());
            assertEquals(0, stats.running()); // it was cancelled there
        }
    }
}
