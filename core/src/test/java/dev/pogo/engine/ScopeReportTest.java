package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.CancelReason;
import dev.pogo.Held;
import dev.pogo.ScopeReport;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;
import dev.pogo.TaskReport;
import dev.pogo.TaskSpec;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a scope says of its tasks. */
class ScopeReportTest {
    private static final Duration LONG = ofSeconds(20);

    private static TaskReport task(int id, int spawned, int waited, int ran) {
        return new TaskReport(
                id,
                "default#" + id,
                "default",
                ofMillis(spawned),
                ofMillis(waited),
                ofMillis(ran),
                Task.State.SUCCEEDED,
                Optional.empty());
    }

    @Test
    void report_noTasks_saysSo() {
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open()) {
            ScopeReport report = scope.report();
            assertEquals("no tasks", report.toString());
            assertEquals(Duration.ZERO, report.elapsed());
        }
    }

    @Test
    void report_everyState_isThere() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(2);
        ScopeReport during;
        PogoScopeImpl closed;
        try (Held held = Held.untilReleased();
                PogoScopeImpl scope = runtime.open()) {
            TaskImpl<Integer> one = scope.spawn(() -> 1);
            one.await(LONG);
            TaskImpl<Integer> failing =
                    scope.spawn(
                            TaskSpec.in("default").named("Failing"),
                            () -> {
                                throw new IllegalStateException("test");
                            });
            assertThrows(TaskFailedException.class, () -> failing.await(LONG));
            scope.spawn(held);
            scope.spawn(held);
            scope.spawn(() -> 2).cancel();
            scope.spawn(() -> 3);
            held.awaitStarted();
            during = scope.report();
            closed = scope;
        }
        ScopeReport after = closed.report();
        assertEquals(
                List.of(
                        Task.State.SUCCEEDED,
                        Task.State.FAILED,
                        Task.State.RUNNING,
                        Task.State.RUNNING,
                        Task.State.CANCELLED,
                        Task.State.WAITING),
                during.tasks().stream().map(TaskReport::state).toList());
        assertEquals(Optional.of(CancelReason.CANCEL_CALLED), during.tasks().get(4).cancelReason());
        assertEquals(Duration.ZERO, during.tasks().get(5).ran());
        assertTrue(
                during.verdict()
                        .matches(".*; 1 failed; 1 cancelled; 1 still waiting; 2 still running"),
                during::verdict);
        assertEquals(Optional.of(CancelReason.SCOPE_CLOSED), after.tasks().get(5).cancelReason());
        assertTrue(after.verdict().matches(".*; 1 failed; 4 cancelled"), after::verdict);
        assertEquals("Failing#" + after.tasks().get(1).id(), after.tasks().get(1).label());
        assertThrows(UnsupportedOperationException.class, () -> after.tasks().clear());
    }

    @Test
    void report_longAfterTheEnd_saysTheSame() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        PogoScopeImpl closed;
        try (PogoScopeImpl scope = runtime.open()) {
            scope.spawn(() -> 1).await(LONG);
            scope.spawn(() -> 2).await(LONG);
            closed = scope;
        }
        ScopeReport first = closed.report();
        assertEquals(first, closed.report());
        assertEquals(first.elapsed(), first.tasks().get(1).ended());
        assertEquals(first.tasks(), first.criticalPath());
    }

    @Test
    void deadline_isThatOfTheScopeOrAnEarlierOneAroundIt() {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        try (PogoScopeImpl untimed = runtime.open()) {
            untimed.spawn(() -> 1);
            assertEquals(Optional.empty(), untimed.report().deadline());
        }
        try (PogoScopeImpl outer = runtime.open(ofSeconds(50));
                PogoScopeImpl later = runtime.open(ofSeconds(70));
                PogoScopeImpl earlier = runtime.open(ofSeconds(20))) {
            assertEquals(Optional.empty(), later.report().deadline()); // times count from a spawn
            TaskImpl<Integer> inner = later.spawn(() -> 1);
            assertEquals(
                    Optional.of(Duration.ofNanos(outer.deadline() - inner.spawnedAt())),
                    later.report().deadline());
            earlier.spawn(() -> 1);
            Duration left = earlier.report().deadline().orElseThrow();
            assertTrue(left.isPositive() && left.compareTo(ofSeconds(20)) <= 0, left::toString);
        }
        try (PogoScopeImpl late = runtime.open(Duration.ZERO)) {
            late.spawn(() -> 1);
            Duration left = late.report().deadline().orElseThrow();
            assertTrue(left.compareTo(Duration.ZERO) <= 0, left::toString);
        }
    }

    @Test
    void criticalPath_goesBackFromTheLastEndThroughWhatEndedBeforeEachSpawn() {
        TaskReport first = task(1, 0, 10, 50);
        TaskReport beside = task(2, 0, 0, 40);
        TaskReport second = task(3, 70, 0, 100);
        TaskReport shorter = task(4, 70, 50, 20);
        assertEquals(
                List.of(first, second), CriticalPath.of(List.of(first, beside, second, shorter)));
        assertEquals(List.of(beside), CriticalPath.of(List.of(beside)));
        // of tasks that take no time at all, none is taken for the cause of itself
        TaskReport nothing = task(5, 7, 0, 0);
        assertEquals(List.of(nothing), CriticalPath.of(List.of(nothing)));
    }

    @Test
    void criticalPath_manyTasks_isFoundQuickly() {
        List<TaskReport> chain = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            chain.add(task(i, 2 * i, 0, 1));
        }
        assertEquals(chain, CriticalPath.of(chain));
    }

    @Test
    void verdict_saysWhatTookATenthAndMore() {
        PogoRuntimeImpl runtime = Runtimes.ofSize(8);
        TaskReport first = task(1, 0, 180, 20);
        TaskReport second = task(2, 230, 1, 9);
        List<TaskReport> tasks = List.of(first, second);
        assertEquals(
                "240 ms: 181 ms of it waiting for pool default (8 threads, 0 waiting now);"
                        + " 30 ms of it between tasks; slowest task default#1 20 ms",
                new Verdict(ofMillis(240), tasks, tasks, runtime.allPools()).toString());
        List<TaskReport> busy = List.of(task(1, 0, 1, 99));
        assertEquals(
                "100 ms: slowest task default#1 99 ms",
                new Verdict(ofMillis(100), busy, busy, runtime.allPools()).toString());
    }

    /** What the report prints below its verdict. */
    private static String timeline(Duration elapsed, List<TaskReport> tasks) {
        String text =
                new ScopeReport(elapsed, Optional.empty(), tasks, List.of(), "verdict").toString();
        assertTrue(text.startsWith("verdict\n"), text);
        return text.substring("verdict\n".length());
    }

    @Test
    void toString_drawsTheFirstTasksOnOneScale() {
        List<TaskReport> tasks = new ArrayList<>();
        tasks.add(task(7, 0, 50, 50));
        for (int i = 10; i < 60; i++) {
            tasks.add(task(i, 100, 0, 0));
        }
        String text = timeline(ofMillis(100), tasks);
        String[] lines = text.split("\n", -1);
        assertEquals(42, lines.length);
        assertTrue(
                lines[1].startsWith("default#7 |" + ".".repeat(30) + "#".repeat(30) + " "), text);
        assertEquals("... and 11 more tasks", lines[41]);
        assertFalse(text.endsWith("\n"));
        String longName = "x".repeat(1_000);
        TaskReport huge =
                new TaskReport(
                        1,
                        longName,
                        "default",
                        Duration.ZERO,
                        Duration.ZERO,
                        ofMillis(1),
                        Task.State.FAILED,
                        Optional.empty());
        assertTrue(timeline(ofMillis(1), List.of(huge)).length() < 300);
    }
}
