package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.engine.Runtimes;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/** Tasks of several pools that wait for each other. */
class WaitCycleTest {
    private static final Duration LONG = ofSeconds(20);

    @Test
    void tasksOfTwoPools_thatAwaitEachOther_endByMaxWaitWithTheCycleInTheMessage()
            throws InterruptedException {
        PogoRuntime stuck = twoPools(ofMillis(50), ofSeconds(30));
        try (PogoScope scope = stuck.open()) {
            List<Task<Integer>> both = awaitingEachOther(scope, stuck, LONG, LONG);
            TaskFailedException failure =
                    assertThrows(TaskFailedException.class, () -> both.get(1).await(LONG));
            PoolSaturatedException e =
                    assertInstanceOf(PoolSaturatedException.class, failure.getCause());
            assertEquals(2, e.cycle().size());
            Messages.assertStarts(
                    "no permit within max_wait of 50 ms; tasks wait for each other: left, which"
                        + " runs in left, awaits right-child, which waits for right; right, which"
                        + " runs in right, awaits left-child, which waits for left [task"
                        + " left-child, id ",
                    e);
            assertEquals(1, both.get(0).await(LONG));
        }
    }

    @Test
    void tasksOfTwoPools_thatAwaitEachOtherForTooLong_saySo() throws InterruptedException {
        PogoRuntime stuck = twoPools(ofSeconds(30), ofSeconds(30));
        try (PogoScope scope = stuck.open()) {
            List<Task<Integer>> both = awaitingEachOther(scope, stuck, ofMillis(100), LONG);
            TaskFailedException failure =
                    assertThrows(TaskFailedException.class, () -> both.get(0).await(LONG));
            AwaitTimeoutException e =
                    assertInstanceOf(AwaitTimeoutException.class, failure.getCause());
            assertEquals(
                    List.of(
                            "right, which runs in right, awaits left-child, which waits for left",
                            "left, which runs in left, awaits right-child, which waits for right"),
                    e.cycle());
            assertEquals(1, both.get(1).await(LONG));
        }
    }

    /** The permit could only be lent by one that does not await the waiting task itself. */
    @Test
    void awaitedTaskOfAnotherPool_awaitsOneOfTheFirst_endsByMaxWaitWithTheCycle()
            throws InterruptedException {
        PogoRuntime stuck = twoPools(ofMillis(50), ofSeconds(30));
        try (PogoScope scope = stuck.open()) {
            Callable<Integer> inBetween =
                    () -> {
                        try (PogoScope inner = stuck.open()) {
                            return inner.spawn(TaskSpec.in("left").named("last"), () -> 1)
                                    .await(LONG);
                        }
                    };
            Callable<Integer> work =
                    () -> {
                        try (PogoScope inner = stuck.open()) {
                            return inner.spawn(TaskSpec.in("right").named("between"), inBetween)
                                    .await(LONG);
                        }
                    };
            Task<Integer> first = scope.spawn(TaskSpec.in("left").named("first"), work);
            TaskFailedException failure =
                    assertThrows(TaskFailedException.class, () -> first.await(LONG));
            Messages.assertContains(
                    "tasks wait for each other: first, which runs in left, awaits between, which"
                            + " runs in right; between, which runs in right, awaits last, which"
                            + " waits for left [task last",
                    failure);
        }
    }

    /** Of many tasks one looks at the first that have no outcome, not at the first of all. */
    @Test
    void awaitAll_manyTasksBefore_saysWhatItWaitsFor() throws InterruptedException {
        PogoRuntime stuck = twoPools(ofSeconds(30), ofSeconds(30));
        try (PogoScope scope = stuck.open()) {
            Callable<Integer> work =
                    () -> {
                        try (PogoScope inner = stuck.open()) {
                            for (int i = 0; i < 1_500; i++) {
                                inner.spawn("right", () -> 1);
                            }
                            inner.awaitAll(LONG);
                            Task<?> self = Task.current();
                            inner.spawn(TaskSpec.in("right").named("last"), () -> self.await(LONG));
                            inner.awaitAll(ofMillis(100));
                            return 1;
                        }
                    };
            Task<Integer> first = scope.spawn(TaskSpec.in("left").named("first"), work);
            TaskFailedException failure =
                    assertThrows(TaskFailedException.class, () -> first.await(LONG));
            AwaitTimeoutException e =
                    assertInstanceOf(AwaitTimeoutException.class, failure.getCause());
            assertEquals(
                    List.of(
                            "last, which runs in right, awaits first, which runs in left",
                            "first, which runs in left, awaits last, which runs in right"),
                    e.cycle());
        }
    }

    private static PogoRuntime twoPools(Duration maxWaitOfLeft, Duration maxWaitOfRight) {
        PoolConfig left = PoolConfig.named("left").withNumThreads(1);
        PoolConfig right = PoolConfig.named("right").withNumThreads(1);
        return Runtimes.start(
                PogoConfig.defaults()
                        .withPool(left.withMaxWait(maxWaitOfLeft))
                        .withPool(right.withMaxWait(maxWaitOfRight)));
    }

    private static List<Task<Integer>> awaitingEachOther(
            PogoScope scope, PogoRuntime stuck, Duration left, Duration right) {
        CountDownLatch bothRun = new CountDownLatch(2);
        return List.of(
                scope.spawn(
                        TaskSpec.in("left").named("left"), across(stuck, bothRun, "right", left)),
                scope.spawn(
                        TaskSpec.in("right").named("right"),
                        across(stuck, bothRun, "left", right)));
    }

    private static Callable<Integer> across(
            PogoRuntime runtime, CountDownLatch bothRun, String pool, Duration timeout) {
        return () -> {
            bothRun.countDown();
            bothRun.await();
            try (PogoScope scope = runtime.open()) {
                return scope.spawn(TaskSpec.in(pool).named(pool + "-child"), () -> 1)
                        .await(timeout);
            }
        };
    }

    @Test
    void busyPool_noCycle_isNotSaidToBeOne() throws InterruptedException {
        PogoRuntime hasty = twoPools(ofMillis(20), ofSeconds(30));
        try (PogoScope scope = hasty.open();
                Held slow = Held.untilReleased()) {
            Task<String> awaiting =
                    scope.spawn(
                            "left",
                            () -> {
                                try (PogoScope inner = hasty.open()) {
                                    return inner.spawn("right", slow).await(LONG);
                                }
                            });
            slow.awaitStarted();
            Task<Integer> expires = scope.spawn("left", () -> 1);
            PoolSaturatedException e =
                    assertThrows(PoolSaturatedException.class, () -> expires.await(LONG));
            assertEquals(List.of(), e.cycle());
            slow.release();
            assertEquals("released", awaiting.await(LONG));
        }
    }
}
