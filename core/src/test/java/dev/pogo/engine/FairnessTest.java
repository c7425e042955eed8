package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.Eventually;
import dev.pogo.Held;
import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.PoolSaturatedException;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Rule 11: in turn between scopes, first-in first-out within one. */
class FairnessTest {
    private final PogoRuntimeImpl runtime = Runtimes.ofSize(1);
    private final List<String> started = Collections.synchronizedList(new ArrayList<>());

    @Test
    void admission_severalScopesWait_isInTurnBetweenThem() throws InterruptedException {
        try (PogoScopeImpl first = runtime.open();
                PogoScopeImpl second = runtime.open();
                PogoScopeImpl third = runtime.open();
                Held held = Held.untilReleased()) {
            first.spawn(held);
            spawn(first, "a1", "a2", "a3", "a4");
            spawn(second, "b1", "b2");
            spawn(third, "c1");
            held.release();
            awaitAll(first, second, third);
            assertEquals(List.of("a1", "b1", "c1", "a2", "b2", "a3", "a4"), started);
        }
    }

    @Test
    void admission_scopeLinesUpAgain_comesAfterAllOthers() throws InterruptedException {
        try (PogoScopeImpl first = runtime.open();
                PogoScopeImpl second = runtime.open();
                Held held = Held.untilReleased();
                Held next = Held.untilReleased()) {
            first.spawn(held);
            first.spawn(next);
            spawn(second, "b1", "b2");
            held.release();
            next.awaitStarted();
            spawn(first, "a1");
            next.release();
            awaitAll(first, second);
            assertEquals(List.of("b1", "a1", "b2"), started);
        }
    }

    @Test
    void admission_tasksCancelledInTheLine_keepsTheTurnsOfTheOthers() throws InterruptedException {
        try (PogoScopeImpl first = runtime.open();
                PogoScopeImpl second = runtime.open();
                PogoScopeImpl third = runtime.open();
                Held held = Held.untilReleased()) {
            first.spawn(held);
            List<TaskImpl<Void>> a = spawn(first, "a1", "a2", "a3");
            List<TaskImpl<Void>> b = spawn(second, "b1");
            List<TaskImpl<Void>> c = spawn(third, "c1", "c2", "c3");
            a.get(1).cancel();
            b.get(0).cancel();
            c.get(0).cancel();
            spawn(second, "b2");
            held.release();
            awaitAll(first, second, third);
            assertEquals(List.of("a1", "c2", "b2", "a3", "c3"), started);
        }
    }

    @Test
    void smallRequest_behindALargeOne_waitsForItsTurnsOnly() throws InterruptedException {
        AtomicInteger before = new AtomicInteger();
        try (PogoScopeImpl large = runtime.open();
                PogoScopeImpl small = runtime.open();
                Held held = Held.untilReleased()) {
            large.spawn(held);
            for (int i = 0; i < 10_000; i++) {
                large.spawn(before::incrementAndGet);
            }
            List<TaskImpl<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                tasks.add(small.spawn(before::get));
            }
            held.release();
            for (TaskImpl<Integer> task : tasks) {
                assertTrue(task.await() <= 3, () -> task + " came after " + task.result());
            }
            large.awaitAll(ofSeconds(30));
        }
    }

    @Test
    void expiry_severalScopesWait_isByAge() throws InterruptedException {
        PogoRuntimeImpl hasty =
                Runtimes.start(
                        PogoConfig.defaults()
                                .withPool(
                                        PoolConfig.named("default")
                                                .withNumThreads(1)
                                                .withMaxWait(ofMillis(20))));
        try (PogoScopeImpl first = hasty.open();
                PogoScopeImpl second = hasty.open();
                Held held = Held.untilReleased()) {
            first.spawn(held);
            List<TaskImpl<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                tasks.add((i % 3 == 0 ? first : second).spawn(() -> 1));
            }
            second.settle(ofSeconds(20));
            Eventually.isTrue(() -> tasks.stream().allMatch(TaskImpl::done));
            assertTrue(
                    tasks.stream()
                            .allMatch(task -> task.exception() instanceof PoolSaturatedException));
            assertEquals(0, hasty.pool("default").load().waiting());
        }
    }

    private List<TaskImpl<Void>> spawn(PogoScopeImpl scope, String... names) {
        List<TaskImpl<Void>> tasks = new ArrayList<>();
        for (String name : names) {
            tasks.add(
                    scope.spawn(() -> {
                        started.add(name);
                        return null;
                    }));
        }
        return tasks;
    }

    private static void awaitAll(PogoScopeImpl... scopes) throws InterruptedException {
        for (PogoScopeImpl scope : scopes) {
            scope.awaitAll();
        }
    }
}
