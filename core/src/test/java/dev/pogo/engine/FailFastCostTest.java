package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.AwaitTimeoutException;
import dev.pogo.Eventually;
import dev.pogo.Growth;
import dev.pogo.Held;
import dev.pogo.Logs;
import dev.pogo.TaskException;
import dev.pogo.TaskFailedException;

import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** What failures cost in scopes with many tasks, and what comes first where they meet. */
final class FailFastCostTest {
    private static int fail() throws Exception {
        throw new Exception("test");
    }

    @Test
    void spawn_intoAScopeThatFailsFast_costsTheSameForEach() throws Exception {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        Growth.isInProportion(
                2_000,
                n -> {
                    try (PogoScopeImpl scope = runtime.open().failFast();
                            Held held = Held.untilReleased()) {
                        scope.spawn(held);
                        for (int i = 0; i < n; i++) {
                            scope.spawn(() -> 1);
                        }
                        scope.cancel();
                    }
                });
    }

    @Test
    void spawn_afterAFailureWhileAnotherTaskGoesOn_costsTheSameForEach() throws Exception {
        PogoRuntimeImpl runtime = Runtimes.ofSize(2);
        Growth.isInProportion(
                2_000,
                n -> {
                    try (PogoScopeImpl scope = runtime.open().failFast();
                            Held held = Held.ignoringInterrupts()) {
                        scope.spawn(held);
                        held.awaitStarted();
                        TaskImpl<Integer> failed = scope.spawn(FailFastCostTest::fail);
                        assertThrows(TaskFailedException.class, failed::await);
                        for (int i = 0; i < n; i++) {
                            assertTrue(scope.spawn(() -> 1).isCancelled());
                        }
                        held.release();
                    }
                });
    }

    /** The hook of the cancelled task blocks, so that it is not interrupted yet. */
    @Test
    void spawn_afterAFailureWhileAHookBlocks_costsTheSameForEach() throws Exception {
        PogoRuntimeImpl runtime = Runtimes.ofSize(2);
        Growth.isInProportion(
                2_000,
                n -> {
                    try (PogoScopeImpl scope = runtime.open().failFast();
                            Held hook = Held.ignoringInterrupts()) {
                        CountDownLatch registered = new CountDownLatch(1);
                        scope.spawn(() -> {
                            TaskImpl.current().onCancel(() -> call(hook));
                            registered.countDown();
                            return Held.untilReleased().call();
                        });
                        registered.await();
                        TaskImpl<Integer> failed = scope.spawn(FailFastCostTest::fail);
                        assertThrows(TaskFailedException.class, failed::await);
                        hook.awaitStarted();
                        for (int i = 0; i < n; i++) {
                            assertTrue(scope.spawn(() -> 1).isCancelled());
                        }
                        hook.release();
                    }
                });
    }

    private static void call(Held held) {
        try {
            held.call();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Races with losers that have failed, beside a task that goes on. */
    @Test
    void awaitAny_againWithALoserThatFails_costsTheSameForEach() throws Exception {
        PogoRuntimeImpl runtime = Runtimes.ofSize(4);
        Growth.isInProportion(
                1_000,
                n -> {
                    try (PogoScopeImpl scope = runtime.open();
                            Held held = Held.untilReleased()) {
                        scope.spawn(held);
                        for (int i = 0; i < n; i++) {
                            TaskImpl<Integer> loser = scope.spawn(FailFastCostTest::fail);
                            Eventually.isTrue(loser::done);
                            TaskImpl<Integer> winner = scope.spawn(() -> 1);
                            assertEquals(1, scope.awaitAny(List.of(loser, winner), ofSeconds(20)));
                        }
                        held.release();
                        scope.awaitAll();
                    }
                });
    }

    /** One task that ignores its interrupt, in a scope that nobody closes, costs others nothing. */
    @Test
    void spawn_besideAnAbandonedScopeThatGoesOn_startsNoThreads() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(2);
        try (Held held = Held.ignoringInterrupts()) {
            Thread.ofPlatform().start(() -> runtime.open().spawn(held)).join();
            held.awaitStarted();
            Eventually.isTrue(() -> {
                spawnOne(runtime);
                return held.interrupts.get() == 1;
            });
            long before = ManagementFactory.getThreadMXBean().getTotalStartedThreadCount();
            for (int i = 0; i < 2_000; i++) {
                spawnOne(runtime);
            }
            long started =
                    ManagementFactory.getThreadMXBean().getTotalStartedThreadCount() - before;
            assertTrue(started < 100, () -> started + " threads");
        }
        Eventually.isTrue(() -> {
            spawnOne(runtime);
            return runtime.toString().contains("[0 busy scopes");
        });
    }

    private static void spawnOne(PogoRuntimeImpl runtime) {
        try (PogoScopeImpl scope = runtime.open()) {
            assertEquals(1, scope.spawn(() -> 1).await());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A thread that sees a failure before it is recorded must not record its consequence first. */
    @Test
    void awaitAllOfSome_failureIsNotRecordedYet_isTheFirstAllTheSame() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(4);
        for (int i = 0; i < 4_000; i++) {
            try (PogoScopeImpl scope = runtime.open()) {
                if (i % 2 == 0) {
                    scope.failFast();
                }
                TaskImpl<String> sibling = scope.spawn(Held.untilReleased());
                TaskImpl<Integer> failing = scope.spawn(FailFastCostTest::fail);
                while (!failing.done()) {
                    Thread.onSpinWait();
                }
                List<TaskImpl<?>> both = List.of(sibling, failing);
                assertThrows(TaskFailedException.class, () -> scope.awaitAll(both, ofSeconds(20)));
                TaskException e = assertThrows(TaskException.class, scope::awaitAll);
                assertEquals(failing.id(), e.taskId());
            }
        }
    }

    @Test
    void failFast_workLeavesItsInterruptFlag_noListenerSeesIt() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        List<Boolean> flags = new ArrayList<>();
        runtime.addTaskListener(task -> flags.add(Thread.currentThread().isInterrupted()));
        try (PogoScopeImpl scope = runtime.open().failFast();
                Held spawned = Held.untilReleased()) {
            scope.spawn(() -> {
                spawned.call();
                Thread.currentThread().interrupt();
                return fail();
            });
            TaskImpl<Integer> waiting = scope.spawn(() -> 1);
            spawned.release();
            assertThrows(TaskFailedException.class, waiting::await);
        }
        assertEquals(List.of(false, false), flags);
    }

    @Test
    void awaitAny_timesOut_hasSeenWhatHadFailed() throws InterruptedException {
        try (Logs logs = new Logs()) {
            try (PogoScopeImpl scope = Runtimes.ofSize(2).open()) {
                TaskImpl<Object> failed =
                        scope.spawn(() -> {
                            throw new Exception("test");
                        });
                Eventually.isTrue(failed::done);
                TaskImpl<Object> slow = scope.spawn(() -> Held.untilReleased().call());
                assertThrows(
                        AwaitTimeoutException.class,
                        () -> scope.awaitAny(List.of(failed, slow), ofMillis(1)));
            }
            assertEquals(List.of(), logs.messages());
        }
    }

    @Test
    void unseenFailures_ofAForgottenScope_areReportedOnce() {
        PogoRuntimeImpl runtime = Runtimes.ofSize(2);
        try (Logs logs = new Logs();
                PogoScopeImpl scope = runtime.open()) {
            List<TaskImpl<Integer>> failed =
                    List.of(
                            scope.spawn(FailFastCostTest::fail),
                            scope.spawn(FailFastCostTest::fail));
            failed.forEach(task -> Eventually.isTrue(task::hasEnded));
            scope.forget();
            scope.close();
            assertEquals(1, logs.messages().size());
        }
    }

    @Test
    void map_itemCancelsItself_isNoFailureOfTheOthers() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(3);
        try (PogoScopeImpl scope = Runtimes.ofSize(4).open().failFast()) {
            assertThrows(
                    TaskException.class,
                    () ->
                            scope.map(
                                    "default",
                                    List.of(1, 2, 3),
                                    item -> {
                                        started.countDown();
                                        started.await();
                                        if (item == 1) {
                                            TaskImpl.current().cancel();
                                        }
                                        return Held.untilReleased().call();
                                    }));
            assertEquals(7, scope.spawn(() -> 7).await());
            scope.awaitAll();
        }
    }

    @Test
    void settle_listBeforeAMap_staysAsItWas() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(2).open()) {
            TaskImpl<Integer> first = scope.spawn(() -> 1);
            TaskImpl<Integer> second = scope.spawn(() -> 2);
            List<?> settled = scope.settle();
            long id = scope.id();
            assertEquals(List.of(1, 2), scope.map("default", List.of(1, 2), item -> item));
            assertEquals(List.of(first, second), settled);
            assertEquals(List.of(first, second), scope.settle());
            assertEquals(id, scope.id());
            assertSame(1, scope.await(first.id()));
        }
    }

    @Test
    void id_ofAScopeThatOnlyMaps_staysTheSame() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(2).open()) {
            List<Long> seen = scope.map("default", List.of(1, 2, 3, 4), item -> scope.id());
            Eventually.isTrue(scope.tasks()::allEnded);
            seen.forEach(id -> assertEquals(scope.id(), id));
        }
    }

    @Test
    void await_byIdBetweenTwoMaps_costsTheSameForEach() throws Exception {
        PogoRuntimeImpl runtime = Runtimes.ofSize(4);
        Growth.isInProportion(
                2_000,
                n -> {
                    try (PogoScopeImpl scope = runtime.open(ofSeconds(60))) {
                        scope.map("default", List.of(1, 2, 3), item -> item);
                        List<TaskImpl<Integer>> tasks = new ArrayList<>();
                        for (int i = 0; i < n; i++) {
                            tasks.add(scope.spawn(() -> 1));
                        }
                        scope.awaitAll();
                        scope.map("default", List.of(1, 2, 3), item -> item);
                        for (TaskImpl<Integer> task : tasks) {
                            assertEquals(1, scope.await(task.id()));
                        }
                    }
                });
    }
}
