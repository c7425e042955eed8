package dev.pogo.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.queue.FaultJob.How;
import dev.pogo.queue.FaultJob.Note;
import dev.pogo.testing.ChildJvm;
import dev.pogo.testing.Eventually;
import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.util.List;
import java.util.Set;

/** Consumers that are killed, stopped or told to end. */
@ExtendWith(RedisExtension.class)
class ConsumerLossTest {
    /** Reservations last 2 seconds. */
    private static final String TIMES =
            "\"visibility_timeout\": \"1s\", \"retry_delay\": \"10ms\", \"max_attempts\": 2";

    private static final String ONE = "\"concurrency\": 1, " + TIMES;

    /** How much longer than a job may run its reservation lasts, in ms. */
    private static final long MARGIN = 1_000;

    private static final long LONG = 60_000;

    private final FaultQueue queue;

    ConsumerLossTest(RedisServer server) {
        queue = new FaultQueue(server.url());
    }

    @AfterEach
    void close() {
        queue.close();
    }

    private void awaitAttempts(long number, String first, String second) throws Exception {
        queue.awaitBegun(number, 2);
        List<Note> begun = queue.notes("begun", number);
        assertEquals(List.of(first, second), begun.stream().map(Note::consumer).toList());
        assertEquals(List.of(1, 2), begun.stream().map(Note::attempt).toList());
        // The first one began before its deadline, and was reserved before it began.
        long apart = begun.get(1).millis() - begun.get(0).millis();
        assertTrue(apart >= MARGIN, () -> "delivered again after " + apart + " ms");
    }

    @Test
    void consumer_killedWhileItWaits_losesNothing() throws Exception {
        ChildJvm doomed = queue.child("doomed", ONE);
        Eventually.reached(() -> queue.notes().waiting() == 1);
        doomed.kill();
        for (int number = 0; number < 10; number++) {
            queue.push(number, How.SLEEP, 0);
        }
        queue.child("other", ONE);
        queue.awaitAcked(10);
        for (int number = 0; number < 10; number++) {
            assertEquals(
                    List.of("other"),
                    queue.notes("begun", number).stream().map(Note::consumer).toList());
        }
        assertEquals(0, queue.counts().released());
    }

    @Test
    void consumer_killedWhileItsJobRuns_isFollowedByAnother() throws Exception {
        ChildJvm doomed = queue.child("doomed", ONE);
        queue.push(1, How.SLEEP_AT_FIRST, LONG);
        queue.awaitBegun(1, 1);
        doomed.kill();
        queue.child("other", ONE);
        awaitAttempts(1, "doomed", "other");
        queue.awaitAcked(1);
        assertEquals(
                List.of("other"), queue.notes("ended", 1).stream().map(Note::consumer).toList());
        assertEquals(1, queue.counts().released());
        assertEquals(1, queue.counts().acked());
    }

    @Test
    void consumer_endedBetweenJobAndAck_isFollowedByAnother() throws Exception {
        ChildJvm doomed = queue.child("doomed", ONE);
        queue.push(1, How.HALT_AT_THE_END, 0);
        assertEquals(1, doomed.status());
        assertEquals(1, queue.notes("ended", 1).size());
        assertEquals(0, queue.counts().acked());
        assertEquals(1, queue.counts().reserved());
        queue.child("other", ONE);
        awaitAttempts(1, "doomed", "other");
        queue.awaitAcked(1);
        assertEquals(2, queue.notes("ended", 1).size());
        assertEquals(1, queue.counts().acked());
    }

    @Test
    void message_thatKillsItsConsumers_isADeadLetterAndTheOthersAreDone() throws Exception {
        queue.push(0, How.HALT, 0);
        for (int number = 1; number <= 5; number++) {
            queue.push(number, How.SLEEP, 0);
        }
        assertEquals(1, queue.child("first", ONE).status());
        assertEquals(1, queue.child("second", ONE).status());
        ChildJvm third = queue.child("third", ONE);
        Eventually.reached(() -> queue.counts().failed() == 1, queue::counts);
        queue.awaitAcked(5);
        assertTrue(third.isAlive());
        assertEquals(2, queue.notes("begun", 0).size());
        for (int number = 1; number <= 5; number++) {
            assertEquals(1, queue.notes("ended", number).size());
        }
        DeadLetter letter = queue.pusher().failed(FaultQueue.NAME, 10).getFirst();
        assertEquals(2, letter.attempts());
        assertTrue(letter.reason().contains("consumer second had reserved it"), letter::reason);
        assertTrue(letter.payload().contains("HALT"), letter::payload);
        assertTrue(letter.firstFailedAt() < letter.lastFailedAt(), letter::toString);
    }

    @Test
    void consumer_stoppedForLongerThanItsReservation_changesNothingAfterwards() throws Exception {
        ChildJvm frozen = queue.child("frozen", ONE);
        queue.push(1, How.SLEEP_AT_FIRST, 400);
        queue.awaitBegun(1, 1);
        frozen.pause();
        ChildJvm other = queue.child("other", ONE);
        awaitAttempts(1, "frozen", "other");
        queue.awaitAcked(1);
        String late = queue.notes("begun", 1).get(0).deliveryId();
        assertEquals(QueueCode.DELIVERY_UNKNOWN, queue.pusher().ack(FaultQueue.NAME, late));
        other.kill();
        frozen.resume();
        queue.push(2, How.SLEEP, 0);
        queue.awaitAcked(2);
        // It has settled the first one before it has taken the second one.
        assertEquals("frozen", queue.notes("ended", 2).get(0).consumer());
        assertEquals(2, queue.notes("begun", 1).size());
        assertEquals(2, queue.counts().acked());
        assertEquals(1, queue.counts().released());
        assertEquals(0, queue.counts().failed());
    }

    @Test
    void consumer_toldToEnd_endsItsJobsAndLeavesTheRest() throws Exception {
        ChildJvm ended = queue.child("ended", "\"concurrency\": 2, " + TIMES);
        for (int number = 0; number < 6; number++) {
            queue.push(number, How.SLEEP, 500);
        }
        Eventually.reached(() -> queue.notes().size("begun") >= 2);
        int status = ended.end();
        assertTrue(Set.of(0, 143).contains(status), () -> "status " + status);
        long begun = queue.notes().size("begun");
        assertTrue(begun < 6, () -> begun + " have begun");
        assertEquals(queue.notes().all("begun").keySet(), queue.notes().all("ended").keySet());
        QueueCounts counts = queue.counts();
        assertEquals(begun, counts.acked());
        assertEquals(6 - begun, counts.pending());
        assertEquals(0, counts.reserved() + counts.delayed() + counts.failed());
    }

    @Test
    void consumer_toldToEndWithALongJob_givesItBackUncounted() throws Exception {
        ChildJvm ended =
                queue.child(
                        "ended", "\"visibility_timeout\": \"1m\", \"shutdown_timeout\": \"200ms\"");
        queue.push(1, How.SLEEP, LONG);
        queue.awaitBegun(1, 1);
        assertEquals(143, ended.end());
        assertFalse(ended.isAlive());
        QueueCounts counts = queue.counts();
        assertEquals(1, counts.pending());
        assertEquals(0, counts.reserved());
        assertEquals(1, counts.released());
        queue.child("other", "\"visibility_timeout\": \"1m\"");
        queue.awaitBegun(1, 2);
        assertEquals(List.of(1, 1), queue.notes("begun", 1).stream().map(Note::attempt).toList());
    }
}
