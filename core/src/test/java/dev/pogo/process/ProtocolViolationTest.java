package dev.pogo.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.Eventually;
import dev.pogo.Messages;
import dev.pogo.PogoRuntime;
import dev.pogo.TaskFailedException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** A worker does what the protocol does not allow: its task says so, and the next one is served. */
class ProtocolViolationTest {
    /**
     * Short, so that what is killed for it is so soon; whatever works has all the time it needs.
     */
    private static final Duration SHORT = Duration.ofMillis(300);

    private static PogoRuntime start(ProcessWorkers workers) {
        return Workers.start(2, workers.withMaxWorkers(1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    garbage          | PROTOCOL | because it sent a frame of the unknown type 0x65, its first bytes are 54 72 61 63 65 ("Trace")
                    huge             | PROTOCOL | because it sent a frame of 4294967295 bytes, where max_frame allows 67108864
                    truncated        | CRASHED  | ended with exit status 0 while it ran the job, and left a truncated frame: its pipe ended after 45 of the 126 bytes of a body
                    truncated_header | CRASHED  | ended with exit status 0 while it ran the job, and left a truncated frame: its pipe ended after 3 of the 5 bytes of a header
                    shared_outside   | PROTOCOL | because it sent an answer in shared memory, which the worker does not have
                    shared_short     | PROTOCOL | because it sent a frame of type 0x04 with a body of 4 bytes instead of 8
                    hello_again      | PROTOCOL | because it sent a frame of type HELLO instead of an answer
                    close_4          | PROTOCOL | because it closed descriptor 4, for answers, and went on
                    fatal            | FATAL    | because it reported a fatal error: no memory left, sorry
                    """)
    void job_thatSaysWhatItMayNot_failsAndTheWorkerIsReplaced(
            String job, RestartCause cause, String message) throws InterruptedException {
        PogoRuntime runtime = start(Workers.faulty());
        long worker = Workers.idle(runtime, 1).get(0);
        TaskFailedException e = Workers.failure(runtime, job, null);
        Messages.assertContains("failed: process " + worker + " (", e);
        Messages.assertContains(message, e);
        assertEquals(cause, Workers.end(e).reason());
        assertEquals(1, Workers.run(runtime, "echo", 1));
        assertEquals(Map.of(cause, 1L), Workers.stats(runtime).restarts());
    }

    @Test
    void answer_outsideOfItsOwnPartOfSharedMemory_isRefused() throws InterruptedException {
        PogoRuntime runtime = start(Workers.faulty("shm").withShmSize(256 << 10));
        for (int i = 0; i < 3; i++) { // each has the part that the one before has given back
            Messages.assertContains(
                    "an answer of 64 bytes at 4294967040 in shared memory, where it has 131072 at"
                            + " 0",
                    Workers.failure(runtime, "shared_outside", null));
        }
        assertEquals(1, Workers.run(runtime, "echo", 1));
    }

    @Test
    void answer_inSharedMemoryThatIsLongerThanMaxFrame_isRefusedForThat() {
        PogoRuntime runtime =
                start(Workers.faulty("shm").withShmSize(256 << 10).withMaxFrame(4096));
        Messages.assertContains(
                "an answer of 8192 bytes in shared memory, where max_frame allows 4096",
                Workers.failure(runtime, "shared_huge", null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    not_json | dev.pogo.InvalidPayloadException: the worker's response: $: Unexpected character
                    error_ok | answered with an error (0x01) whose body says "ok": true
                    """)
    void envelope_thatIsWrong_failsTheTaskAndTheWorkerLivesOn(String job, String message)
            throws InterruptedException {
        PogoRuntime runtime = start(Workers.faulty());
        Messages.assertContains(message, Workers.failure(runtime, job, null));
        assertEquals(1, Workers.run(runtime, "echo", 1));
        assertEquals(Map.of(), Workers.stats(runtime).restarts());
    }

    @Test
    void answer_oneTooMany_isTheEndOfTheWorkerAndReachesNoOtherTask() throws InterruptedException {
        PogoRuntime runtime = start(Workers.faulty());
        assertEquals("first", twice(runtime));
        Eventually.isTrue(
                () -> Workers.stats(runtime).restarts().containsKey(RestartCause.PROTOCOL));
        assertEquals(7, Workers.run(runtime, "echo", 7));
    }

    /** The second answer may come while the first is being taken, and then that fails. */
    private static String twice(PogoRuntime runtime) throws InterruptedException {
        try {
            assertEquals(1, Workers.run(runtime, "twice", null));
        } catch (TaskFailedException e) {
            Messages.assertContains("because it sent an answer without a pending request", e);
        }
        return "first";
    }

    @Test
    void answer_slowerThanIpcTimeout_isNotWaitedFor() throws InterruptedException {
        PogoRuntime runtime = start(Workers.faulty().withIpcTimeout(SHORT));
        TaskFailedException e = Workers.failure(runtime, "slow", 0.1);
        Messages.assertContains(
                "because it began a frame but did not complete it within ipc_timeout, 300 ms", e);
        assertEquals(RestartCause.IPC_TIMEOUT, Workers.end(e).reason());
        assertEquals(1, Workers.run(runtime, "echo", 1));
    }

    @Test
    void request_thatIsNotRead_isBoundedByIpcTimeout() throws InterruptedException {
        PogoRuntime runtime = start(Workers.faulty().withIpcTimeout(SHORT));
        assertEquals(1, Workers.run(runtime, "stubborn", null));
        TaskFailedException e = Workers.failure(runtime, "length", "x".repeat(500_000));
        Messages.assertContains(
                "because it did not read the request within ipc_timeout, 300 ms", e);
        assertEquals(RestartCause.IPC_TIMEOUT, Workers.end(e).reason());
        assertEquals(10, Workers.run(runtime, "length", "0123456789"));
    }

    @Test
    void request_toAWorkerThatHasClosedItsPipe_failsOrGoesToAnother() throws InterruptedException {
        PogoRuntime runtime = start(Workers.faulty());
        assertEquals(1, Workers.run(runtime, "close_3", null));
        try {
            assertEquals(1, Workers.run(runtime, "echo", 1));
        } catch (TaskFailedException e) {
            Messages.assertContains("because it closed descriptor 3, for requests", e);
        }
        assertEquals(2, Workers.run(runtime, "echo", 2));
    }

    @Test
    void job_longerThanJobTimeout_isKilled() throws InterruptedException {
        PogoRuntime runtime = start(Workers.sample().withJobTimeout(SHORT));
        TaskFailedException e = Workers.failure(runtime, "spin", null);
        Messages.assertContains("because the job took longer than job_timeout, 300 ms", e);
        assertEquals(RestartCause.JOB_TIMEOUT, Workers.end(e).reason());
        assertEquals(1, Workers.run(runtime, "echo", 1));
    }

    @Test
    void request_longerThanMaxFrame_isNotSent() throws InterruptedException {
        PogoRuntime runtime = start(Workers.faulty().withMaxFrame(2000));
        Messages.assertContains(
                "the request has 3028 bytes, where max_frame allows 2000",
                Workers.failure(runtime, "length", "x".repeat(3000)));
        Messages.assertContains(
                "a frame of 3026 bytes, where max_frame allows 2000",
                Workers.failure(runtime, "bytes", 3000));
        assertEquals(1, Workers.run(runtime, "echo", 1));
    }

    /** Whatever comes out of the pipe, the task has an outcome and the next one is served. */
    @Test
    void answer_random_neverHangsTheTask() throws InterruptedException {
        long seed = Long.getLong("pogo.stress.seed", System.nanoTime());
        Random random = new Random(seed);
        PogoRuntime runtime = start(Workers.faulty().withIpcTimeout(SHORT));
        for (int i = 0; i < 25; i++) {
            byte[] noise = new byte[1 + random.nextInt(200)];
            random.nextBytes(noise);
            if (random.nextBoolean()) {
                noise[0] = 0; // a length that is possible
                noise[Math.min(1, noise.length - 1)] = 0;
            }
            String hex = HexFormat.of().formatHex(noise);
            assertTrue(
                    String.valueOf(Workers.failure(runtime, "random", hex).getMessage())
                            .contains("failed: "),
                    () -> "seed " + seed);
        }
        assertEquals(1, Workers.run(runtime, "echo", 1));
        assertTrue(Workers.stats(runtime).peak() <= 1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    mute          | was killed because it did not say hello within start_timeout, 300 ms
                    wrong-version | was killed because it sent protocol version 2, but this host supports 1
                    no-pid        | was killed because it sent a hello without a pid that is a number
                    answer-first  | was killed because it sent a frame of type DATA instead of a hello
                    """)
    void start_withoutAProperHello_isGivenUpWithTheReason(String mode, String message) {
        PogoRuntime runtime =
                start(
                        Workers.faulty(mode)
                                .withStartTimeout(mode.equals("mute") ? SHORT : Workers.LONG));
        TaskFailedException e = Workers.failure(runtime, "echo", 1);
        Messages.assertContains("failed: no worker process can be started, process ", e);
        Messages.assertContains(message, e);
        @Nullable Throwable cause = Objects.requireNonNull(e.getCause()).getCause();
        assertTrue(cause instanceof WorkerProcessException);
    }
}
