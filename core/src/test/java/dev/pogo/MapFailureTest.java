package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.engine.Runtimes;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** What ends a map early. */
class MapFailureTest {
    @Test
    void map_anItemFails_throwsThatCancelsTheOthersAndLeavesTheRestOut() throws Exception {
        PogoRuntime runtime = Runtimes.ofSize(4);
        IOException failure = new IOException("test");
        Set<Integer> begun = ConcurrentHashMap.newKeySet();
        AtomicInteger interrupted = new AtomicInteger();
        CountDownLatch othersRun = new CountDownLatch(3);
        try (PogoScope scope = runtime.open()) {
            TaskFailedException e =
                    failure(
                            scope,
                            Items.upTo(100),
                            i -> {
                                begun.add(i);
                                if (i == 2) {
                                    othersRun.await();
                                    throw failure;
                                }
                                othersRun.countDown();
                                try {
                                    new CountDownLatch(1).await();
                                } catch (InterruptedException stop) {
                                    interrupted.incrementAndGet();
                                    throw stop;
                                }
                                return i;
                            });
            assertSame(failure, e.getCause());
            assertEquals(0, e.getSuppressed().length);
            Eventually.isTrue(() -> interrupted.get() == 3);
            assertEquals(Set.of(0, 1, 2, 3), begun);
            List<Task<?>> left = scope.settle(ofSeconds(20));
            assertEquals(4, left.size());
            assertEquals(Task.State.FAILED, left.get(2).state());
            for (int other : List.of(0, 1, 3)) {
                assertEquals(
                        CancelReason.SIBLING_FAILED, left.get(other).cancelReason().orElseThrow());
            }
        }
    }

    /** The calling thread comes to look only when both have failed. */
    @Test
    void map_twoFailOneAfterTheOther_throwsTheFirstAndSuppressesTheSecond() throws Exception {
        CountDownLatch firstFailed = new CountDownLatch(1);
        CountDownLatch secondFailed = new CountDownLatch(1);
        PogoRuntime runtime = Runtimes.ofSize(4);
        runtime.addTaskListener(task -> {
            if (task.state() == Task.State.FAILED) {
                (firstFailed.getCount() > 0 ? firstFailed : secondFailed).countDown();
            }
        });
        try (PogoScope scope = runtime.open()) {
            Collection<Integer> items =
                    Items.computed(
                            3,
                            i -> {
                                if (i == 2) {
                                    await(secondFailed);
                                }
                                return i;
                            });
            TaskFailedException e =
                    failure(
                            scope,
                            items,
                            i -> {
                                if (i == 1) {
                                    throw new IOException("first");
                                }
                                if (i == 0) {
                                    firstFailed.await();
                                    throw new IOException("second");
                                }
                                return Items.hang(new CountDownLatch(1));
                            });
            assertEquals("first", cause(e).getMessage());
            assertEquals(1, e.getSuppressed().length);
            assertEquals("second", cause(e.getSuppressed()[0]).getMessage());
        }
    }

    @Test
    void map_manyFail_atMostTenAreSuppressed() throws Exception {
        PogoRuntime runtime = Runtimes.ofSize(20);
        CountDownLatch failed = new CountDownLatch(19);
        runtime.addTaskListener(task -> {
            if (task.state() == Task.State.FAILED) {
                failed.countDown();
            }
        });
        try (Logs logs = new Logs()) {
            try (PogoScope scope = runtime.open()) {
                Collection<Integer> items =
                        Items.computed(
                                20,
                                i -> {
                                    if (i == 19) {
                                        await(failed);
                                    }
                                    return i;
                                });
                TaskFailedException e =
                        failure(
                                scope,
                                items,
                                i -> {
                                    throw new IOException(i.toString());
                                });
                assertEquals(10, e.getSuppressed().length);
                Set<Long> ids = new HashSet<>(List.of(e.taskId()));
                for (Throwable other : e.getSuppressed()) {
                    assertTrue(
                            ids.add(assertInstanceOf(TaskFailedException.class, other).taskId()));
                }
            }
            assertEquals(List.of(), logs.messages(), "all of them have been seen");
        }
    }

    private static TaskFailedException failure(
            PogoScope scope, Collection<Integer> items, Mapper<Integer, Integer> fn) {
        return assertThrows(TaskFailedException.class, () -> scope.map("default", items, fn));
    }

    private static Throwable cause(Throwable e) {
        return assertInstanceOf(Throwable.class, e.getCause());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void map_anItemThrowsAnError_throwsThatAsTheCause() {
        AssertionError failure = new AssertionError("test");
        try (PogoScope scope = Runtimes.ofSize(2).open()) {
            TaskFailedException e =
                    failure(
                            scope,
                            Items.upTo(3),
                            i -> {
                                throw failure;
                            });
            assertSame(failure, e.getCause());
        }
    }

    @Test
    void map_othersKeepThePermits_isSaturated() throws Exception {
        PogoRuntime runtime = Runtimes.ofSize(1, ofMillis(20));
        try (Held held = Held.untilReleased();
                PogoScope scope = runtime.open()) {
            scope.spawn(held);
            held.awaitStarted();
            assertThrows(
                    PoolSaturatedException.class,
                    () -> scope.map("default", Items.upTo(3), i -> i));
            held.release();
        }
    }

    @Test
    void map_theDeadlinePasses_throwsThat() throws Exception {
        PogoRuntime runtime = Runtimes.start(PogoConfig.defaults().withAwaitTimeout(ofMillis(1)));
        long began = System.nanoTime();
        try (PogoScope scope = runtime.open(ofMillis(100))) {
            DeadlineExceededException e =
                    assertThrows(DeadlineExceededException.class, () -> mapOfEndless(scope));
            assertEquals(ofMillis(100), e.timeout());
            assertEquals(CancelReason.SCOPE_DEADLINE, e.reason());
            assertTrue(System.nanoTime() - began >= ofMillis(100).toNanos());
            assertThrows(
                    DeadlineExceededException.class,
                    () -> scope.map("default", Items.upTo(3), i -> i));
        }
    }

    private static void mapOfEndless(PogoScope scope) throws InterruptedException {
        scope.map("default", Items.upTo(3), i -> Items.hang(new CountDownLatch(1)));
    }

    @Test
    void map_anItemTakesLongerThanAwaitTimeout_throwsThatAndCancelsTheOthers() throws Exception {
        PogoRuntime runtime = Runtimes.start(PogoConfig.defaults().withAwaitTimeout(ofMillis(50)));
        try (PogoScope scope = runtime.open()) {
            AwaitTimeoutException e =
                    assertThrows(AwaitTimeoutException.class, () -> mapOfEndless(scope));
            assertEquals(ofMillis(50), e.timeout());
            List<Task<?>> all = scope.settle(ofSeconds(20));
            assertEquals(
                    List.of(
                            CancelReason.AWAIT_TIMED_OUT,
                            CancelReason.SIBLING_FAILED,
                            CancelReason.SIBLING_FAILED),
                    all.stream().map(task -> task.cancelReason().orElseThrow()).toList());
        }
    }

    @Test
    void map_callerIsInterrupted_throwsAndCancelsWhatIsUnderWay() throws Exception {
        Thread caller = Thread.currentThread();
        try (PogoScope scope = Runtimes.ofSize(2).open()) {
            CountDownLatch running = new CountDownLatch(2);
            Thread other =
                    Thread.startVirtualThread(() -> {
                        await(running);
                        Eventually.isParked(caller);
                        caller.interrupt();
                    });
            assertThrows(
                    InterruptedException.class,
                    () -> scope.map("default", Items.upTo(10), i -> Items.hang(running)));
            other.join();
            assertFalse(Thread.interrupted());
            List<Task<?>> all = scope.settle(ofSeconds(20));
            assertEquals(2, all.size());
            for (Task<?> task : all) {
                assertEquals(CancelReason.CANCEL_CALLED, task.cancelReason().orElseThrow());
            }
        }
    }

    @Test
    void map_iteratorThrows_throwsThatAndCancelsWhatIsUnderWay() throws Exception {
        IllegalStateException failure = new IllegalStateException("test");
        try (PogoScope scope = Runtimes.ofSize(4).open()) {
            Collection<Integer> items =
                    Items.computed(
                            10,
                            i -> {
                                if (i == 2) {
                                    throw failure;
                                }
                                return i;
                            });
            assertSame(
                    failure,
                    assertThrows(
                            IllegalStateException.class,
                            () ->
                                    scope.map(
                                            "default",
                                            items,
                                            i -> Items.hang(new CountDownLatch(1)))));
            List<Task<?>> all = scope.settle(ofSeconds(20));
            assertEquals(2, all.size());
            assertTrue(all.stream().allMatch(task -> task.state() == Task.State.CANCELLED));
        }
    }

    @Test
    void map_scopeCancelledByAnotherThread_throwsThat() throws Exception {
        try (PogoScope scope = Runtimes.ofSize(2).open()) {
            CountDownLatch running = new CountDownLatch(2);
            Thread other =
                    Thread.startVirtualThread(() -> {
                        await(running);
                        scope.cancel();
                    });
            TaskCancelledException e =
                    assertThrows(
                            TaskCancelledException.class,
                            () -> scope.map("default", Items.upTo(10), i -> Items.hang(running)));
            assertEquals(CancelReason.CANCEL_CALLED, e.reason());
            other.join();
            assertEquals(
                    Items.upTo(3), scope.map("default", Items.upTo(3), i -> i), "it is still open");
        }
    }

    @Test
    void map_scopeClosedMeanwhile_throwsInTheOtherThread() throws Exception {
        List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());
        Thread other;
        try (PogoScope scope = Runtimes.ofSize(2).open()) {
            CountDownLatch running = new CountDownLatch(2);
            other =
                    Thread.startVirtualThread(() -> {
                        try {
                            scope.map("default", Items.upTo(10), i -> Items.hang(running));
                        } catch (Throwable e) {
                            thrown.add(e);
                        }
                    });
            running.await();
        }
        other.join();
        assertEquals(
                CancelReason.SCOPE_CLOSED,
                assertInstanceOf(TaskCancelledException.class, thrown.getFirst()).reason());
    }

    @Test
    void map_scopeClosed_isRefused() throws Exception {
        PogoScope scope = Runtimes.ofSize(2).open();
        scope.close();
        assertThrows(
                IllegalStateException.class, () -> scope.map("default", Items.upTo(1), i -> i));
    }

    @Test
    void map_inATaskOfAPoolOfOneWhereAnItemFails_givesThePermitBack() throws Exception {
        PogoRuntime runtime = Runtimes.ofSize(1);
        try (PogoScope scope = runtime.open(ofSeconds(60))) {
            Task<Object> task =
                    scope.spawn(() -> {
                        try {
                            return scope.map(
                                    "default",
                                    Items.upTo(10),
                                    i -> {
                                        throw new IOException("test");
                                    });
                        } catch (TaskFailedException e) {
                            return cause(e).getMessage();
                        }
                    });
            assertEquals("test", task.await());
            assertEquals(Items.upTo(3), scope.map("default", Items.upTo(3), i -> i));
        }
    }

    @Test
    void map_failFastScope_cancelsEverythingAndThrowsTheFirstFailure() throws Exception {
        PogoRuntime runtime = Runtimes.ofSize(4, ofSeconds(30));
        try (Held held = Held.untilReleased();
                PogoScope scope = runtime.open().failFast()) {
            Task<String> beside = scope.spawn(held);
            held.awaitStarted();
            TaskFailedException e =
                    failure(
                            scope,
                            Items.upTo(100),
                            i -> {
                                if (i == 1) {
                                    throw new IOException("test");
                                }
                                return Items.hang(new CountDownLatch(1));
                            });
            assertEquals("test", cause(e).getMessage());
            TaskFailedException same =
                    assertThrows(TaskFailedException.class, () -> beside.await(ofSeconds(20)));
            assertSame(e.getCause(), same.getCause());
            assertEquals(CancelReason.SIBLING_FAILED, beside.cancelReason().orElseThrow());
        }
    }

    @Test
    void map_failFastScopeWhereAnotherTaskFails_throwsThatFailure() throws Exception {
        PogoRuntime runtime = Runtimes.ofSize(4, ofSeconds(30));
        try (PogoScope scope = runtime.open().failFast()) {
            CountDownLatch running = new CountDownLatch(2);
            scope.spawn(() -> {
                running.await();
                throw new IOException("beside");
            });
            TaskFailedException e = failure(scope, Items.upTo(100), i -> Items.hang(running));
            assertEquals("beside", cause(e).getMessage());
        }
    }
}
