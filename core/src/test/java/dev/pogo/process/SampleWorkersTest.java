package dev.pogo.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.AwaitTimeoutException;
import dev.pogo.Eventually;
import dev.pogo.Messages;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The workers in samples/workers, which are written by the protocol's description alone. */
class SampleWorkersTest {
    enum Sample {
        PYTHON,
        PYTHON_WITH_SHARED_MEMORY,
        PHP,
        PHP_WITH_SHARED_MEMORY;

        ProcessWorkers workers() {
            return switch (this) {
                case PYTHON -> Workers.sample();
                case PYTHON_WITH_SHARED_MEMORY -> Workers.sample().withShmSize(8 << 20);
                case PHP -> Workers.php();
                case PHP_WITH_SHARED_MEMORY -> Workers.php().withShmSize(8 << 20);
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void jobs_thatComputeAndFail_doAndTheWorkerLivesOn(Sample sample) throws InterruptedException {
        PogoRuntime runtime = Workers.start(1, sample.workers());
        List<Long> worker = Workers.idle(runtime, 1);
        assertEquals(168, Workers.run(runtime, "primes", 1000));
        TaskFailedException e = Workers.failure(runtime, "fail", null);
        Messages.assertStarts(
                "failed: the worker of pool far, asked for job fail, reported a failure:", e);
        Messages.assertContains("by zero", e);
        Messages.assertContains("no.such.Job", Workers.failure(runtime, "no.such.Job", null));
        Object args = Map.of("text", "é\n\u0001", "list", List.of(1, 2), "price", 1.25);
        assertEquals(
                Map.of("text", "é\n\u0001", "list", List.of(1, 2), "price", new BigDecimal("1.25")),
                Workers.run(runtime, "echo", args));
        assertEquals(worker, Workers.pids(runtime));
        assertEquals(Map.of(), Workers.stats(runtime).restarts());
        assertEquals(4, Workers.stats(runtime).jobs());
    }

    @ParameterizedTest
    @EnumSource
    void bodies_ofAllLengths_comeBackAsTheyWent(Sample sample) throws InterruptedException {
        PogoRuntime runtime = Workers.start(1, sample.workers());
        for (int length :
                List.of(0, 1, 1000, 4000, 4096, 4097, 65_531, 65_536, 70_003, 3_000_000, 5_009)) {
            // Each another one, as a worker may have kept what stood in memory before.
            String text = String.valueOf(length % 10).repeat(length);
            assertEquals(text, Workers.run(runtime, "echo", text));
        }
        assertEquals(Map.of(), Workers.stats(runtime).restarts());
    }

    @ParameterizedTest
    @EnumSource
    void jobs_thatExit_failWithTheStatusAndTheWorkerIsReplaced(Sample sample)
            throws InterruptedException {
        PogoRuntime runtime = Workers.start(1, sample.workers());
        TaskFailedException e = Workers.failure(runtime, "exit", 3);
        Messages.assertContains("ended with exit status 3 while it ran the job", e);
        assertEquals(3, Workers.end(e).exitStatus().orElse(-1));
        assertEquals(1, Workers.run(runtime, "echo", 1));
        assertEquals(Map.of(RestartCause.CRASHED, 1L), Workers.stats(runtime).restarts());
    }

    @ParameterizedTest
    @EnumSource
    void jobs_thatSpin_areKilledWhenTheirAwaitRunsOut(Sample sample) throws InterruptedException {
        PogoRuntime runtime = Workers.start(1, sample.workers());
        long spinning = Workers.idle(runtime, 1).get(0);
        try (PogoScope scope = runtime.open()) {
            Task<?> task = scope.spawn(Workers.POOL, "spin", null);
            Eventually.isTrue(() -> Workers.stats(runtime).active() == 1);
            assertThrows(AwaitTimeoutException.class, () -> task.await(Duration.ofMillis(50)));
            Eventually.isTrue(() -> runtime.pool(Workers.POOL).stats().running() == 0);
            assertFalse(Workers.exists(spinning), "the permit is back, so it has to be gone");
        }
        assertEquals(1, Workers.run(runtime, "echo", 1));
        assertEquals(Map.of(RestartCause.CANCELLED, 1L), Workers.stats(runtime).restarts());
    }

    @ParameterizedTest
    @EnumSource
    void jobs_manyAtOnce_eachGetsItsOwnAnswer(Sample sample) throws InterruptedException {
        PogoRuntime runtime = Workers.start(4, sample.workers().withMinWorkers(4).withMaxJobs(100));
        try (PogoScope scope = runtime.open()) {
            List<Task<?>> tasks = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                tasks.add(scope.spawn(Workers.POOL, "echo", i));
            }
            for (int i = 0; i < tasks.size(); i++) {
                assertEquals(i, tasks.get(i).await(Workers.LONG));
            }
        }
        ProcessWorkerStats stats = Workers.stats(runtime);
        assertTrue(stats.peak() <= 4, stats::toString);
        assertEquals(1_000, stats.jobs());
        assertTrue(stats.restarts().getOrDefault(RestartCause.MAX_JOBS, 0L) >= 5, stats::toString);
    }
}
