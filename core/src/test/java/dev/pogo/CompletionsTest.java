package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;

import dev.pogo.channel.Forked;
import dev.pogo.engine.Runtimes;

import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import javax.management.JMException;
import javax.management.ObjectName;

/** Tasks in the order in which they end. */
class CompletionsTest {
    private static final long SEED = Long.getLong("pogo.stress.seed", System.nanoTime());
    private static final Duration LONG = ofSeconds(20);

    private final PogoRuntime runtime = Runtimes.ofSize(4);

    @Test
    void next_tasksEndOneByOne_givesEachOnceInThatOrder() throws InterruptedException {
        try (PogoScope scope = runtime.open();
                Held first = Held.untilReleased();
                Held second = Held.untilReleased();
                Held third = Held.untilReleased()) {
            List<Task<String>> tasks =
                    List.of(scope.spawn(first), scope.spawn(second), scope.spawn(third));
            Completions<String> completions = scope.completions(tasks);
            assertEquals(3, completions.remaining());
            second.release();
            assertSame(tasks.get(1), completions.next(LONG).orElseThrow());
            assertEquals(2, completions.remaining());
            third.release();
            assertSame(tasks.get(2), completions.next(LONG).orElseThrow());
            first.release();
            Task<String> last = completions.next(LONG).orElseThrow();
            assertSame(tasks.get(0), last);
            assertEquals("released", last.result());
            assertEquals(0, completions.remaining());
            assertEquals(Optional.empty(), completions.next(ZERO));
            assertEquals(Optional.empty(), completions.next(ofHours(1)));
        }
    }

    @Test
    void next_tasksHaveEndedBefore_givesThemInTheOrderOfTheirEnds() throws InterruptedException {
        try (PogoScope scope = runtime.open();
                Held first = Held.untilReleased();
                Held second = Held.untilReleased();
                Held third = Held.untilReleased()) {
            List<Held> works = List.of(first, second, third);
            List<Task<String>> tasks = works.stream().map(scope::<String>spawn).toList();
            for (int i : List.of(2, 0)) {
                works.get(i).release();
                tasks.get(i).await();
            }
            tasks.get(1).cancel();
            Completions<String> completions = scope.completions(tasks);
            for (int i : List.of(2, 0, 1)) {
                assertSame(tasks.get(i), completions.next(ZERO).orElseThrow());
            }
        }
    }

    @Test
    void next_taskThatOccursTwice_isGivenOnce() throws InterruptedException {
        try (PogoScope scope = runtime.open()) {
            Task<Integer> one = scope.spawn(() -> 1);
            Task<Integer> other = scope.spawn(() -> 2);
            Completions<Integer> completions =
                    scope.completions(List.of(other, one, other, one, other));
            assertEquals(2, completions.remaining());
            Set<Task<Integer>> given = new HashSet<>();
            given.add(completions.next(LONG).orElseThrow());
            given.add(completions.next(LONG).orElseThrow());
            assertEquals(Set.of(one, other), given);
            assertEquals(Optional.empty(), completions.next(LONG));
        }
    }

    @Test
    void next_noTasks_isOverAtOnce() throws InterruptedException {
        try (PogoScope scope = runtime.open()) {
            Completions<Integer> completions = scope.completions(List.of());
            assertEquals(0, completions.remaining());
            assertEquals(Optional.empty(), completions.next(ofHours(1)));
        }
    }

    /** Later changes of the collection do not matter. */
    @Test
    void completions_tasksOfSeveralTypes_areASnapshot() throws InterruptedException {
        try (PogoScope scope = runtime.open()) {
            List<Task<? extends Object>> tasks = new ArrayList<>();
            tasks.add(scope.spawn(() -> 1));
            tasks.add(scope.spawn(() -> "two"));
            Completions<Object> completions = scope.completions(tasks);
            tasks.clear();
            Set<Object> values = new HashSet<>();
            values.add(completions.next(LONG).orElseThrow().result());
            values.add(completions.next(LONG).orElseThrow().result());
            assertEquals(Set.of(1, "two"), values);
        }
    }

    @Test
    void next_whateverTheOutcome_givesTheTask() throws InterruptedException {
        PogoRuntime hasty =
                Runtimes.start(
                        PogoConfig.defaults()
                                .withPool(PoolConfig.named("default").withNumThreads(1))
                                .withPool(
                                        PoolConfig.named("hasty")
                                                .withNumThreads(1)
                                                .withMaxWait(ofMillis(1))));
        try (PogoScope scope = hasty.open();
                Held held = Held.untilReleased();
                Held other = Held.untilReleased()) {
            scope.spawn("hasty", held);
            Task<String> saturated = scope.spawn("hasty", held);
            Task<String> running = scope.spawn(other);
            Task<String> waiting = scope.spawn(other);
            Completions<String> completions =
                    scope.completions(List.of(saturated, running, waiting));
            assertSame(saturated, completions.next(LONG).orElseThrow());
            assertThrows(PoolSaturatedException.class, saturated::result);
            waiting.cancel();
            assertSame(waiting, completions.next(LONG).orElseThrow());
            other.awaitStarted();
            running.cancel();
            assertSame(running, completions.next(LONG).orElseThrow());
            assertEquals(Task.State.CANCELLED, running.state());
            Task<Object> fails =
                    scope.spawn(() -> {
                        throw new IllegalStateException("test");
                    });
            Task<Object> failed = scope.completions(List.of(fails)).next(LONG).orElseThrow();
            assertInstanceOf(
                    IllegalStateException.class,
                    assertThrows(TaskFailedException.class, failed::result).getCause());
        }
    }

    @Test
    void next_timesOut_cancelsNothing() throws InterruptedException {
        try (PogoScope scope = runtime.open();
                Held held = Held.untilReleased()) {
            Task<String> task = scope.spawn(held);
            Completions<String> completions = scope.completions(List.of(task));
            assertEquals(Optional.empty(), completions.next(ZERO));
            assertEquals(Optional.empty(), completions.next(ofMillis(2)));
            assertThrows(IllegalArgumentException.class, () -> completions.next(ofNanos(-1)));
            assertFalse(task.done());
            assertEquals(1, completions.remaining());
            held.release();
            assertSame(task, completions.next(LONG).orElseThrow());
            assertEquals("released", task.result());
        }
    }

    @Test
    void next_interrupted_leavesTheTasksAlone() throws Exception {
        try (PogoScope scope = runtime.open();
                Held held = Held.untilReleased()) {
            Task<String> task = scope.spawn(held);
            Task<Integer> ended = scope.spawn(() -> 1);
            ended.await();
            Completions<Object> completions =
                    scope.completions(List.<Task<? extends Object>>of(task, ended));
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, () -> completions.next(LONG));
            assertFalse(Thread.interrupted());
            assertEquals(2, completions.remaining());
            assertSame(ended, completions.next(ZERO).orElseThrow());

            Forked<Optional<Task<Object>>> waiting = Forked.parked(() -> completions.next(LONG));
            waiting.interrupt();
            waiting.assertFailed(InterruptedException.class);
            assertFalse(task.done());
            held.release();
            assertSame(task, completions.next(LONG).orElseThrow());
        }
    }

    @Test
    void completions_wrongTasks_areRefused() {
        try (PogoScope other = runtime.open();
                PogoScope scope = runtime.open()) {
            Task<Integer> own = scope.spawn(() -> 1);
            Task<Integer> foreign = other.spawn(() -> 1);
            assertThrows(
                    UnknownTaskException.class, () -> scope.completions(List.of(own, foreign)));
            Task<Integer> none = null;
            NullPointerException e =
                    assertThrows(
                            NullPointerException.class,
                            () -> scope.completions(Arrays.asList(own, none)));
            assertEquals("tasks[1]", e.getMessage());
        }
    }

    @Test
    void next_byOneOfTheTasks_isRefused() throws InterruptedException {
        try (PogoScope scope = runtime.open();
                Held held = Held.untilReleased()) {
            Task<String> before = scope.spawn(held);
            AtomicReference<Completions<String>> shared = new AtomicReference<>();
            CountDownLatch made = new CountDownLatch(1);
            Task<String> self =
                    scope.spawn(() -> {
                        made.await();
                        Completions<String> completions = shared.get();
                        return assertThrows(
                                        IllegalStateException.class, () -> completions.next(ZERO))
                                .getMessage();
                    });
            Task<String> after = scope.spawn(held);
            shared.set(scope.completions(List.of(before, self, after)));
            made.countDown();
            assertEquals("task " + self.name() + " cannot await itself", self.await());
            Task<Object> makes =
                    scope.spawn(() -> {
                        Task<?> mine = Task.current();
                        return scope.completions(List.of(mine));
                    });
            assertInstanceOf(
                    IllegalStateException.class,
                    assertThrows(TaskFailedException.class, makes::await).getCause());
            Task<Boolean> another = scope.spawn(() -> shared.get().next(LONG).isPresent());
            assertTrue(another.await());
        }
    }

    @Test
    void next_deadlinePasses_givesTheCancelledTasks() throws InterruptedException {
        try (PogoScope scope = runtime.open(ofMillis(5));
                Held held = Held.untilReleased()) {
            List<Task<String>> tasks = List.of(scope.spawn(held), scope.spawn(held));
            Completions<String> completions = scope.completions(tasks);
            for (int i = 0; i < 2; i++) {
                Task<String> next = completions.next(ofHours(1)).orElseThrow();
                assertEquals(
                        CancelReason.SCOPE_DEADLINE,
                        assertThrows(DeadlineExceededException.class, next::result).reason());
            }
        }
    }

    @Test
    void next_scopeIsClosed_givesTheRest() throws Exception {
        Completions<String> completions;
        Forked<Optional<Task<String>>> waiting;
        try (PogoScope scope = runtime.open();
                Held held = Held.ignoringInterrupts()) {
            Completions<String> made =
                    scope.completions(List.of(scope.spawn(held), scope.spawn(held)));
            waiting = Forked.parked(() -> made.next(ofHours(1)));
            completions = made;
        }
        assertTrue(waiting.get().isPresent());
        assertTrue(completions.next(ZERO).isPresent());
        assertEquals(Optional.empty(), completions.next(ZERO));
    }

    /** Whoever waits for nothing any more is told so. */
    @Test
    void next_anotherTakesTheLast_isEmptyAtOnce() throws Exception {
        try (PogoScope scope = runtime.open();
                Held held = Held.untilReleased()) {
            Completions<String> completions = scope.completions(List.of(scope.spawn(held)));
            List<Forked<Optional<Task<String>>>> waiting = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                waiting.add(Forked.parked(() -> completions.next(ofHours(1))));
            }
            held.release();
            int given = 0;
            for (Forked<Optional<Task<String>>> one : waiting) {
                given += one.get().isPresent() ? 1 : 0;
            }
            assertEquals(1, given);
        }
    }

    /** Each parent has the pool's only permit, and its children wait for it. */
    @Test
    void next_nestedInAPoolOfOne_lendsItsPermit() throws InterruptedException {
        PogoRuntime narrow = Runtimes.ofSize(1);
        try (PogoScope scope = narrow.open()) {
            assertEquals(27, scope.spawn(() -> leaves(narrow, 3)).await(LONG));
        }
        assertEquals(0, narrow.pool("default").stats().running());
    }

    private static int leaves(PogoRuntime narrow, int depth) throws InterruptedException {
        if (depth == 0) {
            return 1;
        }
        try (PogoScope scope = narrow.open()) {
            List<Task<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                tasks.add(scope.spawn(() -> leaves(narrow, depth - 1)));
            }
            return sum(scope.completions(tasks));
        }
    }

    private static int sum(Completions<Integer> completions) throws InterruptedException {
        int sum = 0;
        Optional<Task<Integer>> next = completions.next(LONG);
        while (next.isPresent()) {
            sum += next.get().result();
            next = completions.next(LONG);
        }
        return sum;
    }

    /** Children of the same scope as the parent, which are spawned and cancelled meanwhile. */
    @Test
    void next_siblingsInAPoolOfOne_lendsItsPermit() throws InterruptedException {
        PogoRuntime narrow = Runtimes.ofSize(1);
        try (PogoScope scope = narrow.open()) {
            Task<Integer> parent =
                    scope.spawn(() -> {
                        List<Task<Integer>> tasks = new ArrayList<>();
                        for (int i = 0; i < 100; i++) {
                            tasks.add(scope.spawn(() -> 1));
                        }
                        Completions<Integer> completions = scope.completions(tasks);
                        int given = 0;
                        for (int i = 0; i < 100; i += 2) {
                            tasks.get(i).cancel();
                            given += completions.next(LONG).isPresent() ? 1 : 0;
                            given += completions.next(LONG).isPresent() ? 1 : 0;
                        }
                        return given;
                    });
            assertEquals(100, parent.await(LONG));
        }
    }

    /** Several tasks of the pool take from the same tasks, and each lends. */
    @Test
    void next_bySeveralTasksOfOnePool_givesEachTaskToOneOfThem() throws InterruptedException {
        PogoRuntime narrow = Runtimes.ofSize(3);
        try (PogoScope outer = narrow.open();
                PogoScope scope = narrow.open();
                Held held = Held.untilReleased()) {
            for (int i = 0; i < 3; i++) {
                outer.spawn(held);
            }
            List<Task<Integer>> tasks = new ArrayList<>();
            AtomicReference<Completions<Integer>> shared = new AtomicReference<>();
            List<Task<Integer>> consumers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                consumers.add(outer.spawn(() -> sum(shared.get())));
            }
            for (int i = 0; i < 1_000; i++) {
                tasks.add(scope.spawn(() -> 1));
            }
            shared.set(scope.completions(tasks));
            held.release();
            int sum = 0;
            for (Task<Integer> consumer : consumers) {
                sum += consumer.await(LONG);
            }
            assertEquals(1_000, sum);
        }
    }

    @Test
    void next_bySeveralThreads_givesEachTaskToOneOfThem() throws Exception {
        try (PogoScope scope = runtime.open()) {
            List<Task<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                tasks.add(scope.spawn(() -> 1));
            }
            Collections.shuffle(tasks);
            Completions<Integer> completions = scope.completions(tasks);
            AtomicInteger sum = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Thread.Builder builder = i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
                threads.add(
                        builder.start(() -> {
                            try {
                                sum.addAndGet(sum(completions));
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                        }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(20_000, sum.get());
        }
    }

    /** A task that goes on keeps neither the completions nor, for long, what was to tell them. */
    @Test
    void completions_droppedUndrained_leaveNothingInTheirTasks() throws InterruptedException {
        try (PogoScope scope = runtime.open();
                Held held = Held.untilReleased()) {
            Task<String> task = scope.spawn(held);
            WeakReference<Object> dropped = new WeakReference<>(scope.completions(List.of(task)));
            for (int i = 0; i < 2_000; i++) {
                assertEquals(Optional.empty(), scope.completions(List.of(task)).next(ZERO));
            }
            Eventually.isTrue(() -> {
                System.gc();
                return dropped.get() == null;
            });
            Eventually.isTrue(() -> {
                Completions<String> next = scope.completions(List.of(task));
                return next.remaining() == 1 && instances(Completions.class, "$Teller") < 100;
            });
        }
    }

    private static long instances(Class<?> type, String nested) {
        try {
            Object histogram =
                    ManagementFactory.getPlatformMBeanServer()
                            .invoke(
                                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                    "gcClassHistogram",
                                    new Object[] {new String[0]},
                                    new String[] {String[].class.getName()});
            return histogram
                    .toString()
                    .lines()
                    .map(line -> line.strip().split("\\s+"))
                    .filter(words -> words.length > 3 && words[3].equals(type.getName() + nested))
                    .mapToLong(words -> Long.parseLong(words[1]))
                    .findAny()
                    .orElse(0);
        } catch (JMException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void toString_tellsWhatRemains() throws InterruptedException {
        try (PogoScope scope = runtime.open()) {
            Completions<Integer> completions =
                    scope.completions(List.of(scope.spawn(() -> 1), scope.spawn(() -> 1)));
            completions.next(LONG);
            assertEquals("Completions[1 of 2 tasks remaining]", completions.toString());
        }
    }

    /**
     * Several threads take, with timeouts and interrupts, while others cancel; the tasks end as
     * they like. Run it again with the seed that it prints.
     */
    @Test
    void next_randomUse_givesEachTaskOnce() throws InterruptedException {
        System.out.printf("completions: -Dpogo.stress.seed=%d%n", SEED);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 200; round++) {
            stress(random.split());
        }
    }

    private void stress(SplittableRandom random) throws InterruptedException {
        ConcurrentLinkedQueue<Task<Integer>> given = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<Throwable> findings = new ConcurrentLinkedQueue<>();
        List<Task<Integer>> tasks = new ArrayList<>();
        try (PogoScope scope = runtime.open(ofMillis(random.nextInt(5, 60_000)))) {
            int size = random.nextInt(1, 300);
            for (int i = 0; i < size; i++) {
                int kind = random.nextInt(4);
                tasks.add(
                        scope.spawn(() -> {
                            if (kind == 0) {
                                throw new IllegalStateException("test");
                            }
                            if (kind == 1) {
                                Thread.yield();
                            }
                            return kind;
                        }));
            }
            Completions<Integer> completions = scope.completions(tasks);
            List<Thread> takers = new ArrayList<>();
            for (int i = random.nextInt(1, 6); i > 0; i--) {
                SplittableRandom own = random.split();
                takers.add(
                        Thread.ofVirtual()
                                .start(() -> {
                                    try {
                                        take(completions, own, given);
                                    } catch (Throwable e) {
                                        findings.add(e);
                                    }
                                }));
            }
            for (int i = random.nextInt(size + 1); i > 0; i--) {
                tasks.get(random.nextInt(size)).cancel();
                takers.get(random.nextInt(takers.size())).interrupt();
            }
            for (Thread taker : takers) {
                taker.join();
            }
            assertEquals(0, completions.remaining());
        }
        assertEquals(List.of(), List.copyOf(findings));
        assertEquals(tasks.size(), given.size());
        assertEquals(new HashSet<>(tasks), new HashSet<>(given));
        assertTrue(given.stream().allMatch(Task::done));
    }

    private static void take(
            Completions<Integer> completions,
            SplittableRandom random,
            ConcurrentLinkedQueue<Task<Integer>> given) {
        while (completions.remaining() > 0) {
            try {
                completions.next(ofNanos(random.nextInt(0, 200_000))).ifPresent(given::add);
            } catch (InterruptedException e) {
                // Nothing was given by this call.
            }
        }
    }
}
