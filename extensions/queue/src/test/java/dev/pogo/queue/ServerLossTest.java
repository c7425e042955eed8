package dev.pogo.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.queue.FaultJob.How;
import dev.pogo.queue.FaultJob.Work;
import dev.pogo.testing.Eventually;
import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/** A server that is killed, restarted or stopped, or refuses writes. */
@ExtendWith(RedisExtension.class)
class ServerLossTest {
    /** Longer than any test: what is delivered twice is not so because of it. */
    private static final Duration LONG = Duration.ofMinutes(2);

    /** How long a call may wait for a server that does not answer. */
    private static final Duration BOUND = Duration.ofSeconds(15);

    private static final String SECRET = "swordfish";

    private static final long HELD = -1;
    private static final int MESSAGES = 300;

    /** Has written what it has answered, so that it loses nothing when it is killed. */
    private final RedisServer server;

    private final FaultQueue queue;

    /** The other server only ensures that there is one. */
    ServerLossTest(RedisServer other) {
        assertTrue(other.port() > 0);
        server = RedisServer.start("--appendonly", "yes", "--appendfsync", "always");
        queue = new FaultQueue(server.url());
        HeldJob.reset();
    }

    @AfterEach
    void close() {
        HeldJob.HOLD.release(MESSAGES);
        queue.close();
        server.close();
    }

    private PogoQueue consumer(String name) {
        return consumer(name, 4);
    }

    private PogoQueue consumer(String name, int concurrency) {
        return queue.consumer(
                name,
                config ->
                        config.withConcurrency(concurrency)
                                .withVisibilityTimeout(LONG)
                                .withRetryDelay(Duration.ofMillis(10), Duration.ofMillis(100)));
    }

    private void pushAll(long millis) throws InterruptedException {
        for (int number = 0; number < MESSAGES; number++) {
            queue.push(number, How.SLEEP, millis);
        }
    }

    private static void awaitEnded(int deliveries) throws Exception {
        Eventually.reached(() -> HeldJob.ENDED.size() >= deliveries, HeldJob.ENDED::size);
    }

    private void assertAllAcked(long messages) throws InterruptedException {
        QueueCounts counts = queue.counts();
        assertEquals(messages, counts.enqueued());
        assertEquals(messages, counts.acked());
        assertEquals(0, counts.failed());
        for (int number = 0; number < messages; number++) {
            assertTrue(HeldJob.begun(number) >= 1, "message " + number + " is lost");
        }
    }

    private static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        long left;
        while ((left = end - System.nanoTime()) > 0) {
            LockSupport.parkNanos(left);
        }
    }

    /** Calls something that must return in time, though the server does not answer. */
    private static <T> T timed(Callable<T> call) throws Exception {
        long began = System.nanoTime();
        T value = call.call();
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        assertTrue(took.compareTo(BOUND) <= 0, () -> "took " + took);
        return value;
    }

    @Test
    void server_killedWhileConsumersWork_losesNothing() throws Exception {
        for (String name : new String[] {"one", "two"}) {
            queue.consumer(
                    name,
                    config ->
                            config.withConcurrency(4).withVisibilityTimeout(Duration.ofSeconds(5)));
        }
        pushAll(5);
        awaitEnded(MESSAGES / 5);
        server.restart();
        awaitEnded(MESSAGES / 2);
        server.restart();
        queue.awaitAcked(MESSAGES);
        assertAllAcked(MESSAGES);
    }

    @Test
    void server_restartedBetweenPushAndDelivery_losesNothing() throws Exception {
        pushAll(0);
        assertTrue(
                queue.pusher()
                        .push(
                                FaultQueue.NAME,
                                new Work(MESSAGES, How.SLEEP, 0),
                                Duration.ofMillis(500))
                        .ok());
        server.restart();
        consumer("one");
        queue.awaitAcked(MESSAGES + 1);
        assertAllAcked(MESSAGES + 1);
        assertEquals(MESSAGES + 1, HeldJob.BEGUN.size());
    }

    @Test
    void server_awayWhileAJobEnds_isToldTheResultWhenItIsBack() throws Exception {
        PogoQueue consumer = consumer("one");
        queue.push(0, How.SLEEP, HELD);
        Eventually.reached(() -> HeldJob.begun(0) == 1);
        server.kill();
        HeldJob.HOLD.release();
        awaitEnded(1);
        pause(Duration.ofSeconds(10));
        server.restart();
        queue.awaitAcked(1);
        assertAllAcked(1);
        assertEquals(1, HeldJob.BEGUN.size());
        assertTrue(FaultQueue.counts(consumer).backendErrors() > 0);
        queue.push(1, How.SLEEP, 0);
        queue.awaitAcked(2);
    }

    @Test
    void server_stoppedWhileConsumersWork_doublesNothing() throws Exception {
        consumer("one");
        consumer("two");
        pushAll(5);
        awaitEnded(MESSAGES / 5);
        server.pause();
        pause(Duration.ofMillis(1_500));
        server.resume();
        queue.awaitAcked(MESSAGES);
        assertAllAcked(MESSAGES);
        assertEquals(MESSAGES, HeldJob.BEGUN.size());
        assertEquals(0, queue.counts().released());
    }

    @Test
    void push_serverKilled_isABackendFailureInTime() throws Exception {
        try (RedisServer guarded = RedisServer.start("--requirepass", SECRET);
                FaultQueue known = guardedQueue(guarded)) {
            guarded.kill();
            assertRefused(known, guarded);
        }
    }

    /** A queue that has been used, at a server that demands a password. */
    private static FaultQueue guardedQueue(RedisServer guarded) throws InterruptedException {
        FaultQueue known = new FaultQueue("redis://:" + SECRET + "@127.0.0.1:" + guarded.port());
        known.push(1, How.SLEEP, 0);
        return known;
    }

    private static void assertRefused(FaultQueue known, RedisServer guarded) throws Exception {
        for (int i = 0; i < 2; i++) {
            PushResult result = timed(() -> known.pusher().push(FaultQueue.NAME, "x"));
            assertFalse(result.ok());
            assertEquals(QueueCode.BACKEND_FAILURE, result.code());
            assertTrue(result.message().contains("127.0.0.1:" + guarded.port()), result::message);
            assertFalse(result.message().contains(SECRET), result::message);
        }
    }

    @Test
    void status_serverKilled_isNotReadyAndCountsErrors() throws Exception {
        queue.push(1, How.SLEEP, 0);
        assertTrue(queue.pusher().status().ready());
        server.kill();
        assertNotReady(queue.pusher());
        server.restart();
        Eventually.reached(() -> queue.pusher().status().ready());
        assertEquals(1, queue.counts().pending());
    }

    private static void assertNotReady(PogoQueue asked) throws Exception {
        QueueStatus away = timed(asked::status);
        assertFalse(away.ready());
        QueueCounts known = away.queues().values().iterator().next();
        assertTrue(known.backendErrors() >= 1, away::toString);
        assertEquals(0, known.pending());
    }

    @Test
    void close_serverKilled_returnsInTime() throws Exception {
        PogoQueue consumer = held();
        server.kill();
        assertClosedInTime(consumer);
        assertEquals(0, HeldJob.ENDED.size());
    }

    /** A consumer with a job that does not end by itself, and that may take a second to close. */
    private PogoQueue held() throws Exception {
        PogoQueue consumer =
                queue.consumer(
                        "one",
                        config ->
                                config.withShutdownTimeout(Duration.ofSeconds(1))
                                        .withVisibilityTimeout(LONG));
        queue.push(0, How.SLEEP, HELD);
        Eventually.reached(() -> HeldJob.begun(0) == 1);
        return consumer;
    }

    private static void assertClosedInTime(PogoQueue closed) throws Exception {
        timed(() -> {
            closed.close();
            return true;
        });
    }

    /** All at once, since each of them waits for some seconds. */
    @Test
    void calls_serverStopped_returnInTime() throws Exception {
        PogoQueue consumer = held();
        PogoQueue many =
                queue.consumer(
                        "many",
                        config ->
                                config.withQueues(List.of("a", "b", "c", "d"))
                                        .withShutdownTimeout(Duration.ofSeconds(1)));
        Eventually.reached(() -> queue.notes().waiting() == 4);
        queue.push(1, How.SLEEP, 0);
        try (RedisServer guarded = RedisServer.start("--requirepass", SECRET);
                FaultQueue known = guardedQueue(guarded)) {
            server.pause();
            guarded.pause();
            together(
                    () -> assertRefused(known, guarded),
                    () -> assertNotReady(queue.pusher()),
                    () -> assertClosedInTime(consumer),
                    () -> {
                        assertNotReady(many);
                        assertClosedInTime(many);
                    });
        }
        assertEquals(0, HeldJob.ENDED.size());
        server.resume();
        Eventually.reached(() -> queue.pusher().status().ready());
        QueueCounts counts = queue.counts();
        assertEquals(2, counts.pending() + counts.reserved(), counts::toString);
    }

    /** What a test does. */
    private interface Step {
        void run() throws Exception;
    }

    private static void together(Step... steps) throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> results = new ArrayList<>();
            for (Step step : steps) {
                results.add(
                        executor.submit(() -> {
                            step.run();
                            return true;
                        }));
            }
            for (Future<?> each : results) {
                each.get();
            }
        }
    }

    @Test
    void server_refusesWritesForLackOfReplicas_isReportedAndToldLater() throws Exception {
        PogoQueue consumer = consumer("one");
        queue.push(0, How.SLEEP, HELD);
        Eventually.reached(() -> HeldJob.begun(0) == 1);
        queue.notes().configure("min-replicas-to-write", "1");
        PushResult refused = queue.pusher().push(FaultQueue.NAME, "x");
        assertEquals(QueueCode.BACKEND_FAILURE, refused.code());
        assertTrue(refused.message().contains("NOREPLICAS"), refused::message);
        long before = FaultQueue.counts(consumer).backendErrors();
        HeldJob.HOLD.release();
        // What could not be told is told again.
        Eventually.reached(() -> FaultQueue.counts(consumer).backendErrors() >= before + 2);
        queue.notes().configure("min-replicas-to-write", "0");
        queue.awaitAcked(1);
        assertAllAcked(1);
        assertEquals(1, HeldJob.BEGUN.size());
    }

    @Test
    void server_fullMemory_refusesPushesAndStillDelivers() throws Exception {
        PogoQueue first = consumer("first");
        Eventually.reached(() -> queue.notes().waiting() == 1);
        first.close();
        pushAll(0);
        queue.notes().configure("maxmemory", "1");
        PushResult refused = queue.pusher().push(FaultQueue.NAME, "x");
        assertEquals(QueueCode.BACKEND_FAILURE, refused.code());
        assertTrue(refused.message().contains("OOM"), refused::message);
        consumer("one");
        queue.awaitAcked(MESSAGES);
        assertAllAcked(MESSAGES);
    }

    @Test
    void job_thatIgnoresItsEnd_isDoneElsewhereAndChangesNothingAfterwards() throws Exception {
        Duration visibility = Duration.ofMillis(300);
        PogoQueue stuck = queue.consumer("stuck", c -> c.withVisibilityTimeout(visibility));
        queue.push(0, How.DEAF, HELD);
        Eventually.reached(() -> HeldJob.begun(0) == 1);
        PogoQueue other = queue.consumer("other", c -> c.withVisibilityTimeout(visibility));
        queue.awaitAcked(1);
        assertEquals(2, HeldJob.BEGUN.size());
        assertEquals(2, HeldJob.BEGUN.get(1).attempt());
        assertEquals(1, HeldJob.ENDED.size());
        HeldJob.HOLD.release();
        awaitEnded(2);
        other.close();
        queue.push(1, How.SLEEP, 0);
        queue.awaitAcked(2);
        assertAllAcked(2);
        assertEquals(1, queue.counts().released());
        assertEquals(0, FaultQueue.counts(stuck).failed());
    }
}
