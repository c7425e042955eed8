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
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** The futures that the executor of a scope returns. */
class ExecutorFutureTest {
    @Test
    void future_ofWorkThatSucceeds_saysSo() throws Exception {
        try (Held held = Held.untilReleased();
                PogoScope scope = Runtimes.ofSize(1).open()) {
            Future<String> future = scope.executor("default").submit(held);
            assertFalse(future.isDone());
            assertFalse(future.isCancelled());
            assertEquals(Future.State.RUNNING, future.state());
            assertThrows(IllegalStateException.class, future::resultNow);
            assertThrows(IllegalStateException.class, future::exceptionNow);
            held.release();
            assertEquals("released", future.get());
            assertEquals("released", future.get(0, NANOSECONDS));
            assertEquals("released", future.resultNow());
            assertEquals(Future.State.SUCCESS, future.state());
            assertThrows(IllegalStateException.class, future::exceptionNow);
            assertTrue(future.isDone());
            assertFalse(future.cancel(true));
            assertFalse(future.isCancelled());
        }
    }

    @Test
    void future_ofWorkThatFails_saysSo() {
        IOException failure = new IOException("test");
        try (PogoScope scope = Runtimes.ofSize(1).open()) {
            Future<Object> future =
                    scope.executor("default")
                            .submit(() -> {
                                throw failure;
                            });
            ExecutionException e = assertThrows(ExecutionException.class, future::get);
            assertSame(failure, e.getCause());
            assertSame(failure, future.exceptionNow());
            assertEquals(Future.State.FAILED, future.state());
            assertThrows(IllegalStateException.class, future::resultNow);
            assertFalse(future.isCancelled());
            assertFalse(future.cancel(false));
        }
    }

    @Test
    void future_ofSaturatedPool_failsWithThat() throws Exception {
        PogoRuntime runtime =
                Runtimes.start(
                        PogoConfig.defaults()
                                .withPool(
                                        PoolConfig.named("default")
                                                .withNumThreads(1)
                                                .withMaxWait(ofMillis(20))));
        try (Held held = Held.untilReleased();
                PogoScope scope = runtime.open()) {
            scope.spawn(held);
            Future<String> future = scope.executor("default").submit(() -> "late");
            ExecutionException e = assertThrows(ExecutionException.class, future::get);
            assertInstanceOf(PoolSaturatedException.class, e.getCause());
            assertEquals(Future.State.FAILED, future.state());
            assertInstanceOf(PoolSaturatedException.class, future.exceptionNow());
        }
    }

    @Test
    void future_cancelled_saysSoAndItsTaskIsCancelled() throws Exception {
        try (Held held = Held.untilReleased();
                PogoScope scope = Runtimes.ofSize(1).open()) {
            Future<String> future = scope.executor("default").submit(held);
            held.awaitStarted();
            assertTrue(future.cancel(true));
            assertTrue(future.isCancelled());
            assertTrue(future.isDone());
            assertEquals(Future.State.CANCELLED, future.state());
            CancellationException e = assertThrows(CancellationException.class, future::get);
            assertInstanceOf(TaskCancelledException.class, e.getCause());
            assertThrows(CancellationException.class, () -> future.get(1, SECONDS));
            assertThrows(IllegalStateException.class, future::resultNow);
            assertThrows(IllegalStateException.class, future::exceptionNow);
            assertFalse(future.cancel(true));
            Task<?> task = scope.settle(ofSeconds(20)).getFirst();
            assertEquals(CancelReason.CANCEL_CALLED, task.cancelReason().orElseThrow());
            Eventually.isTrue(() -> held.interrupts.get() == 1);
        }
    }

    @Test
    void cancel_waitingWork_neverRuns() throws Exception {
        AtomicBoolean ran = new AtomicBoolean();
        try (Held held = Held.untilReleased();
                PogoScope scope = Runtimes.ofSize(1).open()) {
            ExecutorService executor = scope.executor("default");
            Future<String> first = executor.submit(held);
            Future<?> interrupting = executor.submit(() -> ran.set(true));
            Future<?> not = executor.submit(() -> ran.set(true));
            assertTrue(interrupting.cancel(true));
            assertTrue(not.cancel(false));
            held.release();
            assertEquals("after", executor.submit(() -> "after").get());
            assertEquals("released", first.get());
        }
        assertFalse(ran.get());
    }

    @Test
    void cancel_withoutInterrupt_workGoesOnAndTheOutcomeIsDecided() throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        try (Held held = Held.untilReleased();
                PogoScope scope = Runtimes.ofSize(1).open()) {
            ExecutorService executor = scope.executor("default");
            Future<String> future =
                    executor.submit(() -> {
                        String value = held.call();
                        ended.set(true);
                        return value;
                    });
            held.awaitStarted();
            assertTrue(future.cancel(false));
            assertTrue(future.isCancelled());
            assertThrows(CancellationException.class, future::get);
            assertFalse(future.cancel(true), "the outcome is decided");
            Future<String> next = executor.submit(() -> "next");
            assertFalse(next.isDone(), "the permit is not back");
            held.release();
            assertEquals("next", next.get());
            assertTrue(ended.get());
            assertEquals(0, held.interrupts.get());
        }
    }

    @Test
    void cancel_withoutInterrupt_theEndOfTheScopeStopsTheWork() throws Exception {
        try (Held held = Held.untilReleased()) {
            try (PogoScope scope = Runtimes.ofSize(1).open()) {
                Future<String> future = scope.executor("default").submit(held);
                held.awaitStarted();
                assertTrue(future.cancel(false));
                assertEquals(0, held.interrupts.get());
            }
            assertEquals(1, held.interrupts.get());
        }
    }

    @Test
    void get_timeoutPasses_leavesTheTaskAlone() throws Exception {
        try (Held held = Held.untilReleased();
                PogoScope scope = Runtimes.ofSize(1).open()) {
            Future<String> future = scope.executor("default").submit(held);
            TimeoutException e =
                    assertThrows(TimeoutException.class, () -> future.get(10, MILLISECONDS));
            assertTrue(e.toString().contains("10 MILLISECONDS"), e::toString);
            assertThrows(TimeoutException.class, () -> future.get(0, SECONDS));
            assertThrows(TimeoutException.class, () -> future.get(-1, SECONDS));
            assertThrows(TimeoutException.class, () -> future.get(Long.MIN_VALUE, SECONDS));
            assertFalse(future.isDone());
            held.release();
            assertEquals("released", future.get(Long.MAX_VALUE, SECONDS));
        }
    }

    /** Unlike an await, which has a timeout in any case. */
    @Test
    void get_longerThanAwaitTimeout_goesOn() throws Exception {
        PogoRuntime runtime = Runtimes.start(PogoConfig.defaults().withAwaitTimeout(ofMillis(1)));
        try (Held held = Held.untilReleased();
                PogoScope scope = runtime.open()) {
            long began = System.nanoTime();
            Future<String> future = scope.executor("default").submit(held);
            Thread releaser =
                    Thread.startVirtualThread(() -> {
                        Eventually.isTrue(() -> System.nanoTime() - began > 10_000_000);
                        held.release();
                    });
            assertEquals("released", future.get());
            releaser.join();
        }
    }

    @Test
    void get_interrupted_throwsAndLeavesTheTaskAlone() throws Exception {
        try (Held held = Held.untilReleased();
                PogoScope scope = Runtimes.ofSize(1).open()) {
            Future<String> future = scope.executor("default").submit(held);
            AtomicReference<Throwable> seen = new AtomicReference<>();
            Thread waiting =
                    Thread.ofPlatform()
                            .start(() -> seen.set(assertThrows(Throwable.class, future::get)));
            Eventually.isParked(waiting);
            waiting.interrupt();
            waiting.join();
            assertInstanceOf(InterruptedException.class, seen.get());
            assertFalse(future.isDone());
            held.release();
            assertEquals("released", future.get());
            Thread.currentThread().interrupt();
            assertEquals("released", future.get(), "as a FutureTask that is done");
            assertEquals("released", future.resultNow());
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void get_deadlinePasses_throwsThatAsTheCause() {
        try (Held held = Held.untilReleased();
                PogoScope scope = Runtimes.ofSize(1).open(ofMillis(50))) {
            Future<String> future = scope.executor("default").submit(held);
            CancellationException e = assertThrows(CancellationException.class, future::get);
            assertInstanceOf(DeadlineExceededException.class, e.getCause());
        }
    }

    @Test
    void get_byTheWorkItself_isRefused() throws Exception {
        try (PogoScope scope = Runtimes.ofSize(1).open(ofSeconds(60))) {
            AtomicReference<Future<?>> itself = new AtomicReference<>();
            CountDownLatch set = new CountDownLatch(1);
            Future<?> future =
                    scope.executor("default")
                            .submit(() -> {
                                set.await();
                                return itself.get().get();
                            });
            itself.set(future);
            set.countDown();
            ExecutionException e = assertThrows(ExecutionException.class, future::get);
            assertInstanceOf(IllegalStateException.class, e.getCause());
        }
    }

    @Test
    void get_nullValue_isReturned() throws Exception {
        try (PogoScope scope = Runtimes.ofSize(1).open()) {
            Future<Object> future = scope.executor("default").submit(() -> null);
            assertNull(future.get());
            assertNull(future.resultNow());
            assertEquals(Future.State.SUCCESS, future.state());
            assertTrue(future.toString().contains("SUCCEEDED"), future::toString);
        }
    }

    @Test
    void get_failFastScopeWhereAnotherFails_isCancelledWithThatFailure() throws Exception {
        PogoRuntime runtime = Runtimes.ofSize(2);
        try (Held held = Held.untilReleased();
                PogoScope scope = runtime.open().failFast()) {
            Future<String> future = scope.executor("default").submit(held);
            held.awaitStarted();
            Future<Object> failing =
                    scope.executor("default")
                            .submit(() -> {
                                throw new IOException("test");
                            });
            CancellationException e = assertThrows(CancellationException.class, future::get);
            TaskFailedException first = assertInstanceOf(TaskFailedException.class, e.getCause());
            assertEquals(
                    "test", assertInstanceOf(IOException.class, first.getCause()).getMessage());
            assertThrows(ExecutionException.class, failing::get);
        }
    }
}
