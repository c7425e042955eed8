package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofSeconds;

import dev.pogo.ChildJvm;
import dev.pogo.Eventually;
import dev.pogo.Held;
import dev.pogo.Task;
import dev.pogo.UnknownTaskException;

import org.junit.jupiter.api.Test;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/** What is left in a scope of the tasks of a map. */
class MappingTest {
    private static List<Integer> upTo(int size) {
        return IntStream.range(0, size).boxed().toList();
    }

    @Test
    void settleAndReport_afterAMap_haveTheOtherTasksOnly() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(4).open()) {
            Task<Integer> before = scope.spawn(() -> -1);
            scope.map("default", upTo(3_000), i -> i);
            Task<Integer> after = scope.spawn(() -> -2);
            assertEquals(List.of(before, after), scope.settle(ofSeconds(20)));
            assertEquals(
                    List.of(before.id(), after.id()),
                    scope.report().tasks().stream().map(task -> task.id()).toList());
            scope.awaitAll(ofSeconds(20));
            assertEquals("3002 tasks, 0 unfinished", scope.tasks().toString());
        }
    }

    /** The outcome of such a task is known before it has given its permit back. */
    @Test
    void settle_afterAMapWhoseTasksHaveLentTheirPermits_hasNoneOfThem() throws Exception {
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open()) {
            for (int round = 0; round < 300; round++) {
                scope.map("default", upTo(2), i -> scope.spawn(() -> i).await());
                List<Task<?>> all = scope.settle(ofSeconds(20));
                assertEquals(2 * (round + 1), all.size());
            }
        }
    }

    /** A listener must not wait, but one that does must not show the task in the scope. */
    @Test
    void settle_taskOfTheMapHasNotEndedYet_hasNotThatTask() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(2);
        CountDownLatch told = new CountDownLatch(1);
        runtime.addTaskListener(task -> await(told));
        try (PogoScopeImpl scope = runtime.open()) {
            try {
                assertEquals(upTo(4), scope.map("default", upTo(4), i -> i));
                assertEquals(List.of(), scope.settle(ofSeconds(20)));
                assertEquals(List.of(), scope.report().tasks());
            } finally {
                told.countDown();
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void settle_listReturnedDuringAMap_doesNotChange() throws Exception {
        try (PogoScopeImpl scope = Runtimes.ofSize(2).open()) {
            CountDownLatch goOn = new CountDownLatch(1);
            CountDownLatch mapped = new CountDownLatch(1);
            Task<Integer> own = scope.spawn(() -> -1);
            own.await();
            Thread mapping =
                    Thread.startVirtualThread(() -> {
                        try {
                            scope.map(
                                    "default",
                                    new Slow(
                                            100,
                                            i -> {
                                                if (i == 2) {
                                                    // The first two are done, and have not been
                                                    // looked at.
                                                    Eventually.isTrue(() -> allDone(scope));
                                                    mapped.countDown();
                                                    await(goOn);
                                                }
                                            }),
                                    i -> i);
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                    });
            // With a pool of two, the third is asked for once one of the first two was looked at.
            mapped.await();
            List<Task<?>> during = scope.settle(ofSeconds(20));
            List<Task<?>> copy = new ArrayList<>(during);
            goOn.countDown();
            mapping.join();
            assertEquals(copy, during);
            assertEquals(List.of(own), scope.settle(ofSeconds(20)));
        }
    }

    private static boolean allDone(PogoScopeImpl scope) {
        return scope.tasks().snapshot().stream().allMatch(Task::done);
    }

    /** A list that calls something before it gives an item. */
    private static final class Slow extends java.util.AbstractList<Integer> {
        private final int size;
        private final java.util.function.IntConsumer before;

        Slow(int size, java.util.function.IntConsumer before) {
            this.size = size;
            this.before = before;
        }

        @Override
        public Integer get(int index) {
            before.accept(index);
            return index;
        }

        @Override
        public int size() {
            return size;
        }
    }

    @Test
    void awaitById_afterMaps_findsTheOtherTasksOnly() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(4);
        Set<Long> ids = ConcurrentHashMap.newKeySet();
        try (PogoScopeImpl scope = runtime.open()) {
            List<Task<Integer>> own = new ArrayList<>();
            for (int round = 0; round < 5; round++) {
                int number = round;
                own.add(scope.spawn(() -> number));
                scope.map("default", upTo(500), i -> ids.add(Task.current().id()));
            }
            assertEquals(2_500, ids.size());
            for (long id : ids) {
                assertThrows(UnknownTaskException.class, () -> scope.await(id));
            }
            for (int round = 0; round < 5; round++) {
                assertEquals(round, scope.await(own.get(round).id()));
                long id = own.get(round).id();
                assertThrows(UnknownTaskException.class, () -> scope.await(id));
            }
        }
    }

    @Test
    void spawnedBesideAMap_areKeptAndFound() throws Exception {
        try (PogoScopeImpl scope = Runtimes.ofSize(4).open()) {
            List<Task<Integer>> beside = Collections.synchronizedList(new ArrayList<>());
            List<Integer> mapped =
                    scope.map(
                            "default",
                            upTo(2_000),
                            i -> {
                                if (i % 10 == 0) {
                                    beside.add(scope.spawn(() -> -i));
                                }
                                return i;
                            });
            assertEquals(upTo(2_000), mapped);
            List<Task<?>> settled = scope.settle(ofSeconds(20));
            assertEquals(200, settled.size());
            assertEquals(Set.copyOf(beside), Set.copyOf(settled));
            for (Task<Integer> task : beside) {
                assertEquals(task.result(), scope.await(task.id()));
            }
        }
    }

    @Test
    void close_afterAMapWhileOthersRun_cancelsThem() throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(4);
        Task<String> first;
        Task<String> last;
        try (Held held = Held.untilReleased();
                PogoScopeImpl scope = runtime.open()) {
            first = scope.spawn(held);
            scope.map("default", upTo(1_000), i -> i);
            last = scope.spawn(held);
            held.awaitStarted();
        }
        assertTrue(first.isCancelled());
        assertTrue(last.isCancelled());
    }

    @Test
    void itemsAndTheirTasks_afterwards_areGarbage() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(2).open()) {
            List<WeakReference<Task<?>>> tasks = Collections.synchronizedList(new ArrayList<>());
            scope.map("default", upTo(100), i -> tasks.add(new WeakReference<>(Task.current())));
            Eventually.isTrue(
                    () -> {
                        System.gc();
                        return tasks.stream().filter(task -> task.get() != null).count() <= 1;
                    },
                    () -> "too many are kept");
        }
    }

    /** A million items; each task would keep at least a hundred bytes. */
    public static final class Million {
        private Million() {}

        public static void main(String[] args) throws Exception {
            PogoRuntimeImpl runtime = Runtimes.ofSize(8);
            try (PogoScopeImpl scope = runtime.open()) {
                List<Integer> results =
                        scope.map("default", new Slow(1_000_000, i -> {}), i -> i & 15);
                long sum = results.stream().mapToLong(Integer::longValue).sum();
                System.out.println(sum + " of " + results.size());
            }
            runtime.close();
        }
    }

    @Test
    void map_aMillionItemsInASmallHeap_works() throws Exception {
        String written = ChildJvm.run(Million.class, List.of("-Xmx48m", "-XX:+UseSerialGC"));
        assertEquals("7500000 of 1000000", written.strip());
    }
}
