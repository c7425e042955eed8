package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;

import dev.pogo.CancelReason;
import dev.pogo.DeadlineExceededException;
import dev.pogo.Eventually;
import dev.pogo.Held;
import dev.pogo.PoolLoad;
import dev.pogo.TaskCancelledException;
import dev.pogo.TaskFailedException;
import dev.pogo.channel.Channel;
import dev.pogo.channel.Forked;
import dev.pogo.channel.Select;
import dev.pogo.channel.SelectCases;
import dev.pogo.channel.Selected;

import org.junit.jupiter.api.Test;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Tasks as cases of a select. */
class SelectTaskTest {
    private final PogoRuntimeImpl runtime = Runtimes.ofSize(2);
    private final Channel<Integer> channel = Channel.rendezvous();

    @Test
    void doneTask_givesItsValueOrFailure() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open()) {
            TaskImpl<Integer> succeeds = scope.spawn(() -> 7);
            TaskImpl<Integer> gone = scope.spawn(() -> null);
            TaskImpl<Integer> fails =
                    scope.spawn(() -> {
                        throw new IllegalStateException("test");
                    });
            scope.settle(ofSeconds(20));
            Selected<String> value = Select.from("value", succeeds).from("c", channel).await();
            assertEquals("value", value.key());
            assertEquals(7, value.value());
            assertNull(Select.from("null", gone).timeout(ZERO).orElseThrow().value());
            Selected<String> failed = Select.from("failed", fails).timeout(ZERO).orElseThrow();
            assertEquals("failed", failed.key());
            assertInstanceOf(
                    IllegalStateException.class,
                    assertThrows(TaskFailedException.class, failed::value).getCause());
        }
    }

    @Test
    void undoneTask_ends_isChosenAndTheChannelIsLeft() throws Exception {
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            TaskImpl<String> task = scope.spawn(held);
            Forked<Selected<String>> select =
                    Forked.parked(() -> Select.from("c", channel).from("t", task).await());
            held.release();
            assertEquals("t", select.get().key());
            assertEquals("released", select.get().value());
            assertFalse(channel.tryPush(1));
            assertTrue(channel.toString().contains("0 to pop"), channel::toString);
        }
    }

    @Test
    void undoneTask_elementComesFirst_theTaskGoesOn() throws Exception {
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            TaskImpl<String> task = scope.spawn(held);
            Forked<Selected<String>> select =
                    Forked.parked(() -> Select.from("c", channel).from("t", task).await());
            assertTrue(channel.tryPush(1));
            assertEquals("c", select.get().key());
            held.release();
            assertEquals("released", task.await());
        }
    }

    @Test
    void timeout_passes_theTaskGoesOn() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            TaskImpl<String> task = scope.spawn(held);
            SelectCases<String> cases = Select.from("c", channel).from("t", task);
            assertEquals(Optional.empty(), cases.timeout(ZERO));
            assertEquals(Optional.empty(), cases.timeout(ofMillis(2)));
            assertFalse(task.done());
            held.release();
            assertEquals("released", task.await());
            assertEquals("t", cases.await().key());
        }
    }

    @Test
    void cancelledTask_isReadyWithItsReason() throws Exception {
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            TaskImpl<String> task = scope.spawn(held);
            Forked<Selected<String>> select =
                    Forked.parked(() -> Select.from("t", task).from("t", task).await());
            task.cancel();
            Selected<String> cancelled = select.get();
            assertEquals(
                    CancelReason.CANCEL_CALLED,
                    assertThrows(TaskCancelledException.class, cancelled::value).reason());
        }
    }

    @Test
    void deadline_passes_theTaskIsReady() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open(ofMillis(5));
                Held held = Held.untilReleased()) {
            TaskImpl<String> task = scope.spawn(held);
            assertThrows(DeadlineExceededException.class, Select.from("t", task).await()::value);
        }
    }

    @Test
    void interrupt_waiting_leavesTheTaskAlone() throws Exception {
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            TaskImpl<String> task = scope.spawn(held);
            CountDownLatch began = new CountDownLatch(1);
            TaskImpl<Boolean> selecting =
                    scope.spawn(() -> {
                        began.countDown();
                        Select.from("c", channel).from("t", task).await();
                        return true;
                    });
            began.await();
            selecting.cancel();
            Eventually.isTrue(() -> selecting.liveThread() == null);
            assertFalse(task.done());
            assertTrue(channel.toString().contains("0 to pop"), channel::toString);
            held.release();
            assertEquals("released", task.await());
        }
    }

    @Test
    void ownTask_isRefused() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open()) {
            TaskImpl<String> task =
                    scope.spawn(() -> {
                        TaskImpl<?> self = TaskImpl.current();
                        return assertThrows(
                                        IllegalStateException.class,
                                        () -> Select.from("self", self).timeout(ZERO))
                                .getMessage();
                    });
            assertEquals("task " + task.name() + " cannot select itself", task.await());
        }
    }

    /** Each parent has the pool's only permit, and its children wait for it. */
    @Test
    void nestedInAPoolOfOne_lendsItsPermit() throws InterruptedException {
        PogoRuntimeImpl narrow = Runtimes.ofSize(1);
        try (PogoScopeImpl scope = narrow.open()) {
            assertEquals(8, scope.spawn(() -> leaves(narrow, 3)).await(ofSeconds(20)));
        }
    }

    private int leaves(PogoRuntimeImpl narrow, int depth) throws InterruptedException {
        if (depth == 0) {
            return 1;
        }
        try (PogoScopeImpl one = narrow.open();
                PogoScopeImpl other = narrow.open()) {
            TaskImpl<Integer> left = one.spawn(() -> leaves(narrow, depth - 1));
            TaskImpl<Integer> right = other.spawn(() -> leaves(narrow, depth - 1));
            Selected<String> first =
                    Select.from("c", channel)
                            .from("left", left)
                            .from("right", right)
                            .timeout(ofSeconds(20))
                            .orElseThrow();
            TaskImpl<Integer> rest = first.key().equals("left") ? right : left;
            Selected<String> second = Select.from("rest", rest).await();
            return intValue(first) + intValue(second);
        }
    }

    private static int intValue(Selected<?> selected) {
        return selected.value() instanceof Integer value ? value : -1;
    }

    /** The permit is the borrower's until that has ended. */
    @Test
    void elementComesFirst_returnsWhenTheBorrowerHasEnded() throws InterruptedException {
        PogoRuntimeImpl narrow = Runtimes.ofSize(1);
        try (PogoScopeImpl scope = narrow.open();
                Held held = Held.untilReleased()) {
            TaskImpl<Object> parent =
                    scope.spawn(() -> {
                        TaskImpl<String> child = scope.spawn(held);
                        Object key = Select.from("t", child).from("c", channel).await().key();
                        return key + " " + held.isReleased();
                    });
            held.awaitStarted();
            assertEquals(1, narrow.defaultPool().load().lent());
            channel.push(1);
            held.release();
            assertEquals("c true", parent.await());
        }
        assertEquals(new PoolLoad(1, 0, 0, 0, 0), narrow.defaultPool().load());
    }

    /** A borrower that waits for the channel leaves the permit to its lender, who empties it. */
    @Test
    void borrowerPushesAgainAndAgain_parentTakesEachElement() throws InterruptedException {
        PogoRuntimeImpl narrow = Runtimes.ofSize(1);
        AtomicInteger atWork = new AtomicInteger();
        try (PogoScopeImpl scope = narrow.open()) {
            TaskImpl<Integer> parent =
                    scope.spawn(() -> {
                        TaskImpl<Integer> child =
                                scope.spawn(() -> {
                                    for (int i = 1; i <= 100; i++) {
                                        assertEquals(1, atWork.incrementAndGet());
                                        atWork.decrementAndGet();
                                        channel.push(i);
                                    }
                                    return 0;
                                });
                        int sum = 0;
                        while (true) {
                            Selected<String> next =
                                    Select.from("t", child).from("c", channel).await();
                            assertEquals(1, atWork.incrementAndGet());
                            atWork.decrementAndGet();
                            if ("t".equals(next.key())) {
                                return sum;
                            }
                            sum += (Integer) Objects.requireNonNull(next.value());
                        }
                    });
            assertEquals(5_050, parent.await());
        }
        assertEquals(new PoolLoad(1, 0, 0, 0, 0), narrow.defaultPool().load());
        assertEquals(1, narrow.defaultPool().stats().peakRunning());
    }

    @Test
    void thousandTasks_eachIsTakenOnce() throws InterruptedException {
        PogoRuntimeImpl narrow = Runtimes.ofSize(3);
        AtomicInteger ran = new AtomicInteger();
        try (PogoScopeImpl scope = narrow.open()) {
            TaskImpl<Integer> parent =
                    scope.spawn(() -> {
                        List<TaskImpl<Integer>> left = new ArrayList<>();
                        for (int i = 0; i < 1_000; i++) {
                            left.add(scope.spawn(ran::incrementAndGet));
                        }
                        int taken = 0;
                        while (!left.isEmpty()) {
                            SelectCases<Object> cases = Select.from("c", channel);
                            left.forEach(task -> cases.from(task, task));
                            Selected<Object> done = cases.await();
                            assertInstanceOf(Integer.class, done.value());
                            left.removeIf(TaskImpl::done);
                            taken++;
                        }
                        return taken;
                    });
            assertTrue(parent.await(ofSeconds(60)) <= 1_000);
            assertEquals(1_000, ran.get());
        }
    }

    /** A loop of selects leaves nothing in a task that takes its time. */
    @Test
    void manySelectsOnOneTask_areForgotten() throws InterruptedException {
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            TaskImpl<String> task = scope.spawn(held);
            WeakReference<Object> element = selectOnce(task);
            for (int i = 0; i < 100; i++) {
                assertEquals(Optional.empty(), Select.from("t", task).timeout(ofNanos(50_000)));
            }
            Eventually.isTrue(() -> {
                System.gc();
                return element.get() == null;
            });
        }
    }

    private static WeakReference<Object> selectOnce(TaskImpl<String> task)
            throws InterruptedException {
        Object element = new Object();
        SelectCases<String> cases = Select.from("t", task).to("c", Channel.rendezvous(), element);
        assertEquals(Optional.empty(), cases.timeout(ofMillis(2)));
        return new WeakReference<>(element);
    }
}
