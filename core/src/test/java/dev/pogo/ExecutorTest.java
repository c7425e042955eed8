package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import dev.pogo.engine.Runtimes;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** What the executor of a scope runs. For its end see {@link ExecutorShutdownTest}. */
class ExecutorTest {
    private static <T> Callable<T> failing(String message) {
        return () -> {
            throw new IOException(message);
        };
    }

    @Test
    void submit_eachKind_givesItsResult() throws Exception {
        try (PogoScope scope = Runtimes.ofSize(2).open()) {
            ExecutorService executor = scope.executor("default");
            AtomicInteger runs = new AtomicInteger();
            assertEquals("a", executor.submit(() -> "a").get());
            assertNull(executor.submit((Callable<String>) () -> null).get());
            assertNull(executor.submit((Runnable) runs::incrementAndGet).get());
            assertEquals("b", executor.submit(runs::incrementAndGet, "b").get());
            assertEquals(2, runs.get());
            assertEquals(4, scope.settle(ofSeconds(20)).size(), "they are tasks of the scope");
        }
    }

    @Test
    void execute_work_isATaskOfThePool() throws Exception {
        PogoRuntime runtime =
                Runtimes.start(
                        PogoConfig.defaults()
                                .withPool(
                                        PoolConfig.named("cpu").withThreads(ThreadKind.PLATFORM)));
        try (PogoScope scope = runtime.open()) {
            Set<String> threads = ConcurrentHashMap.newKeySet();
            scope.executor("cpu")
                    .execute(() ->
                            threads.add(
                                    Thread.currentThread().getName()
                                            + " of "
                                            + Task.current().pool()));
            Task<?> task = scope.settle(ofSeconds(20)).getFirst();
            assertEquals("cpu", task.pool());
            assertEquals(Set.of("pogo/cpu of cpu"), threads);
        }
    }

    @Test
    void executor_unknownPool_isRefused() {
        try (PogoScope scope = Runtimes.ofSize(1).open()) {
            assertThrows(UnknownPoolException.class, () -> scope.executor("none"));
        }
    }

    @Test
    @SuppressWarnings({"NullAway", "FutureReturnValueIgnored"}) // nulls are what this is about
    void methods_givenNull_refuseIt() {
        try (PogoScope scope = Runtimes.ofSize(1).open()) {
            ExecutorService executor = scope.executor("default");
            List<Callable<Integer>> one = List.of(() -> 1);
            List<Callable<Integer>> withNull = Arrays.asList(() -> 1, null);
            assertThrows(NullPointerException.class, () -> executor.execute(null));
            assertThrows(NullPointerException.class, () -> executor.submit((Runnable) null));
            assertThrows(NullPointerException.class, () -> executor.submit((Callable<?>) null));
            assertThrows(NullPointerException.class, () -> executor.submit(null, 1));
            assertThrows(NullPointerException.class, () -> executor.invokeAll(null));
            assertThrows(NullPointerException.class, () -> executor.invokeAny(null));
            assertThrows(NullPointerException.class, () -> executor.invokeAll(withNull));
            assertThrows(NullPointerException.class, () -> executor.invokeAny(withNull));
            assertThrows(NullPointerException.class, () -> executor.invokeAll(one, 1, null));
            assertThrows(NullPointerException.class, () -> executor.invokeAny(one, 1, null));
            assertThrows(NullPointerException.class, () -> executor.awaitTermination(1, null));
            assertTrue(executor.toString().contains("default"), executor::toString);
        }
    }

    @Test
    void invokeAll_someFail_returnsAllFuturesInOrderAndDone() throws Exception {
        try (PogoScope scope = Runtimes.ofSize(2).open()) {
            List<Future<Integer>> futures =
                    scope.executor("default").invokeAll(List.of(() -> 1, failing("test"), () -> 3));
            assertTrue(futures.stream().allMatch(Future::isDone));
            assertEquals(1, futures.get(0).get());
            assertInstanceOf(
                    IOException.class,
                    assertThrows(ExecutionException.class, futures.get(1)::get).getCause());
            assertEquals(3, futures.get(2).get());
            assertEquals(List.of(), scope.executor("default").invokeAll(List.of()));
        }
    }

    @Test
    void invokeAll_timeoutPasses_cancelsTheUnfinished() throws Exception {
        try (Held held = Held.untilReleased();
                PogoScope scope = Runtimes.ofSize(2).open()) {
            List<Callable<String>> works = List.of(() -> "a", held);
            List<Future<String>> futures =
                    scope.executor("default").invokeAll(works, 200, MILLISECONDS);
            assertEquals("a", futures.get(0).get());
            assertTrue(futures.get(1).isCancelled());
            assertThrows(CancellationException.class, futures.get(1)::get);
        }
    }

    @Test
    void invokeAll_callerIsInterrupted_cancelsAll() throws Exception {
        try (Held held = Held.untilReleased();
                PogoScope scope = Runtimes.ofSize(2).open()) {
            Thread caller = Thread.currentThread();
            Thread other = interruptOnce(held, caller);
            assertThrows(
                    InterruptedException.class,
                    () -> scope.executor("default").invokeAll(List.of(held, held, held)));
            other.join();
            for (Task<?> task : scope.settle(ofSeconds(20))) {
                assertEquals(Task.State.CANCELLED, task.state());
            }
        }
    }

    private static Thread interruptOnce(Held held, Thread caller) {
        return Thread.ofPlatform()
                .start(() -> {
                    Eventually.isTrue(held::hasStarted);
                    Eventually.isParked(caller);
                    caller.interrupt();
                });
    }

    @Test
    void invokeAny_oneSucceeds_returnsItsValueAndCancelsTheOthers() throws Exception {
        try (Held held = Held.untilReleased();
                PogoScope scope = Runtimes.ofSize(3).open()) {
            assertEquals(
                    "a",
                    scope.executor("default").invokeAny(List.of(failing("test"), held, () -> "a")));
            assertEquals(Task.State.CANCELLED, scope.settle(ofSeconds(20)).get(1).state());
            scope.awaitAll(ofSeconds(20));
        }
    }

    @Test
    void invokeAny_allFail_throwsTheCauseOfOne() {
        try (PogoScope scope = Runtimes.ofSize(2).open()) {
            ExecutionException e =
                    assertThrows(
                            ExecutionException.class,
                            () ->
                                    scope.executor("default")
                                            .invokeAny(List.of(failing("a"), failing("b"))));
            assertEquals("a", assertInstanceOf(IOException.class, e.getCause()).getMessage());
            assertThrows(
                    IllegalArgumentException.class,
                    () -> scope.executor("default").invokeAny(List.of()));
        }
    }

    @Test
    void invokeAny_timeoutPasses_throwsThatAndCancelsAll() throws Exception {
        try (Held held = Held.untilReleased();
                PogoScope scope = Runtimes.ofSize(2).open()) {
            ExecutorService executor = scope.executor("default");
            assertThrows(
                    TimeoutException.class,
                    () -> executor.invokeAny(List.of(held, held), 50, MILLISECONDS));
            for (Task<?> task : scope.settle(ofSeconds(20))) {
                assertEquals(Task.State.CANCELLED, task.state());
            }
        }
    }

    @Test
    void invokeAny_anotherAwaitCancelsThem_throwsThatAsTheCause() throws Exception {
        try (Held held = Held.untilReleased();
                PogoScope scope = Runtimes.ofSize(2).open()) {
            Thread other =
                    Thread.ofPlatform()
                            .start(() -> {
                                Eventually.isTrue(held::hasStarted);
                                assertThrows(
                                        AwaitTimeoutException.class,
                                        () -> scope.awaitAll(Duration.ZERO));
                            });
            ExecutionException e =
                    assertThrows(
                            ExecutionException.class,
                            () -> scope.executor("default").invokeAny(List.of(held, held)));
            assertInstanceOf(AwaitTimeoutException.class, e.getCause());
            other.join();
        }
    }

    @Test
    void invokeAny_deadlinePasses_throwsThatAsTheCause() {
        try (Held held = Held.untilReleased();
                PogoScope scope = Runtimes.ofSize(2).open(ofMillis(50))) {
            ExecutionException e =
                    assertThrows(
                            ExecutionException.class,
                            () ->
                                    scope.executor("default")
                                            .invokeAny(List.of(held, held), 20, SECONDS));
            assertInstanceOf(DeadlineExceededException.class, e.getCause());
        }
    }

    /** Each call lends the task's permit, which is the only one. */
    @Test
    void calls_inATaskOfAPoolOfOne_lendItsPermit() throws Exception {
        try (PogoScope scope = Runtimes.ofSize(1).open(ofSeconds(60))) {
            Task<String> task =
                    scope.spawn(() -> {
                        ExecutorService executor = scope.executor("default");
                        String a = executor.submit(() -> "a").get();
                        String b = executor.submit(() -> "b").get(20, SECONDS);
                        List<Callable<String>> works = List.of(() -> "c", () -> "c");
                        String c = executor.invokeAll(works).get(1).get();
                        String d = executor.invokeAny(works);
                        executor.execute(() -> {});
                        executor.shutdown();
                        assertTrue(executor.awaitTermination(20, SECONDS));
                        ExecutorService other = scope.executor("default");
                        other.execute(() -> {});
                        other.close();
                        return a + b + c + d;
                    });
            assertEquals("abcc", task.await());
        }
    }

    @Test
    void close_workHasFailedUnseen_warnsOnce() {
        try (Logs logs = new Logs()) {
            try (PogoScope scope = Runtimes.ofSize(2).open()) {
                ExecutorService executor = scope.executor("default");
                for (int i = 0; i < 3; i++) {
                    executor.execute(() -> {
                        throw new IllegalStateException("test");
                    });
                }
                executor.close();
            }
            assertEquals(1, logs.messages().size(), logs.messages()::toString);
            assertTrue(
                    logs.messages().getFirst().startsWith("3 of 3 tasks of a scope failed"),
                    logs.messages()::toString);
        }
    }

    @Test
    void close_failuresWereGot_logsNothing() {
        try (Logs logs = new Logs()) {
            try (PogoScope scope = Runtimes.ofSize(2).open()) {
                ExecutorService executor = scope.executor("default");
                Future<?> got = executor.submit(failing("test"));
                assertThrows(ExecutionException.class, got::get);
                Future<?> named = executor.submit(failing("test"));
                Eventually.isTrue(named::isDone);
                assertSame(IOException.class, named.exceptionNow().getClass());
            }
            assertEquals(List.of(), logs.messages());
        }
    }

    /** Otherwise nobody would ever learn that it is not run. */
    @Test
    void execute_taskIsCancelledAlready_isRefused() throws Exception {
        try (PogoScope scope = Runtimes.ofSize(2).open(ofMillis(1))) {
            Eventually.isTrue(() -> scope.remaining().isZero());
            ExecutorService executor = scope.executor("default");
            RejectedExecutionException e =
                    assertThrows(
                            RejectedExecutionException.class, () -> executor.execute(() -> {}));
            assertInstanceOf(DeadlineExceededException.class, e.getCause());
            assertTrue(executor.submit(() -> 1).isCancelled());
        }
    }

    @Test
    void execute_poolRefusesDoomedWork_isRefused() throws Exception {
        PogoRuntime runtime = Runtimes.ofSize(1);
        try (PogoScope scope = asFailFast(runtime)) {
            Task<?> failed = scope.spawn(failing("test"));
            Eventually.isTrue(failed::done);
            Eventually.isTrue(() -> scope.spawn(() -> 1).isCancelled());
            RejectedExecutionException e =
                    assertThrows(
                            RejectedExecutionException.class,
                            () -> scope.executor("default").execute(() -> {}));
            assertInstanceOf(TaskFailedException.class, e.getCause());
        }
    }

    private static PogoScope asFailFast(PogoRuntime runtime) {
        return runtime.open().failFast();
    }

    @Test
    void awaitTermination_tooLittleTime_saysSo() throws Exception {
        try (Held held = Held.untilReleased();
                PogoScope scope = Runtimes.ofSize(2).open()) {
            ExecutorService executor = scope.executor("default");
            Future<String> running = executor.submit(held);
            executor.shutdown();
            assertFalse(executor.awaitTermination(0, NANOSECONDS));
            assertFalse(executor.awaitTermination(-1, SECONDS));
            assertFalse(executor.awaitTermination(20, MILLISECONDS));
            held.release();
            assertTrue(executor.awaitTermination(20, SECONDS));
            assertEquals("released", running.resultNow());
        }
    }

    @Test
    void execute_decoratorThrows_throwsThat() {
        IllegalStateException failure = new IllegalStateException("test");
        PogoRuntime runtime =
                Runtimes.start(
                        PogoConfig.defaults()
                                .withTaskDecorator(work -> {
                                    throw failure;
                                }));
        try (PogoScope scope = runtime.open()) {
            ExecutorService executor = scope.executor("default");
            assertSame(
                    failure,
                    assertThrows(IllegalStateException.class, () -> executor.execute(() -> {})));
            executor.shutdown();
            assertTrue(executor.isTerminated(), executor::toString);
        }
    }

    @Test
    void execute_fromManyTasksOfItself_runsAll() throws Exception {
        try (PogoScope scope = Runtimes.ofSize(2).open()) {
            ExecutorService executor = scope.executor("default");
            CountDownLatch left = new CountDownLatch(1 + 10 + 100);
            executor.execute(() -> {
                left.countDown();
                for (int i = 0; i < 10; i++) {
                    executor.execute(() -> {
                        left.countDown();
                        for (int j = 0; j < 10; j++) {
                            executor.execute(left::countDown);
                        }
                    });
                }
            });
            assertTrue(left.await(20, SECONDS));
        }
    }
}
