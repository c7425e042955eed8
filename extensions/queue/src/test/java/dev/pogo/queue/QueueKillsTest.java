package dev.pogo.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.queue.FaultJob.How;
import dev.pogo.queue.FaultJob.Note;
import dev.pogo.queue.FaultJob.Work;
import dev.pogo.testing.ChildJvm;
import dev.pogo.testing.Eventually;
import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Many messages over three consumers, which are killed at random and replaced, and over one restart
 * of the server. No message is lost, and none is delivered twice but for a reason.
 *
 * <p>Each delivery notes when it begins and when it ends, and where. A message that begins again
 * was not settled while its earlier reservation lasted, or its job had failed, which these jobs do
 * not. So for each delivery but the last one of a message there must be a fault that kept it from
 * being settled: its consumer was killed, or the server was away, at some moment between its begin
 * and the end of its reservation. Consumers have names of their own, and a reservation lasts for
 * seconds only. A fault explains few deliveries: those that the consumer had then, and those that
 * anybody had when the server was away. Their number is checked as well, since many deliveries have
 * begun within the seconds before a fault. What was reserved for a consumer that has died before it
 * began is no duplicate.
 *
 * <p>The system properties {@code pogo.kills.messages} and {@code pogo.kills.seed} set the number
 * of messages and what is random. If the first one is set, the figures are printed.
 */
@ExtendWith(RedisExtension.class)
class QueueKillsTest {
    private static final int MESSAGES = Integer.getInteger("pogo.kills.messages", 3_000);
    private static final long SEED = Long.getLong("pogo.kills.seed", System.nanoTime());

    private static final int CONSUMERS = 3;
    private static final int CONCURRENCY = 8;

    /**
     * How many deliveries a consumer has that are not settled: those that run, and as many that
     * have ended.
     */
    private static final int UNSETTLED = 2 * CONCURRENCY;

    private static final int KILLS = 5 + MESSAGES / 2_500;
    private static final int PUSHERS = 16;
    private static final int STEP = 500;

    /** A job takes less than this many ms. */
    private static final int LONGEST_JOB = 10;

    private static final String DIRECTIVES =
            "\"concurrency\": "
                    + CONCURRENCY
                    + ", \"visibility_timeout\": \"10s\", \"max_attempts\": 100";

    /** How long a reservation may last: 11 seconds, and until lost ones are looked for. */
    private static final long LASTS_MILLIS = 12_000;

    private static final Duration REMEMBERED = Duration.ofHours(1);

    private final Random random = new Random(SEED);
    private final List<Fault> faults = new ArrayList<>();
    private final List<Running> consumers = new ArrayList<>();
    private int started;
    private int awaited;

    /** A consumer that has not been killed. */
    private record Running(String name, ChildJvm jvm) {}

    /**
     * What may have kept deliveries from being settled.
     *
     * @param consumer the one that was killed, or empty for the server
     * @param from since when, in ms since 1970
     * @param to until when
     */
    private record Fault(String consumer, long from, long to) {
        boolean explains(Note delivery) {
            return (consumer.isEmpty() || consumer.equals(delivery.consumer()))
                    && delivery.millis() <= to
                    && delivery.millis() >= from - LASTS_MILLIS;
        }
    }

    /**
     * What was delivered more than once.
     *
     * @param begun how often a message has begun again
     * @param done how often a message was done again
     * @param byServer how many of {@code begun} nothing but the server explains
     */
    private record Duplicates(int begun, int done, int byServer) {
        /** A fault does not explain more deliveries than were not settled when it happened. */
        void assertFew() {
            assertTrue(byServer <= CONSUMERS * UNSETTLED, () -> seed() + this);
            assertTrue(begun - byServer <= KILLS * UNSETTLED, () -> seed() + this);
        }
    }

    @Test
    @Timeout(900)
    void messages_whileConsumersAndServerAreKilled_areDoneAndTwiceOnlyForAReason(RedisServer other)
            throws Exception {
        assertTrue(other.port() > 0); // or the test is skipped
        long began = System.nanoTime();
        try (RedisServer server =
                        RedisServer.start("--appendonly", "yes", "--appendfsync", "always");
                FaultQueue queue = new FaultQueue(server.url())) {
            for (int i = 0; i < CONSUMERS; i++) {
                start(queue);
            }
            Set<String> ids = ConcurrentHashMap.newKeySet();
            List<Thread> pushing = push(queue.pusher(), ids);
            inject(server, queue);
            for (Thread thread : pushing) {
                thread.join();
            }
            awaitBegun(queue, MESSAGES);
            queue.awaitAcked(MESSAGES);
            double seconds = (System.nanoTime() - began) / 1e9;
            consumers.forEach(consumer -> consumer.jvm().end());
            assertEquals(MESSAGES, ids.size(), QueueKillsTest::seed);
            assertEquals(KILLS + 1, faults.size());
            assertSettled(queue);
            Duplicates duplicates = explain(queue);
            duplicates.assertFew();
            if (System.getProperty("pogo.kills.messages") != null) {
                System.out.printf(
                        "%s%d messages in %.1f s, %d kills, begun again %d (%d of them by the"
                                + " server), done again %d, %s%n",
                        seed(),
                        MESSAGES,
                        seconds,
                        KILLS,
                        duplicates.begun(),
                        duplicates.byServer(),
                        duplicates.done(),
                        queue.counts());
            }
        }
    }

    private void start(FaultQueue queue) {
        String name = "c" + started++;
        consumers.add(new Running(name, queue.child(name, DIRECTIVES)));
    }

    /** Pushes each message until that has succeeded. */
    private List<Thread> push(PogoQueue queue, Set<String> ids) {
        AtomicInteger next = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < PUSHERS; i++) {
            threads.add(
                    Thread.startVirtualThread(() -> {
                        int number;
                        while ((number = next.getAndIncrement()) < MESSAGES) {
                            push(queue, number, ids);
                        }
                    }));
        }
        return threads;
    }

    private static void push(PogoQueue queue, int number, Set<String> ids) {
        Work work = new Work(number, How.SLEEP, number % LONGEST_JOB);
        PushOptions once = PushOptions.none().withKey("m" + number, REMEMBERED);
        try {
            PushResult result;
            do {
                result = queue.push(FaultQueue.NAME, work, once);
            } while (result.code() == QueueCode.BACKEND_FAILURE);
            ids.add(String.valueOf(result.id()));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Kills after so many deliveries each. In the middle, it is the server's turn. */
    private void inject(RedisServer server, FaultQueue queue) throws Exception {
        List<Integer> moments = new ArrayList<>();
        for (int i = 0; i <= KILLS; i++) {
            moments.add(random.nextInt(MESSAGES * 9 / 10));
        }
        moments.sort(Comparator.naturalOrder());
        for (int i = 0; i <= KILLS; i++) {
            awaitBegun(queue, moments.get(i));
            long from = System.currentTimeMillis();
            if (i == KILLS / 2) {
                server.restart();
                faults.add(new Fault("", from, System.currentTimeMillis()));
            } else {
                kill(queue, from);
                start(queue);
            }
        }
    }

    /** Waits until there were so many deliveries, as long as there is progress. */
    private void awaitBegun(FaultQueue queue, int deliveries) throws Exception {
        while (awaited < deliveries) {
            awaited = Math.min(awaited + STEP, deliveries);
            Eventually.reached(
                    () -> queue.notes().size("begun") >= awaited,
                    () -> seed() + awaited + " have not begun: " + queue.counts());
        }
    }

    /** Kills one of those that work. Where all are still being started, waits for the first. */
    private void kill(FaultQueue queue, long from) throws Exception {
        List<Running> working = new ArrayList<>();
        Eventually.reached(
                () -> {
                    Set<String> seen = queue.notes().all("seen").keySet();
                    consumers.stream()
                            .filter(each -> seen.contains(each.name()))
                            .forEach(working::add);
                    return !working.isEmpty();
                },
                () -> seed() + "no consumer works: " + queue.counts());
        Running victim = working.get(random.nextInt(working.size()));
        victim.jvm().kill();
        consumers.remove(victim);
        faults.add(new Fault(victim.name(), from, System.currentTimeMillis()));
    }

    private void assertSettled(FaultQueue queue) throws InterruptedException {
        QueueCounts counts = queue.counts();
        assertEquals(MESSAGES, counts.enqueued(), seed() + counts);
        assertEquals(MESSAGES, counts.acked(), seed() + counts);
        assertEquals(
                0,
                counts.pending() + counts.delayed() + counts.reserved() + counts.failed(),
                seed() + counts);
        String prefix = "pogo:queue:{" + FaultQueue.NAME + "}:";
        assertEquals(
                List.of(prefix + "stats", prefix + "stream"),
                queue.notes().keys("pogo:*").stream()
                        .filter(key -> !key.startsWith(prefix + "key:"))
                        .toList(),
                QueueKillsTest::seed);
    }

    /** Ensures that there is a reason for each delivery that is not the only one of its message. */
    private Duplicates explain(FaultQueue queue) throws InterruptedException {
        Map<Long, List<Note>> begun = byMessage(queue.notes().all("begun"));
        Map<Long, List<Note>> ended = byMessage(queue.notes().all("ended"));
        int begunAgain = 0;
        int doneAgain = 0;
        int byServer = 0;
        for (long number = 0; number < MESSAGES; number++) {
            String message = seed() + "message " + number;
            List<Note> deliveries = begun.getOrDefault(number, List.of());
            List<Note> done = ended.getOrDefault(number, List.of());
            assertTrue(!done.isEmpty(), () -> message + " is lost: " + deliveries);
            for (Note earlier : deliveries.subList(0, deliveries.size() - 1)) {
                List<Fault> reasons =
                        faults.stream().filter(fault -> fault.explains(earlier)).toList();
                assertTrue(
                        !reasons.isEmpty(),
                        () ->
                                message
                                        + " was delivered twice without a reason: "
                                        + deliveries
                                        + ", faults "
                                        + faults);
                if (reasons.stream().allMatch(fault -> fault.consumer().isEmpty())) {
                    byServer++;
                }
            }
            begunAgain += deliveries.size() - 1;
            doneAgain += done.size() - 1;
        }
        return new Duplicates(begunAgain, doneAgain, byServer);
    }

    private static Map<Long, List<Note>> byMessage(Map<String, String> notes) {
        return notes.entrySet().stream()
                .map(note -> Note.parse(note.getKey(), note.getValue()))
                .sorted(Comparator.comparingLong(Note::millis))
                .collect(Collectors.groupingBy(Note::number));
    }

    private static String seed() {
        return "seed " + SEED + ": ";
    }
}
