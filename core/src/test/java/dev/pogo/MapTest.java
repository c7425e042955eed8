package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.engine.Runtimes;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

class MapTest {
    /** Counts what is in it at once, and is left only when it has been full. */
    private static final class Gauge {
        final AtomicInteger now = new AtomicInteger();
        final AtomicInteger most = new AtomicInteger();
        final CountDownLatch full;

        Gauge(int size) {
            full = new CountDownLatch(size);
        }

        <R> R in(R result) throws InterruptedException {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            full.countDown();
            try {
                assertTrue(full.await(20, TimeUnit.SECONDS), "it is never full");
                Thread.yield();
                return result;
            } finally {
                now.decrementAndGet();
            }
        }
    }

    @Test
    void map_thousandItemsInAPoolOfEight_doNotSaturateItAndKeepTheirOrder() throws Exception {
        PogoRuntime runtime = Runtimes.ofSize(8, ofSeconds(1));
        Gauge gauge = new Gauge(8);
        try (PogoScope scope = runtime.open()) {
            List<Integer> doubled = scope.map("default", Items.upTo(1_000), i -> gauge.in(2 * i));
            assertEquals(IntStream.range(0, 1_000).map(i -> 2 * i).boxed().toList(), doubled);
        }
        assertEquals(8, gauge.most.get());
        assertEquals(1_000, runtime.pool("default").stats().succeeded());
        assertEquals(0, runtime.pool("default").stats().saturated());
    }

    @Test
    void map_itemsThatTakeLongerThanMaxWaitTogether_doNotSaturateThePool() throws Exception {
        try (PogoScope scope = Runtimes.ofSize(2, ofMillis(40)).open()) {
            List<Integer> same =
                    scope.map(
                            "default",
                            Items.upTo(20),
                            i -> {
                                Thread.sleep(10); // together 100 ms for each permit
                                return i;
                            });
            assertEquals(Items.upTo(20), same);
        }
    }

    @Test
    void map_results_areUnmodifiable() throws Exception {
        try (PogoScope scope = Runtimes.ofSize(2).open()) {
            List<Integer> results = scope.map("default", Items.upTo(3), i -> i);
            assertThrows(UnsupportedOperationException.class, () -> results.set(0, 1));
            assertThrows(UnsupportedOperationException.class, () -> results.add(1));
        }
    }

    @Test
    void map_noItems_returnsNoResults() throws Exception {
        PogoRuntime runtime = Runtimes.ofSize(2);
        try (PogoScope scope = runtime.open()) {
            assertEquals(List.of(), scope.map("default", List.<Integer>of(), i -> i));
            assertEquals(List.of(), scope.settle(ofSeconds(1)));
        }
    }

    @Test
    void map_oneItem_returnsItsResult() throws Exception {
        try (PogoScope scope = Runtimes.ofSize(2).open()) {
            assertEquals(List.of("1"), scope.map("default", List.of(1), Object::toString));
        }
    }

    @Test
    void map_nullItemsAndResults_areGivenAndReturned() throws Exception {
        try (PogoScope scope = Runtimes.ofSize(2).open()) {
            List<@Nullable String> items = Arrays.asList(null, "a", null);
            Mapper<@Nullable String, @Nullable String> other = item -> item == null ? "null" : null;
            assertEquals(Arrays.asList("null", null, "null"), scope.map("default", items, other));
        }
    }

    @Test
    void map_unknownPool_isRefused() {
        try (PogoScope scope = Runtimes.ofSize(2).open()) {
            assertThrows(
                    UnknownPoolException.class, () -> scope.map("none", Items.upTo(1), i -> i));
        }
    }

    @Test
    void map_otherScopesUseThePool_getTheirTurn() throws Exception {
        PogoRuntime runtime = Runtimes.ofSize(2);
        Gauge gauge = new Gauge(2);
        AtomicInteger mapped = new AtomicInteger();
        try (PogoScope scope = runtime.open(ofSeconds(60))) {
            Thread mapping = Thread.currentThread();
            CountDownLatch underWay = new CountDownLatch(10);
            AtomicInteger others = new AtomicInteger();
            Thread other =
                    Thread.ofPlatform()
                            .start(() -> {
                                try (PogoScope own = runtime.open()) {
                                    underWay.await();
                                    while (mapping.isAlive() && mapped.get() < 500) {
                                        own.spawn(() -> gauge.in(1)).await();
                                        others.incrementAndGet();
                                    }
                                } catch (InterruptedException e) {
                                    throw new AssertionError(e);
                                }
                            });
            scope.map(
                    "default",
                    Items.upTo(500),
                    i -> {
                        underWay.countDown();
                        gauge.in(i);
                        return mapped.incrementAndGet();
                    });
            other.join();
            assertTrue(others.get() > 0, "another scope gets its turn");
        }
        assertEquals(2, gauge.most.get());
    }

    /** The time counts from the spawn of each. */
    @Test
    void map_allItemsTogetherTakeLongerThanAwaitTimeout_succeeds() throws Exception {
        PogoRuntime runtime =
                Runtimes.start(
                        PogoConfig.defaults()
                                .withAwaitTimeout(ofSeconds(2))
                                .withPool(PoolConfig.named("default").withNumThreads(2)));
        try (PogoScope scope = runtime.open()) {
            List<Integer> same =
                    scope.map(
                            "default",
                            Items.upTo(40),
                            i -> {
                                Thread.sleep(120); // together 2.4 s for each permit
                                return i;
                            });
            assertEquals(Items.upTo(40), same);
        }
    }

    /** The iterator is the caller's own code, and may use the scope as well. */
    @Test
    void map_iteratorSpawnsAndAwaits_works() throws Exception {
        try (PogoScope scope = Runtimes.ofSize(2).open()) {
            Collection<Integer> items =
                    Items.computed(
                            10,
                            i -> {
                                try {
                                    return scope.spawn(() -> i).await();
                                } catch (InterruptedException e) {
                                    throw new AssertionError(e);
                                }
                            });
            assertEquals(Items.upTo(10), scope.map("default", items, i -> i));
            assertEquals(10, scope.settle(ofSeconds(20)).size());
        }
    }

    /** The task lends its permit to one item after the other. */
    @Test
    void map_inATaskOfAPoolOfOne_lendsThePermit() throws Exception {
        PogoRuntime runtime = Runtimes.ofSize(1);
        Gauge gauge = new Gauge(1);
        try (PogoScope scope = runtime.open(ofSeconds(60))) {
            Task<List<Integer>> task =
                    scope.spawn(() -> scope.map("default", Items.upTo(200), i -> gauge.in(i)));
            assertEquals(Items.upTo(200), task.await());
        }
        assertEquals(1, gauge.most.get());
    }

    @Test
    void map_inMapInMapInAPoolOfOne_works() throws Exception {
        try (PogoScope scope = Runtimes.ofSize(1).open(ofSeconds(60))) {
            assertEquals(List.of(9, 9, 9), scope.map("default", Items.upTo(3), i -> sum(scope, 2)));
            assertEquals(List.of(), scope.settle(ofSeconds(1)));
        }
    }

    private static int sum(PogoScope scope, int depth) throws InterruptedException {
        if (depth == 0) {
            return 1;
        }
        return scope.map("default", Items.upTo(3), i -> sum(scope, depth - 1)).stream()
                .mapToInt(Integer::intValue)
                .sum();
    }

    @Test
    void map_listenersAndStatistics_areToldOfEachItem() throws Exception {
        PogoRuntime runtime = Runtimes.ofSize(4);
        Set<Long> told = ConcurrentHashMap.newKeySet();
        runtime.addTaskListener(task -> told.add(task.id()));
        try (PogoScope scope = runtime.open()) {
            scope.map("default", Items.upTo(1_000), i -> i);
        }
        assertEquals(1_000, told.size());
        assertEquals(1_000, runtime.pool("default").stats().succeeded());
    }

    @Test
    void map_severalOneAfterTheOtherAndAtOnce_eachGivesItsResults() throws Exception {
        try (PogoScope scope = Runtimes.ofSize(4).open(ofSeconds(60))) {
            for (int round = 0; round < 3; round++) {
                assertEquals(Items.upTo(300), scope.map("default", Items.upTo(300), i -> i));
            }
            List<List<Integer>> results = Collections.synchronizedList(new ArrayList<>());
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                threads.add(
                        Thread.startVirtualThread(() -> {
                            try {
                                results.add(scope.map("default", Items.upTo(1_000), item -> item));
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                        }));
            }
            assertEquals(Items.upTo(1_000), scope.map("default", Items.upTo(1_000), i -> i));
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(Collections.nCopies(4, Items.upTo(1_000)), results);
            assertEquals(List.of(), scope.settle(ofSeconds(1)));
        }
    }
}
