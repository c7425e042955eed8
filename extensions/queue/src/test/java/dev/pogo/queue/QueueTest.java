package dev.pogo.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PoolConfig;
import dev.pogo.queue.QueueJobs.Seen;
import dev.pogo.testing.Eventually;
import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The methods of a {@link PogoQueue}, and its end. */
@ExtendWith(RedisExtension.class)
class QueueTest {
    @Nested
    class InMemory extends Rules {
        InMemory() {
            super(MemoryBackend.defaults());
        }

        @Test
        void push_withoutAWorker_isRefused() throws Exception {
            PogoConfig pogo = PogoConfig.defaults();
            try (PogoQueue queue = PogoQueue.open(start(pogo), pogo, CONFIG)) {
                assertEquals(
                        PushResult.refused(
                                QueueCode.WORKER_UNAVAILABLE,
                                "queue mail is in memory and has no worker"),
                        queue.push("mail", 1));
                assertThrows(IllegalStateException.class, queue::consume);
            }
        }

        @Test
        void push_whenFull_isRefused() throws Exception {
            PogoConfig pogo = pogo(PoolConfig.named(POOL));
            QueueConfig config =
                    CONFIG.withBackend(MemoryBackend.defaults().withMaxMessages(1))
                            .withWorker(QueueJobs.Take.class.getName(), POOL);
            try (PogoQueue queue = PogoQueue.open(start(pogo), pogo, config)) {
                push(queue, 1);
                PushResult refused = queue.push("mail", 2);
                assertEquals(QueueCode.QUEUE_FULL, refused.code());
                assertTrue(refused.message().contains("at most 1"), refused::message);
            }
        }
    }

    @Nested
    class InRedis extends Rules {
        private final RedisServer server;

        InRedis(RedisServer server) {
            super(RedisBackend.at(server.url()));
            this.server = server;
        }

        @Test
        void push_withoutAWorker_isForOthers() throws Exception {
            PogoConfig pogo = PogoConfig.defaults();
            QueueConfig config = CONFIG.withBackend(backend);
            try (PogoQueue queue = PogoQueue.open(start(pogo), pogo, config)) {
                String id = push(queue, "x");
                assertThrows(IllegalStateException.class, queue::consume);
                consume(QueueJobs.Take.class, CONFIG);
                assertEquals(id, Seen.next().id());
            }
        }

        @Test
        void close_duringAJob_leavesItsMessageToTheNext() throws Exception {
            PogoQueue queue =
                    consume(
                            QueueJobs.Hold.class,
                            CONFIG.withShutdownTimeout(Duration.ofMillis(100)));
            String id = push(queue, "x");
            awaitStarted(1);
            queue.close();
            assertEquals(1, Seen.ENDED.get());
            assertEquals(1, counters(queue).returned.sum());
            PogoQueue next = consume(QueueJobs.Take.class, CONFIG);
            Delivery<?> delivery = Seen.next();
            assertEquals(id, delivery.id());
            assertEquals(1, delivery.attempt());
            awaitAcked(next, 1);
        }

        @Test
        void push_thatIsInterrupted_doesNotWaitForTheServer() throws Exception {
            PogoQueue queue = open(QueueJobs.Take.class, CONFIG);
            push(queue, 1);
            server.pause();
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            Thread pusher =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    queue.push("mail", 2);
                                    thrown.completeExceptionally(new AssertionError("pushed"));
                                } catch (Throwable e) {
                                    thrown.complete(e);
                                }
                            });
            Eventually.reached(() -> pusher.getState() == Thread.State.TIMED_WAITING);
            pusher.interrupt();
            Throwable e = thrown.get(2, TimeUnit.SECONDS);
            assertEquals(InterruptedException.class, e.getClass());
            server.resume();
        }

        @Test
        void job_inAWorkerProcess_receivesTheDeliveryThere() throws Exception {
            PogoConfig pogo =
                    PogoConfig.parse(
                            """
                            { "jobs": ["dev.pogo.queue.*"], "num_threads": 2,
                              "pools": { "work": { "num_threads": 1, "worker": { "jvm": true } } },
                              "queue": { "queues": ["mail"], "pool": "work", "max_attempts": 1,
                                         "worker": "dev.pogo.queue.QueueJobs$Fail",
                                         "backend": { "redis": { "url": "%s" } } } }
                            """
                                    .formatted(server.url()));
            try (PogoRuntime runtime = PogoRuntime.start(pogo);
                    PogoQueue queue = PogoQueue.open(runtime, pogo)) {
                queue.consume();
                push(queue, "hello");
                String reason = awaitLetter(queue).reason();
                assertTrue(reason.contains("hello in "), reason);
                assertFalse(reason.contains("hello in " + ProcessHandle.current().pid()), reason);
            }
        }
    }

    /** What holds for each backend. */
    abstract static class Rules extends QueueFixture {
        Rules(QueueBackend backend) {
            super(backend);
        }

        @Test
        void push_ofAsManyBytesAsAllowed_isAccepted_andOneMoreIsRefused() throws Exception {
            PogoQueue queue = open(QueueJobs.Take.class, CONFIG.withMaxPayloadBytes(10));
            push(queue, "\u20ac\u20ac78");
            assertEquals(
                    PushResult.refused(
                            QueueCode.PAYLOAD_TOO_LARGE,
                            "the payload has 11 bytes; queue mail takes at most 10"),
                    queue.push("mail", "123456789"));
            assertEquals(1, counts(queue).enqueued());
            assertEquals(10, counts(queue).maxPayloadBytes());
        }

        @Test
        void queue_thatDoesNotExist_isUnknown() throws Exception {
            PogoQueue queue = open(QueueJobs.Take.class, CONFIG.withQueues(List.of("a", "b")));
            assertEquals(
                    PushResult.refused(
                            QueueCode.QUEUE_UNKNOWN, "there is no queue mail; there is a, b"),
                    queue.push("mail", 1));
            assertEquals(QueueCode.QUEUE_UNKNOWN, queue.ack("mail", "1-1"));
            assertEquals(QueueCode.QUEUE_UNKNOWN, queue.release("mail", "1-1", Duration.ZERO));
            assertEquals(QueueCode.QUEUE_UNKNOWN, queue.fail("mail", "1-1", "no"));
            assertFalse(queue.status("mail").ready());
            assertTrue(queue.status("mail").queues().isEmpty());
            assertEquals(
                    QueueCode.QUEUE_UNKNOWN,
                    assertThrows(QueueException.class, () -> queue.failed("mail", 1)).code());
            assertEquals(
                    QueueCode.QUEUE_UNKNOWN,
                    assertThrows(QueueException.class, () -> queue.retryAll("mail")).code());
            assertThrows(
                    IllegalArgumentException.class,
                    () -> queue.release("a", "1-1", Duration.ofNanos(-1)));
            assertThrows(IllegalArgumentException.class, () -> queue.failed("a", 0));
            assertThrows(IllegalArgumentException.class, () -> queue.failed("a", 1_001));
            assertEquals(List.of(), queue.failed("a", 1_000));
        }

        @Test
        void consume_twice_isConsumingOnce() throws Exception {
            PogoQueue queue = consume(QueueJobs.Hold.class, CONFIG);
            queue.consume();
            push(queue, 1);
            push(queue, 2);
            awaitStarted(1);
            assertEquals(1, counts(queue).pending());
            Seen.HOLD.release(2);
            awaitAcked(queue, 2);
            assertEquals(1, Seen.MOST.get());
        }

        @Test
        void close_withoutConsumers_isQuick_andEndsEverything() throws Exception {
            PogoQueue queue = open(QueueJobs.Take.class, CONFIG);
            String id = push(queue, 1);
            long began = System.nanoTime();
            queue.close();
            queue.close();
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
            assertTrue(millis < 2_000, () -> millis + " ms");
            assertEquals(
                    PushResult.refused(QueueCode.SHUTTING_DOWN, "queue mail is being closed"),
                    queue.push("mail", 2));
            assertEquals(QueueCode.SHUTTING_DOWN, queue.ack("mail", id));
            assertEquals(QueueCode.SHUTTING_DOWN, queue.release("mail", id, Duration.ZERO));
            assertEquals(QueueCode.SHUTTING_DOWN, queue.fail("mail", id, "no"));
            assertEquals(
                    QueueCode.SHUTTING_DOWN,
                    assertThrows(QueueException.class, () -> queue.retry("mail", id)).code());
            QueueStatus status = queue.status();
            assertFalse(status.ready());
            QueueCounts counts = status.queues().get("mail");
            assertNotNull(counts);
            assertEquals(0, counts.pending());
            assertNull(status.queues().get("other"));
            assertThrows(IllegalStateException.class, queue::consume);
        }

        @Test
        void close_duringAJob_letsItEnd() throws Exception {
            PogoQueue queue = consume(QueueJobs.Hold.class, CONFIG);
            push(queue, 1);
            push(queue, 2);
            awaitStarted(1);
            List<Thread> closers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                closers.add(closing(queue));
            }
            Eventually.reached(() -> queue.push("mail", 3).code() == QueueCode.SHUTTING_DOWN);
            assertFalse(queue.status().ready());
            closers.forEach(Thread::interrupt);
            for (Thread closer : closers) {
                assertFalse(closer.join(Duration.ofMillis(100)));
            }
            assertEquals(0, Seen.ENDED.get());
            Seen.HOLD.release(2);
            for (Thread closer : closers) {
                assertTrue(closer.join(LONG));
            }
            assertEquals(1, Seen.STARTED.get(), "nothing more is reserved");
            assertEquals(1, Seen.DELIVERIES.size());
            assertEquals(1, counters(queue).succeeded.sum());
        }

        @Test
        void close_afterItsTimeout_cancelsTheJobsOfAllQueues() throws Exception {
            PogoQueue queue =
                    consume(
                            QueueJobs.Hold.class,
                            CONFIG.withQueues(List.of("mail", "b"))
                                    .withShutdownTimeout(Duration.ofMillis(100)));
            assertTrue(queue.push("mail", "stubborn").ok());
            assertTrue(queue.push("b", 1).ok());
            awaitStarted(2);
            Thread closer = closing(queue);
            Eventually.reached(() -> Seen.ENDED.get() == 1);
            Eventually.reached(() -> queue.queues().get(1).counters().returned.sum() == 1);
            assertFalse(closer.join(Duration.ofMillis(100)), "a job that ignores it holds it up");
            Seen.HOLD.release();
            assertTrue(closer.join(LONG));
            assertEquals(2, Seen.ENDED.get());
            assertEquals(0, counters(queue).failed.sum());
        }
    }
}
