package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Rule 11: in turn between scopes, first-in first-out within one. */
class FairnessTest {
    private final PogoRuntime runtime = Runtimes.ofSize(1);
    private final List<String> started = Collections.synchronizedList(new ArrayList<>());

    @Test
    void admission_severalScopesWait_isInTurnBetweenThem() throws InterruptedException {
        try (PogoScope first = runtime.open();
                PogoScope second = runtime.open();
                PogoScope third = runtime.open();
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
        try (PogoScope first = runtime.open();
                PogoScope second = runtime.open();
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
        try (PogoScope first = runtime.open();
                PogoScope second = runtime.open();
                PogoScope third = runtime.open();
                Held held = Held.untilReleased()) {
            first.spawn(held);
            List<Task<Void>> a = spawn(first, "a1", "a2", "a3");
            List<Task<Void>> b = spawn(second, "b1");
            List<Task<Void>> c = spawn(third, "c1", "c2", "c3");
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
        try (PogoScope large = runtime.open();
                PogoScope small = runtime.open();
                Held held = Held.untilReleased()) {
            large.spawn(held);
            for (int i = 0; i < 10_000; i++) {
                large.spawn(before::incrementAndGet);
            }
            List<Task<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                tasks.add(small.spawn(before::get));
            }
            held.release();
            for (Task<Integer> task : tasks) {
                assertTrue(task.await() <= 3, () -> task + " came after " + task.result());
            }
            large.awaitAll(ofSeconds(30));
        }
    }

    @Test
    void expiry_severalScopesWait_isByAge() throws InterruptedException {
        PogoRuntime hasty =
                Runtimes.start(
                        PogoConfig.defaults()
                                .withPool(
                                        PoolConfig.named("default")
                                                .withNumThreads(1)
                                                .withMaxWait(ofMillis(20))));
        try (PogoScope first = hasty.open();
                PogoScope second = hasty.open();
                Held held = Held.untilReleased()) {
            first.spawn(held);
            List<Task<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                tasks.add((i % 3 == 0 ? first : second).spawn(() -> 1));
            }
            second.settle(ofSeconds(20));
            Eventually.isTrue(() -> tasks.stream().allMatch(Task::done));
            assertTrue(
                    tasks.stream()
                            .allMatch(task -> task.failure() instanceof PoolSaturatedException));
            assertEquals(0, hasty.pool("default").load().waiting());
        }
    }

    private List<Task<Void>> spawn(PogoScope scope, String... names) {
        List<Task<Void>> tasks = new ArrayList<>();
        for (String name : names) {
            tasks.add(
                    scope.spawn(() -> {
                        started.add(name);
                        return null;
                    }));
        }
        return tasks;
    }

    private static void awaitAll(PogoScope... scopes) throws InterruptedException {
        for (PogoScope scope : scopes) {
            scope.awaitAll();
        }
    }
}
