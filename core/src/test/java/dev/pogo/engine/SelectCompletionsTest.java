package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.Eventually;
import dev.pogo.Held;
import dev.pogo.PoolLoad;
import dev.pogo.channel.Channel;
import dev.pogo.channel.Forked;
import dev.pogo.channel.Select;
import dev.pogo.channel.SelectCases;
import dev.pogo.channel.Selected;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Completions as cases of a select. */
class SelectCompletionsTest {
    private static final long SEED = Long.getLong("pogo.stress.seed", System.nanoTime());
    private static final Duration LONG = ofSeconds(20);

    private final PogoRuntimeImpl runtime = Runtimes.ofSize(4);
    private final Channel<Integer> channel = Channel.rendezvous();

    /** What wakes the select is gone when it looks, time and again; the end of all wakes it. */
    @Test
    void anotherThreadTakesThemToo_selectIsWokenByTheNext() throws InterruptedException {
        for (int round = 0; round < 200; round++) {
            try (PogoScopeImpl scope = runtime.open();
                    Held first = Held.untilReleased();
                    Held second = Held.untilReleased()) {
                CompletionsImpl<String> completions =
                        scope.completions(List.of(scope.spawn(first), scope.spawn(second)));
                TaskImpl<Boolean> selects =
                        scope.spawn(() -> {
                            while (completions.remaining() > 0) {
                                if (Select.from("t", completions)
                                        .from("c", channel)
                                        .timeout(LONG)
                                        .isEmpty()) {
                                    return false;
                                }
                            }
                            return true;
                        });
                TaskImpl<Boolean> takes =
                        scope.spawn(() -> {
                            while (completions.remaining() > 0) {
                                completions.next(LONG);
                            }
                            return true;
                        });
                Eventually.isTrue(() -> isParked(selects) && isParked(takes));
                first.release();
                Eventually.isTrue(() -> completions.remaining() == 1);
                second.release();
                assertEquals(true, takes.await(LONG));
                assertEquals(true, selects.await(LONG));
            }
        }
    }

    private static boolean isParked(TaskImpl<?> task) {
        Thread thread = task.liveThread();
        return thread != null
                && (thread.getState() == Thread.State.WAITING
                        || thread.getState() == Thread.State.TIMED_WAITING);
    }

    @Test
    void endedTask_isTakenAtOnce() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            TaskImpl<Integer> ended = scope.spawn(() -> 1);
            ended.await();
            CompletionsImpl<Object> completions =
                    scope.completions(
                            List.<TaskImpl<? extends Object>>of(scope.spawn(held), ended));
            SelectCases<String> cases = Select.from("t", completions).from("c", channel);
            Selected<String> selected = cases.timeout(ZERO).orElseThrow();
            assertEquals("t", selected.key());
            assertSame(ended, selected.value());
            assertSame(ended, selected.value(), "the same again");
            assertEquals(1, completions.remaining());
            assertEquals(Optional.empty(), cases.timeout(ZERO));
            assertEquals(Optional.empty(), cases.timeout(ofMillis(2)));
            assertEquals(1, completions.remaining());
        }
    }

    @Test
    void waiting_aTaskEnds_isTakenAndTheChannelIsLeft() throws Exception {
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            TaskImpl<String> task = scope.spawn(held);
            CompletionsImpl<String> completions = scope.completions(List.of(task));
            Forked<Selected<String>> select =
                    Forked.parked(() -> Select.from("c", channel).from("t", completions).await());
            held.release();
            assertEquals("t", select.get().key());
            assertSame(task, select.get().value());
            assertEquals(0, completions.remaining());
            assertFalse(channel.tryPush(1));
            assertTrue(channel.toString().contains("0 to pop"), channel::toString);
        }
    }

    @Test
    void waiting_elementComesFirst_noTaskIsTaken() throws Exception {
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            TaskImpl<String> task = scope.spawn(held);
            CompletionsImpl<String> completions = scope.completions(List.of(task));
            Forked<Selected<String>> select =
                    Forked.parked(() -> Select.from("c", channel).from("t", completions).await());
            channel.push(5);
            assertEquals(5, select.get().value());
            assertEquals(1, completions.remaining());
            held.release();
            assertSame(task, completions.next(LONG).orElseThrow());
        }
    }

    @Test
    void tasksAndCompletionsTogether_whicheverComesFirstIsTaken() throws Exception {
        try (PogoScopeImpl one = runtime.open();
                PogoScopeImpl other = runtime.open();
                Held first = Held.untilReleased();
                Held second = Held.untilReleased();
                Held third = Held.untilReleased()) {
            TaskImpl<String> single = one.spawn(first);
            TaskImpl<String> ofOne = one.spawn(second);
            TaskImpl<String> ofOther = other.spawn(third);
            CompletionsImpl<String> ones = one.completions(List.of(ofOne));
            CompletionsImpl<String> others = other.completions(List.of(ofOther));
            SelectCases<String> cases =
                    Select.from("ones", ones)
                            .from("c", channel)
                            .from("single", single)
                            .from("others", others);
            Forked<Selected<String>> select = Forked.parked(cases::await);
            third.release();
            assertEquals("others", select.get().key());
            assertSame(ofOther, select.get().value());

            SelectCases<String> rest = Select.from("single", single).from("ones", ones);
            Forked<Selected<String>> next = Forked.parked(rest::await);
            first.release();
            assertEquals("single", next.get().key());
            assertEquals("released", next.get().value());
            assertEquals(1, ones.remaining());

            SelectCases<String> last = Select.from("ones", ones).from("c", channel);
            Forked<Selected<String>> end = Forked.parked(last::await);
            second.release();
            assertSame(ofOne, end.get().value());
        }
    }

    @Test
    void noneLeft_isReadyAndSaysSo() throws Exception {
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            CompletionsImpl<String> none = scope.completions(List.of());
            Selected<String> selected = Select.from("t", none).await();
            assertThrows(NoSuchElementException.class, selected::value);

            CompletionsImpl<String> completions = scope.completions(List.of(scope.spawn(held)));
            List<Forked<Selected<String>>> selects = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                selects.add(
                        Forked.parked(
                                () -> Select.from("t", completions).from("c", channel).await()));
            }
            held.release();
            int taken = 0;
            for (Forked<Selected<String>> select : selects) {
                assertEquals("t", select.get().key());
                try {
                    select.get().value();
                    taken++;
                } catch (NoSuchElementException e) {
                    assertEquals("no tasks remain", e.getMessage());
                }
            }
            assertEquals(1, taken);
        }
    }

    @Test
    void sameCompletionsTwice_giveATaskOnce() throws Exception {
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            CompletionsImpl<String> completions =
                    scope.completions(List.of(scope.spawn(held), scope.spawn(held)));
            Forked<Selected<String>> select =
                    Forked.parked(
                            () -> Select.from("t", completions).from("t", completions).await());
            held.release();
            assertTrue(select.get().value() instanceof TaskImpl);
            assertTrue(completions.next(LONG).isPresent());
            assertEquals(0, completions.remaining());
        }
    }

    @Test
    void interrupt_waiting_takesNothing() throws Exception {
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            TaskImpl<String> task = scope.spawn(held);
            CompletionsImpl<String> completions = scope.completions(List.of(task));
            Forked<Selected<String>> select =
                    Forked.parked(() -> Select.from("c", channel).from("t", completions).await());
            select.interrupt();
            select.assertFailed(InterruptedException.class);
            assertEquals(1, completions.remaining());
            assertFalse(task.done());
            assertTrue(channel.toString().contains("0 to pop"), channel::toString);
            held.release();
            assertSame(task, completions.next(LONG).orElseThrow());
        }
    }

    @Test
    void oneOfTheTasks_isRefused() throws Exception {
        try (PogoScopeImpl scope = runtime.open()) {
            Channel<CompletionsImpl<String>> made = scope.channel(1);
            TaskImpl<String> task =
                    scope.spawn(() -> {
                        CompletionsImpl<String> completions = made.pop();
                        return assertThrows(
                                        IllegalStateException.class,
                                        () -> Select.from("self", completions).timeout(ZERO))
                                .getMessage();
                    });
            made.push(scope.completions(List.of(task)));
            assertEquals("task " + task.name() + " cannot select itself", task.await());
        }
    }

    /** Each parent has the pool's only permit, and its children wait for it. */
    @Test
    void nestedInAPoolOfOne_lendsItsPermit() throws InterruptedException {
        PogoRuntimeImpl narrow = Runtimes.ofSize(1);
        try (PogoScopeImpl scope = narrow.open()) {
            assertEquals(27, scope.spawn(() -> leaves(narrow, 3)).await(LONG));
        }
        assertEquals(new PoolLoad(1, 0, 0, 0, 0), narrow.defaultPool().load());
    }

    private int leaves(PogoRuntimeImpl narrow, int depth) throws InterruptedException {
        if (depth == 0) {
            return 1;
        }
        int sum = 0;
        try (PogoScopeImpl one = narrow.open();
                PogoScopeImpl other = narrow.open()) {
            TaskImpl<Integer> single = one.spawn(() -> leaves(narrow, depth - 1));
            CompletionsImpl<Integer> completions =
                    other.completions(
                            List.of(
                                    other.spawn(() -> leaves(narrow, depth - 1)),
                                    other.spawn(() -> leaves(narrow, depth - 1))));
            SelectCases<String> all =
                    Select.from("more", completions).from("one", single).from("c", channel);
            SelectCases<String> rest = Select.from("more", completions).from("c", channel);
            SelectCases<String> cases = all;
            while (completions.remaining() > 0) {
                Selected<String> selected = cases.timeout(LONG).orElseThrow();
                if (selected.value() instanceof TaskImpl<?> task) {
                    sum += (Integer) task.result();
                } else {
                    cases = rest; // or it would be chosen again and again
                }
            }
            return sum + single.await(LONG);
        }
    }

    /**
     * Several threads select between tasks that end and messages, while others take tasks, push and
     * cancel. Run it again with the seed that it prints.
     */
    @Test
    void randomUse_eachTaskAndEachMessageIsTakenOnce() throws InterruptedException {
        System.out.printf("select: -Dpogo.stress.seed=%d%n", SEED);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 100; round++) {
            stress(random.split());
        }
    }

    private void stress(SplittableRandom random) throws InterruptedException {
        ConcurrentLinkedQueue<Object> taken = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<Throwable> findings = new ConcurrentLinkedQueue<>();
        HashSet<Object> all = new HashSet<>();
        try (PogoScopeImpl scope = runtime.open()) {
            Channel<Integer> messages = scope.channel(random.nextInt(3));
            List<TaskImpl<Integer>> tasks = new ArrayList<>();
            int size = random.nextInt(1, 200);
            for (int i = 0; i < size; i++) {
                tasks.add(scope.spawn(() -> 1));
                all.add(i);
            }
            all.addAll(tasks);
            CompletionsImpl<Integer> completions = scope.completions(tasks);
            List<Thread> threads = new ArrayList<>();
            int takers = random.nextInt(1, 5);
            for (int i = 0; i < takers; i++) {
                SplittableRandom own = random.split();
                threads.add(
                        Thread.ofVirtual()
                                .start(() -> {
                                    try {
                                        take(completions, messages, own, 2 * size, taken);
                                    } catch (Throwable e) {
                                        findings.add(e);
                                    }
                                }));
            }
            for (int i = 0; i < size; i++) {
                messages.push(i);
                if (random.nextInt(4) == 0) {
                    tasks.get(random.nextInt(size)).cancel();
                    threads.get(random.nextInt(takers)).interrupt();
                }
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertEquals(List.of(), List.copyOf(findings));
        assertEquals(all.size(), taken.size());
        assertEquals(all, new HashSet<>(taken));
    }

    private static void take(
            CompletionsImpl<Integer> completions,
            Channel<Integer> messages,
            SplittableRandom random,
            int all,
            ConcurrentLinkedQueue<Object> taken) {
        while (taken.size() < all) {
            try {
                Duration timeout = Duration.ofNanos(random.nextInt(200_000));
                if (random.nextInt(4) == 0) {
                    completions.next(timeout).ifPresent(taken::add);
                } else if (completions.remaining() > 0) {
                    Select.from("t", completions)
                            .from("c", messages)
                            .timeout(timeout)
                            .ifPresent(selected -> addTo(taken, selected));
                } else {
                    messages.tryPop(timeout).ifPresent(taken::add);
                }
            } catch (InterruptedException e) {
                // Nothing was taken by this call.
            }
        }
    }

    private static void addTo(ConcurrentLinkedQueue<Object> taken, Selected<String> selected) {
        try {
            taken.add(Objects.requireNonNull(selected.value()));
        } catch (NoSuchElementException e) {
            // Another thread has taken the last task.
        }
    }
}
