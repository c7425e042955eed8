package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.AwaitTimeoutException;
import dev.pogo.Eventually;
import dev.pogo.Held;
import dev.pogo.PoolConfig;
import dev.pogo.PoolSaturatedException;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;
import dev.pogo.ThreadKind;
import dev.pogo.engine.FaultyThreads.Fault;
import dev.pogo.util.ThreadFactories;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Threads that cannot be made or started, one among many that can. */
class FaultyThreadTest {
    private static final int WAITING = 5;

    private final OutOfMemoryError failure = new OutOfMemoryError("no thread");
    private final PogoRuntimeImpl runtime = Runtimes.ofSize(1);
    private PoolImpl pool = runtime.pool("default");

    static Stream<Arguments> faults() {
        return Stream.of(ThreadKind.values())
                .flatMap(kind -> Stream.of(Fault.values()).map(fault -> Arguments.of(kind, fault)));
    }

    private FaultyThreads threads(ThreadKind kind, Fault fault, Set<Integer> chosen) {
        FaultyThreads threads = new FaultyThreads(kind, fault, failure, chosen);
        pool = new PoolImpl(PoolConfig.named("faulty").withNumThreads(1), runtime.timer(), threads);
        return threads;
    }

    /** The first task is running, so each of the waiting ones gets its permit handed over. */
    @ParameterizedTest
    @MethodSource("faults")
    void handedOver_oneWaitingTaskGetsNoThread_theOthersRun(ThreadKind kind, Fault fault)
            throws InterruptedException {
        for (Set<Integer> chosen :
                List.of(
                        Set.of(1),
                        Set.of(1 + WAITING / 2),
                        Set.of(WAITING),
                        Set.of(1, 2, 3),
                        Set.of(2, 4, 5),
                        Set.of(1, 2, 3, 4, 5))) {
            FaultyThreads threads = threads(kind, fault, chosen);
            try (PogoScopeImpl scope = runtime.open();
                    Held held = Held.untilReleased()) {
                TaskImpl<String> running = scope.spawn(pool, held, null);
                List<Integer> ran = new ArrayList<>();
                List<TaskImpl<Boolean>> waiting =
                        IntStream.rangeClosed(1, WAITING)
                                .mapToObj(i -> scope.spawn(pool, () -> ran.add(i), null))
                                .toList();
                held.awaitStarted();
                held.release();
                scope.settle(ofSeconds(20));
                assertEquals("released", running.result());
                for (int i = 1; i <= WAITING; i++) {
                    assertOutcome(fault, chosen.contains(i), waiting.get(i - 1));
                }
                assertEquals(
                        IntStream.rangeClosed(1, WAITING)
                                .filter(i -> fault.runs() || !chosen.contains(i))
                                .boxed()
                                .toList(),
                        ran);
                assertNextRuns(scope);
            }
            assertNothingIsLeft(threads);
        }
    }

    /** The caller has the permit, and has it again. */
    @ParameterizedTest
    @MethodSource("faults")
    void spawned_taskGetsNoThread_theNextRuns(ThreadKind kind, Fault fault)
            throws InterruptedException {
        FaultyThreads threads = threads(kind, fault, Set.of(0, 2, 3));
        try (PogoScopeImpl scope = runtime.open()) {
            for (int i = 0; i < 5; i++) {
                TaskImpl<Boolean> task = scope.spawn(pool, () -> true, null);
                boolean chosen = i == 0 || i == 2 || i == 3;
                if (chosen && !fault.runs()) {
                    assertTrue(task.done());
                    assertEquals(0, pool.load().running());
                }
                Eventually.isTrue(task::done);
                assertOutcome(fault, chosen, task);
            }
            if (!fault.runs()) {
                assertThrows(TaskFailedException.class, scope::awaitAll);
            }
            assertNextRuns(scope);
        }
        assertNothingIsLeft(threads);
    }

    /** The permit comes from a task that was cancelled, whose thread has an interrupt to bear. */
    @ParameterizedTest
    @MethodSource("faults")
    void handedOverByACancelledTask_noThread_theNextRuns(ThreadKind kind, Fault fault)
            throws InterruptedException {
        FaultyThreads threads = threads(kind, fault, Set.of(1, 2));
        try (PogoScopeImpl scope = runtime.open()) {
            Held held = Held.untilReleased();
            TaskImpl<String> running = scope.spawn(pool, held, null);
            List<TaskImpl<Boolean>> waiting =
                    Stream.generate(() -> scope.spawn(pool, () -> true, null)).limit(3).toList();
            held.awaitStarted();
            assertTrue(running.cancel());
            Eventually.isTrue(() -> waiting.stream().allMatch(TaskImpl::done));
            assertOutcome(fault, true, waiting.get(0));
            assertOutcome(fault, true, waiting.get(1));
            assertOutcome(fault, false, waiting.get(2));
            assertNextRuns(scope);
        }
        assertNothingIsLeft(threads);
    }

    /** More tasks than a stack has room for, if each failed start were to call for the next one. */
    @Test
    void handedOver_noThreadForVeryMany_allFailAndTheNextRuns() throws InterruptedException {
        FaultyThreads threads =
                threads(
                        ThreadKind.VIRTUAL,
                        Fault.NOT_STARTED,
                        IntStream.rangeClosed(1, 20_000).boxed().collect(Collectors.toSet()));
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            scope.spawn(pool, held, null);
            List<TaskImpl<Boolean>> waiting =
                    Stream.generate(() -> scope.spawn(pool, () -> true, null))
                            .limit(20_000)
                            .toList();
            TaskImpl<Integer> last = scope.spawn(pool, () -> 1, null);
            held.release();
            assertEquals(1, last.await(ofSeconds(20)));
            assertTrue(waiting.stream().allMatch(task -> task.state() == Task.State.FAILED));
        }
        assertNothingIsLeft(threads);
    }

    /**
     * The thread begins just when its start throws, and both want to have decided: whoever it is,
     * the task runs or fails, and the permit comes back once.
     */
    @Test
    void started_andThrowsMeanwhile_theTaskRunsOrFails() throws InterruptedException {
        ThreadFactory threads =
                work ->
                        new Thread(work, "pogo/faulty") {
                            @Override
                            public void start() {
                                super.start();
                                throw failure;
                            }
                        };
        pool = new PoolImpl(PoolConfig.named("faulty").withNumThreads(2), runtime.timer(), threads);
        AtomicInteger ran = new AtomicInteger();
        int succeeded = 0;
        for (int i = 0; i < 200; i++) {
            try (PogoScopeImpl scope = runtime.open()) {
                for (int j = 0; j < 10; j++) {
                    scope.spawn(pool, ran::incrementAndGet, null);
                }
                for (Task<?> task : scope.settle(ofSeconds(20))) {
                    if (task.state() == Task.State.SUCCEEDED) {
                        succeeded++;
                    } else {
                        assertOutcome(Fault.NOT_STARTED, true, (TaskImpl<?>) task);
                    }
                }
            }
            assertEquals(0, pool.load().running());
            assertEquals(succeeded, ran.get());
        }
    }

    /** There is a task, a permit and a deadline, but neither for them nor the pool a clock. */
    @Test
    void timer_noThread_awaitsKeepTheirOwnTimeAndPermitsGoOn() throws InterruptedException {
        FaultyThreads timerThreads =
                new FaultyThreads(
                        ThreadKind.PLATFORM, Fault.NOT_MADE, failure, Set.of(0, 1, 2, 3, 4, 5));
        Timer timer = new Timer(List.of(timerThreads, timerThreads));
        pool =
                new PoolImpl(
                        PoolConfig.named("faulty").withNumThreads(1).withMaxWait(ofMillis(1)),
                        timer,
                        ThreadFactories.virtual("pogo/faulty"));
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            scope.spawn(pool, held, null);
            TaskImpl<Integer> impatient = scope.spawn(pool, () -> 1, null);
            assertThrows(AwaitTimeoutException.class, () -> impatient.await(ofMillis(5)));
            TaskImpl<Integer> waiting = scope.spawn(pool, () -> 1, null);
            held.release();
            assertEquals(1, waiting.await());
            assertEquals(0, timer.pending());
        }
        timerThreads.recover();
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            scope.spawn(pool, held, null);
            TaskImpl<Integer> late = scope.spawn(pool, () -> 1, null);
            assertThrows(PoolSaturatedException.class, late::await);
            held.release();
            Eventually.isTrue(() -> pool.load().running() == 0); // or it might wait too long again
            assertNextRuns(scope);
        }
        timer.close();
        assertNothingIsLeft(timerThreads);
    }

    /** A deadline passes all the same if the first thread for it cannot be had. */
    @ParameterizedTest
    @EnumSource(names = "STARTED_AND_THREW", mode = EnumSource.Mode.EXCLUDE)
    void timer_firstThreadFails_theNextFactoryFires(Fault fault) {
        FaultyThreads first = new FaultyThreads(ThreadKind.PLATFORM, fault, failure, Set.of(0));
        FaultyThreads second = new FaultyThreads(ThreadKind.VIRTUAL, fault, failure, Set.of());
        Timer timer = new Timer(List.of(first, second));
        AtomicInteger fired = new AtomicInteger();
        timer.arm(alarm(fired), System.nanoTime());
        Eventually.isTrue(() -> fired.get() == 1);
        timer.close();
        assertNothingIsLeft(first);
        assertNothingIsLeft(second);
    }

    /**
     * The thread that has begun all the same is not a second one beside that of the next factory.
     */
    @Test
    void timer_threadStartsAndThrows_thereIsOneThreadAndCloseEndsIt() {
        FaultyThreads first =
                new FaultyThreads(
                        ThreadKind.PLATFORM, Fault.STARTED_AND_THREW, failure, Set.of(0, 1));
        FaultyThreads second =
                new FaultyThreads(ThreadKind.VIRTUAL, Fault.NOT_MADE, failure, Set.of(0));
        Timer timer = new Timer(List.of(first, second));
        AtomicInteger fired = new AtomicInteger();
        Alarm later = alarm(fired);
        timer.arm(later, System.nanoTime() + Duration.ofHours(1).toNanos());
        for (int i = 1; i <= 3; i++) {
            timer.arm(alarm(fired), System.nanoTime());
            int expected = i;
            Eventually.isTrue(() -> fired.get() == expected);
        }
        Eventually.isTrue(
                () -> first.alive().size() + second.alive().size() == 1,
                () -> "threads: " + first.alive() + second.alive());
        timer.close();
        assertEquals(List.of(), first.alive());
        assertEquals(List.of(), second.alive());
        assertEquals(3, fired.get());
    }

    private static Alarm alarm(AtomicInteger fired) {
        return new Alarm() {
            @Override
            void fire() {
                fired.incrementAndGet();
            }
        };
    }

    private void assertOutcome(Fault fault, boolean chosen, TaskImpl<?> task) {
        if (!chosen || fault.runs()) {
            assertEquals(Task.State.SUCCEEDED, task.state());
            return;
        }
        TaskFailedException e = assertThrows(TaskFailedException.class, task::await);
        assertEquals(Duration.ZERO, e.ran());
        assertFalse(task.cancel());
        Throwable cause = e.getCause();
        switch (fault) {
            case MADE_NULL -> assertInstanceOf(NullPointerException.class, cause);
            case NOT_STARTED ->
                    assertTrue(
                            cause == failure || cause instanceof IllegalThreadStateException,
                            () -> "the cause is " + cause);
            default -> assertSame(failure, cause);
        }
    }

    private void assertNextRuns(PogoScopeImpl scope) throws InterruptedException {
        assertEquals(1, scope.spawn(pool, () -> 1, null).await());
    }

    private void assertNothingIsLeft(FaultyThreads threads) {
        assertEquals(0, pool.load().running());
        assertEquals(0, pool.load().waiting());
        Eventually.isTrue(() -> threads.alive().isEmpty(), () -> "left: " + threads.alive());
    }
}
