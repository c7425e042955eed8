package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.AwaitTimeoutException;
import dev.pogo.Eventually;
import dev.pogo.Held;
import dev.pogo.Messages;
import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.PoolLoad;
import dev.pogo.PoolSaturatedException;
import dev.pogo.Task;
import dev.pogo.TaskSpec;
import dev.pogo.ThreadKind;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Rules 2 and 3: the bound on running, and the bound on waiting. */
class PoolTest {
    @Test
    void maxWait_ofTasksSpawnedApart_endsEachInItsTurn() {
        PogoRuntimeImpl runtime =
                Runtimes.start(
                        PogoConfig.defaults()
                                .withPool(
                                        PoolConfig.named("default")
                                                .withNumThreads(1)
                                                .withMaxWait(ofMillis(40))));
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            scope.spawn(held);
            TaskImpl<Integer> first = scope.spawn(() -> 1);
            Eventually.isTrue(() -> first.waited().compareTo(ofMillis(10)) > 0);
            TaskImpl<Integer> second = scope.spawn(() -> 2);
            Eventually.isTrue(first::done);
            Eventually.isTrue(second::done);
            assertThrows(PoolSaturatedException.class, second::result);
        }
    }

    @Test
    void pool_manyScopesAndTasks_runsAtMostNumThreadsAtOnce() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(3);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<PogoScopeImpl> scopes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            PogoScopeImpl scope = runtime.open();
            scopes.add(scope);
            for (int j = 0; j < 200; j++) {
                scope.spawn(() -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    Thread.yield();
                    running.decrementAndGet();
                    return null;
                });
            }
        }
        for (PogoScopeImpl scope : scopes) {
            scope.awaitAll(ofSeconds(30));
        }
        Collections.reverse(scopes);
        scopes.forEach(PogoScopeImpl::close);
        assertTrue(most.get() <= 3, () -> most + " ran at once");
    }

    @Test
    void permit_cancelledTaskStillRuns_isNotGivenBack() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.ignoringInterrupts()) {
            TaskImpl<String> stubborn = scope.spawn(held);
            held.awaitStarted();
            assertThrows(AwaitTimeoutException.class, () -> stubborn.await(ofMillis(1)));
            TaskImpl<Integer> next = scope.spawn(() -> 1);
            assertEquals(Task.State.CANCELLED, stubborn.state());
            assertEquals(Task.State.WAITING, next.state());
            Eventually.isTrue(
                    () -> runtime.pool("default").load().equals(new PoolLoad(1, 1, 1, 0, 1)));
            held.release();
            assertEquals(1, next.await());
        }
    }

    @Test
    void waiting_longerThanMaxWait_failsWithTheNumbers() throws InterruptedException {
        PoolConfig config = PoolConfig.named("default").withNumThreads(1).withMaxWait(ofMillis(20));
        PogoRuntimeImpl runtime = Runtimes.start(PogoConfig.defaults().withPool(config));
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            TaskImpl<String> running = scope.spawn(held);
            TaskImpl<Integer> late = scope.spawn(TaskSpec.in("default").named("late"), () -> 1);
            PoolSaturatedException e =
                    assertThrows(PoolSaturatedException.class, () -> late.await(ofSeconds(20)));
            assertEquals(Task.State.FAILED, late.state());
            assertTrue(e.waited().compareTo(ofMillis(20)) >= 0, () -> e.waited().toString());
            assertEquals(ofMillis(20), e.maxWait());
            assertEquals(List.of(1, 1, 1), List.of(e.running(), e.waiting(), e.limit()));
            Messages.assertMatches(
                    "no permit within max_wait of 20 ms \\[task late, id \\d+:"
                            + " waited \\d+ ms, ran 0 ms; pool default: 1 of 1"
                            + " running, 1 waiting]",
                    e);
            // max_wait bounds waiting only
            assertFalse(running.done());
            held.release();
            assertEquals("released", running.await());
            assertThrows(PoolSaturatedException.class, late::result);
        }
    }

    @Test
    void waiting_manyExpireAtOnce_allFailAndThePoolGoesOn() throws InterruptedException {
        PoolConfig config = PoolConfig.named("default").withNumThreads(1).withMaxWait(ofMillis(5));
        PogoRuntimeImpl runtime = Runtimes.start(PogoConfig.defaults().withPool(config));
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            scope.spawn(held);
            List<TaskImpl<Integer>> late = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                late.add(scope.spawn(() -> 1));
            }
            Eventually.isTrue(() -> late.stream().allMatch(TaskImpl::done));
            for (TaskImpl<Integer> task : late) {
                assertThrows(PoolSaturatedException.class, task::result);
            }
            assertEquals(new PoolLoad(1, 1, 0, 0, 0), runtime.pool("default").load());
            held.release();
            Eventually.isTrue(() -> runtime.pool("default").load().running() == 0);
            assertEquals(7, scope.spawn(() -> 7).await());
        }
    }

    @Test
    void waiting_oneScope_isAdmittedFirstInFirstOut() throws InterruptedException {
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open();
                Held held = Held.untilReleased()) {
            scope.spawn(held);
            for (int i = 0; i < 5; i++) {
                int number = i;
                scope.spawn(() -> order.add(number));
            }
            held.release();
            scope.awaitAll(ofSeconds(20));
        }
        assertEquals(List.of(0, 1, 2, 3, 4), order);
    }

    @Test
    void pool_asked_givesItsConfiguration() {
        PoolConfig cpu =
                PoolConfig.named("cpu")
                        .withNumThreads(3)
                        .withMaxWait(ofSeconds(7))
                        .withThreads(ThreadKind.PLATFORM);
        PogoRuntimeImpl runtime = Runtimes.start(PogoConfig.defaults().withPool(cpu));
        PoolImpl pool = runtime.pool("cpu");
        assertEquals("cpu", pool.name());
        assertEquals(3, pool.size());
        assertEquals(ofSeconds(7), pool.maxWait());
        assertEquals(ThreadKind.PLATFORM, pool.threads());
        assertEquals(List.of(runtime.pool("default"), pool), runtime.pools());
    }
}
