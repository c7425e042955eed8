package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofSeconds;
import static java.util.concurrent.TimeUnit.SECONDS;

import dev.pogo.engine.Runtimes;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

class ExecutorShutdownTest {
    private static void assertRefuses(ExecutorService executor) {
        List<Callable<Integer>> one = List.of(() -> 1);
        assertThrows(RejectedExecutionException.class, () -> executor.execute(() -> {}));
        assertThrows(RejectedExecutionException.class, () -> executor.submit(() -> 1));
        assertThrows(RejectedExecutionException.class, () -> executor.submit(() -> {}, 1));
        assertThrows(RejectedExecutionException.class, () -> executor.invokeAll(one));
        assertThrows(RejectedExecutionException.class, () -> executor.invokeAny(one));
    }

    @Test
    void shutdown_tasksRun_refusesMoreAndEndsWithThem() throws Exception {
        try (Held held = Held.untilReleased();
                PogoScope scope = Runtimes.ofSize(2).open()) {
            ExecutorService executor = scope.executor("default");
            assertFalse(executor.isShutdown());
            assertFalse(executor.isTerminated());
            Future<String> running = executor.submit(held);
            executor.shutdown();
            assertTrue(executor.isShutdown());
            assertFalse(executor.isTerminated());
            assertRefuses(executor);
            held.release();
            assertEquals("released", running.get());
            assertTrue(executor.awaitTermination(20, SECONDS));
            assertTrue(executor.isTerminated());
            executor.shutdown();
            assertTrue(executor.isTerminated());
            assertTrue(executor.toString().contains("shut down"), executor::toString);
        }
    }

    @Test
    void shutdown_noTasks_isTerminatedAtOnce() throws Exception {
        try (PogoScope scope = Runtimes.ofSize(2).open()) {
            ExecutorService executor = scope.executor("default");
            executor.shutdown();
            assertTrue(executor.isTerminated());
            assertTrue(executor.awaitTermination(0, SECONDS));
            assertRefuses(executor);
        }
    }

    @Test
    void shutdown_otherExecutorsAndTasksOfTheScope_goOn() throws Exception {
        try (Held held = Held.untilReleased();
                PogoScope scope = Runtimes.ofSize(3).open()) {
            ExecutorService executor = scope.executor("default");
            ExecutorService other = scope.executor("default");
            Future<String> beside = other.submit(held);
            Task<String> task = scope.spawn(held);
            assertEquals(List.of(), executor.shutdownNow());
            assertTrue(executor.isTerminated());
            assertFalse(other.isShutdown());
            assertEquals(1, other.submit(() -> 1).get());
            held.release();
            assertEquals("released", beside.get());
            assertEquals("released", task.await());
        }
    }

    @Test
    void shutdownNow_someHaveNotBegun_returnsThoseAndInterruptsTheOthers() throws Exception {
        try (Held held = Held.untilReleased();
                PogoScope scope = Runtimes.ofSize(1).open()) {
            ExecutorService executor = scope.executor("default");
            Future<String> running = executor.submit(held);
            held.awaitStarted();
            AtomicBoolean ran = new AtomicBoolean();
            Runnable executed = () -> ran.set(true);
            Runnable submitted = () -> ran.set(true);
            executor.execute(executed);
            Future<?> second = executor.submit(submitted);
            Future<String> third = executor.submit(() -> "third");
            Future<String> cancelled = executor.submit(() -> "cancelled");
            cancelled.cancel(true);
            Set<Runnable> neverBegun = new HashSet<>(executor.shutdownNow());
            assertEquals(3, neverBegun.size());
            assertTrue(neverBegun.remove(executed));
            assertTrue(neverBegun.remove(submitted));
            Runnable left = neverBegun.iterator().next();
            left.run();
            assertEquals("third", ((FutureTask<?>) left).get());
            assertTrue(running.isCancelled());
            assertTrue(second.isCancelled());
            assertTrue(third.isCancelled());
            assertTrue(executor.awaitTermination(20, SECONDS));
            assertEquals(1, held.interrupts.get());
            assertFalse(ran.get());
            assertEquals(List.of(), executor.shutdownNow());
        }
    }

    /** The permits of those that are interrupted must not start the others. */
    @Test
    void shutdownNow_manyWait_noneOfThemBegins() throws Exception {
        for (int round = 0; round < 200; round++) {
            try (Held held = Held.untilReleased();
                    PogoScope scope = Runtimes.ofSize(2).open()) {
                ExecutorService executor = scope.executor("default");
                Future<String> first = executor.submit(held);
                Future<String> second = executor.submit(held);
                held.awaitStarted();
                AtomicBoolean ran = new AtomicBoolean();
                for (int i = 0; i < 20; i++) {
                    executor.execute(() -> ran.set(true));
                }
                int neverBegun = executor.shutdownNow().size();
                assertTrue(neverBegun >= 20, neverBegun + " in round " + round);
                assertTrue(first.isCancelled());
                assertTrue(second.isCancelled());
                assertTrue(executor.awaitTermination(20, SECONDS));
                assertFalse(ran.get());
            }
        }
    }

    @Test
    void scopeClosed_executor_isShutDownAndTerminated() throws Exception {
        ExecutorService unused;
        ExecutorService executor;
        Future<String> future;
        PogoScope closed;
        try (Held held = Held.untilReleased();
                PogoScope scope = Runtimes.ofSize(1).open()) {
            closed = scope;
            unused = scope.executor("default");
            executor = scope.executor("default");
            future = executor.submit(held);
            held.awaitStarted();
        }
        assertTrue(future.isCancelled());
        for (ExecutorService each : List.of(unused, executor, closed.executor("default"))) {
            assertTrue(each.isShutdown());
            assertTrue(each.isTerminated());
            assertTrue(each.awaitTermination(20, SECONDS));
            assertRefuses(each);
            each.shutdown();
            assertEquals(List.of(), each.shutdownNow());
            each.close();
        }
    }

    @Test
    void runtimeClosed_executors_areShutDown() throws Exception {
        PogoRuntime runtime = Runtimes.ofSize(1);
        try (Held held = Held.untilReleased();
                PogoScope used = runtime.open()) {
            ExecutorService executor = used.executor("default");
            Future<String> future = executor.submit(held);
            held.awaitStarted();
            try (PogoScope empty = runtime.open()) {
                ExecutorService unused = empty.executor("default");
                runtime.close();
                assertTrue(future.isCancelled());
                for (ExecutorService each : List.of(executor, unused)) {
                    assertRefuses(each);
                    assertTrue(each.isShutdown());
                    assertTrue(each.awaitTermination(20, SECONDS));
                }
            }
        }
    }

    /** The wait begins first, in all cases. */
    @Test
    void awaitTermination_scopeIsClosedLater_returns() throws Exception {
        Held held = Held.untilReleased();
        AtomicReference<Object> seen = new AtomicReference<>();
        Thread waiting;
        try (PogoScope scope = Runtimes.ofSize(2).open()) {
            ExecutorService executor = scope.executor("default");
            scope.spawn(held);
            waiting = waitFor(executor, seen);
            Eventually.isParked(waiting);
            // Something else that happens in the scope meanwhile.
            assertThrows(
                    TaskFailedException.class,
                    () ->
                            scope.spawn(
                                            () -> {
                                                throw new IllegalStateException("test");
                                            })
                                    .await());
            Eventually.isParked(waiting);
        }
        waiting.join();
        assertEquals(true, seen.get());
    }

    private static Thread waitFor(ExecutorService executor, AtomicReference<Object> seen) {
        return Thread.ofPlatform()
                .start(() -> {
                    try {
                        seen.set(executor.awaitTermination(1_000, SECONDS));
                    } catch (Throwable e) {
                        seen.set(e);
                    }
                });
    }

    @Test
    void awaitTermination_shutDownLater_returns() throws Exception {
        AtomicReference<Object> seen = new AtomicReference<>();
        try (PogoScope scope = Runtimes.ofSize(2).open()) {
            ExecutorService executor = scope.executor("default");
            assertEquals(1, executor.submit(() -> 1).get());
            Thread waiting = waitFor(executor, seen);
            Eventually.isParked(waiting);
            executor.shutdown();
            waiting.join();
            assertEquals(true, seen.get());
        }
    }

    @Test
    void awaitTermination_severalThreads_allReturn() throws Exception {
        AtomicReference<Object> first = new AtomicReference<>();
        AtomicReference<Object> second = new AtomicReference<>();
        try (Held held = Held.untilReleased();
                PogoScope scope = Runtimes.ofSize(2).open()) {
            ExecutorService executor = scope.executor("default");
            Thread one = waitFor(executor, first);
            Eventually.isParked(one);
            Future<String> running = executor.submit(held);
            held.awaitStarted();
            Thread other = waitFor(executor, second);
            Eventually.isParked(other);
            executor.shutdown();
            held.release();
            one.join();
            other.join();
            assertEquals("released", running.resultNow());
            assertEquals(true, first.get());
            assertEquals(true, second.get());
        }
    }

    /** The waiting task lends its permit also to what is submitted after it began to wait. */
    @Test
    void awaitTermination_inATaskOfAPoolOfOneBeforeOthersSubmit_lendsThePermit() throws Exception {
        try (PogoScope scope = Runtimes.ofSize(1).open(ofSeconds(60))) {
            ExecutorService executor = scope.executor("default");
            AtomicReference<Thread> thread = new AtomicReference<>();
            CountDownLatch begun = new CountDownLatch(1);
            Task<Boolean> waiting =
                    scope.spawn(() -> {
                        thread.set(Thread.currentThread());
                        begun.countDown();
                        return executor.awaitTermination(50, SECONDS);
                    });
            begun.await();
            Eventually.isParked(thread.get());
            for (int i = 0; i < 10; i++) {
                executor.execute(() -> {});
            }
            executor.shutdown();
            assertTrue(waiting.await());
            assertEquals(11, scope.settle(ofSeconds(20)).size());
        }
    }

    @Test
    void awaitTermination_inATaskOfTheExecutorItself_doesNotWaitForItFirst() throws Exception {
        try (PogoScope scope = Runtimes.ofSize(1).open(ofSeconds(60))) {
            ExecutorService executor = scope.executor("default");
            CountDownLatch others = new CountDownLatch(3);
            Future<Boolean> itself =
                    executor.submit(() -> {
                        for (int i = 0; i < 3; i++) {
                            executor.execute(others::countDown);
                        }
                        executor.shutdown();
                        try {
                            return executor.awaitTermination(60, SECONDS);
                        } catch (InterruptedException e) {
                            return false;
                        }
                    });
            assertTrue(others.await(20, SECONDS), "they run on the permit that it lends");
            assertFalse(itself.isDone(), "it has not ended itself");
            itself.cancel(true);
            assertTrue(executor.awaitTermination(20, SECONDS));
        }
    }

    @Test
    void awaitTermination_interrupted_throws() throws Exception {
        try (PogoScope scope = Runtimes.ofSize(1).open()) {
            ExecutorService executor = scope.executor("default");
            AtomicReference<Object> seen = new AtomicReference<>();
            Thread waiting = waitFor(executor, seen);
            Eventually.isParked(waiting);
            waiting.interrupt();
            waiting.join();
            assertEquals(InterruptedException.class, seen.get().getClass());
        }
    }

    @Test
    void close_tasksRun_waitsForThem() throws Exception {
        try (Held held = Held.untilReleased();
                PogoScope scope = Runtimes.ofSize(1).open()) {
            ExecutorService executor = scope.executor("default");
            Future<String> running = executor.submit(held);
            Future<String> waits = executor.submit(() -> "waits");
            Thread closing = Thread.ofPlatform().start(executor::close);
            Eventually.isTrue(executor::isShutdown);
            Eventually.isParked(closing);
            held.release();
            closing.join();
            assertEquals("released", running.resultNow());
            assertEquals("waits", waits.resultNow());
        }
    }

    @Test
    void close_interrupted_cancelsAndKeepsTheInterrupt() throws Exception {
        try (Held held = Held.untilReleased();
                PogoScope scope = Runtimes.ofSize(1).open()) {
            ExecutorService executor = scope.executor("default");
            Future<String> running = executor.submit(held);
            held.awaitStarted();
            AtomicBoolean interrupted = new AtomicBoolean();
            Thread closing =
                    Thread.ofPlatform()
                            .start(() -> {
                                executor.close();
                                interrupted.set(Thread.currentThread().isInterrupted());
                            });
            Eventually.isTrue(executor::isShutdown);
            closing.interrupt();
            closing.join();
            assertTrue(interrupted.get());
            assertTrue(running.isCancelled());
        }
    }
}
