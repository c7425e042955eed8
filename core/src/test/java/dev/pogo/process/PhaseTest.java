package dev.pogo.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.CancelReason;
import dev.pogo.DeadlineExceededException;
import dev.pogo.Eventually;
import dev.pogo.Messages;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.Task;
import dev.pogo.TaskCancelledException;
import dev.pogo.TaskFailedException;
import dev.pogo.WorkerRequest;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A worker is killed, or its task is cancelled, at each phase of a job. */
class PhaseTest {
    @TempDir private Path folder;

    /** How far a job has come. */
    enum Phase {
        /** The worker reads the beginning of a request, and no more. */
        RECEIVING,
        /** It has the request and works. */
        RUNNING,
        /** It has written half of its answer. */
        ANSWERING
    }

    private final PogoRuntime runtime =
            Workers.start(2, Workers.faulty().withMaxWorkers(1).withIpcTimeout(Workers.LONG));

    /** Spawns a job and waits until it is there. */
    private Task<?> reach(Phase phase, PogoScope scope) throws InterruptedException {
        Path mark = folder.resolve(phase.name());
        String file = mark.toString();
        Task<?> task =
                switch (phase) {
                    case RECEIVING -> {
                        Workers.run(runtime, "frozen_next", file);
                        yield scope.spawn(Workers.POOL, "length", "x".repeat(1_000_000));
                    }
                    case RUNNING -> scope.spawn(Workers.POOL, "forever", file);
                    case ANSWERING -> scope.spawn(Workers.POOL, "half_answer", file);
                };
        Workers.awaitFile(mark);
        return task;
    }

    @ParameterizedTest
    @EnumSource
    void killed_atAnyPhase_failsThatTaskAndNoOther(Phase phase) throws InterruptedException {
        long worker = Workers.idle(runtime, 1).get(0);
        try (PogoScope scope = runtime.open()) {
            Task<?> task = reach(phase, scope);
            Task<?> behind = scope.spawn(Workers.POOL, "echo", 7);
            Workers.kill(worker);
            TaskFailedException e =
                    assertThrows(TaskFailedException.class, () -> task.await(Workers.LONG));
            Messages.assertContains("by signal 9 (SIGKILL) while it ran the job", e);
            assertEquals(7, behind.await(Workers.LONG));
            WorkerProcessException end = Workers.end(e);
            assertEquals(RestartCause.CRASHED, end.reason());
            assertEquals(worker, end.pid());
            assertEquals(137, end.exitStatus().orElse(0));
        }
        assertEquals(Map.of(RestartCause.CRASHED, 1L), Workers.stats(runtime).restarts());
    }

    @ParameterizedTest
    @EnumSource
    void cancelled_atAnyPhase_isStoppedAndTheProcessIsGoneWhenThePermitIsBack(Phase phase)
            throws InterruptedException {
        long worker = Workers.idle(runtime, 1).get(0);
        try (PogoScope scope = runtime.open()) {
            Task<?> task = reach(phase, scope);
            Task<?> behind = scope.spawn(Workers.POOL, "echo", 7);
            assertTrue(task.cancel());
            TaskCancelledException e = assertThrows(TaskCancelledException.class, task::await);
            assertEquals(CancelReason.CANCEL_CALLED, e.reason());
            assertEquals(7, behind.await(Workers.LONG));
            Eventually.isTrue(() -> runtime.pool(Workers.POOL).stats().running() == 0);
            assertFalse(Workers.exists(worker));
        }
        assertEquals(Map.of(RestartCause.CANCELLED, 1L), Workers.stats(runtime).restarts());
    }

    @ParameterizedTest
    @EnumSource
    void deadlineAndClose_atAnyPhase_leaveNothing(Phase phase) throws InterruptedException {
        long worker = Workers.idle(runtime, 1).get(0);
        try (PogoScope scope = runtime.open(Duration.ofSeconds(30))) {
            reach(phase, scope);
        }
        assertFalse(Workers.exists(worker), "close() has waited for it");
        long next = Workers.idle(runtime, 1).get(0);
        Task<?> late;
        try (PogoScope scope = runtime.open(Duration.ofSeconds(1))) {
            late = scope.spawn(Workers.POOL, "forever", folder.resolve("late").toString());
            DeadlineExceededException e =
                    assertThrows(DeadlineExceededException.class, () -> late.await(Workers.LONG));
            assertEquals(CancelReason.SCOPE_DEADLINE, e.reason());
        }
        assertFalse(Workers.exists(next));
    }

    @Test
    void killed_whileIdle_isReplacedAndNoTaskNotices() throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            long worker = Workers.idle(runtime, 1).get(0);
            Workers.kill(worker);
            // Its monitor may have noticed by then, or not.
            Eventually.isTrue(() -> !Workers.exists(worker));
            assertEquals(i, Workers.run(runtime, "echo", i));
        }
        Workers.idle(runtime, 1);
        assertEquals(Map.of(RestartCause.CRASHED, 20L), Workers.stats(runtime).restarts());
    }

    @Test
    void interrupted_aPlainThreadThatCalls_killsTheWorkerToo() throws InterruptedException {
        long worker = Workers.idle(runtime, 1).get(0);
        Path mark = folder.resolve("plain");
        @Nullable Throwable[] thrown = new @Nullable Throwable[1];
        Thread caller =
                new Thread(() -> {
                    try {
                        Workers.supervisor(runtime)
                                .handle(new WorkerRequest("forever", mark.toString()));
                    } catch (Throwable e) {
                        thrown[0] = e;
                    }
                });
        caller.start();
        Workers.awaitFile(mark);
        caller.interrupt();
        caller.join();
        assertInstanceOf(InterruptedException.class, thrown[0]);
        assertFalse(Workers.exists(worker));
    }

    /** The worker may have another task's job by then. */
    @Test
    void cancelled_afterTheAnswer_leavesTheWorkerAlone() throws InterruptedException {
        long worker = Workers.idle(runtime, 1).get(0);
        CountDownLatch answered = new CountDownLatch(1);
        try (PogoScope scope = runtime.open()) {
            Task<?> task =
                    scope.spawn(() -> {
                        Workers.supervisor(runtime).handle(new WorkerRequest("echo", 1));
                        answered.countDown();
                        return new CountDownLatch(1).await(1, TimeUnit.HOURS);
                    });
            answered.await();
            assertTrue(task.cancel());
        }
        assertEquals(2, Workers.run(runtime, "echo", 2));
        assertEquals(List.of(worker), Workers.pids(runtime));
        assertEquals(Map.of(), Workers.stats(runtime).restarts());
    }

    /** The task's own thread cannot do anything about it. */
    @Test
    void cancelled_whileAllCarriersAreHeld_isStoppedAllTheSame() throws InterruptedException {
        long worker = Workers.idle(runtime, 1).get(0);
        int carriers = Runtime.getRuntime().availableProcessors();
        CountDownLatch held = new CountDownLatch(carriers);
        AtomicBoolean over = new AtomicBoolean();
        try (PogoScope scope = runtime.open()) {
            Task<?> task = reach(Phase.RUNNING, scope);
            for (int i = 0; i < carriers; i++) {
                scope.spawn(() -> {
                    held.countDown();
                    while (!over.get()) {
                        Thread.onSpinWait();
                    }
                    return null;
                });
            }
            try {
                held.await();
                assertTrue(task.cancel());
                Eventually.isTrue(() -> !Workers.exists(worker));
            } finally {
                over.set(true);
            }
        }
    }

    @Test
    void cancelled_withChildren_leavesNoneOfThem() throws Exception {
        long worker = Workers.idle(runtime, 1).get(0);
        Path file = folder.resolve("pids");
        try (PogoScope scope = runtime.open()) {
            Task<?> task = scope.spawn(Workers.POOL, "child_forever", file.toString());
            Workers.awaitFile(Path.of(file + ".done"));
            List<Long> pids = pids(Path.of(file + ".done"));
            assertTrue(pids.stream().allMatch(Workers::runs), "a child and a daemon's child");
            task.cancel();
            Eventually.isTrue(() -> runtime.pool(Workers.POOL).stats().running() == 0);
            assertFalse(Workers.exists(worker));
            assertTrue(pids.stream().noneMatch(Workers::runs), "they are gone with the permit");
        }
    }

    private static List<Long> pids(Path file) throws IOException {
        return List.of(Files.readString(file).split(" ")).stream().map(Long::valueOf).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"child", "detached", "daemon"})
    void killed_withChildrenThatHoldItsPipes_leavesNoneOfThem(String kind)
            throws InterruptedException {
        long worker = Workers.idle(runtime, 1).get(0);
        int pid = (Integer) Objects.requireNonNull(Workers.run(runtime, kind, null));
        assertTrue(Workers.runs(pid));
        Workers.kill(worker);
        Eventually.isTrue(() -> !Workers.runs(pid), () -> kind + " " + pid + " is left");
        assertEquals(1, Workers.run(runtime, "echo", 1));
        assertFalse(Workers.exists(worker));
    }
}
