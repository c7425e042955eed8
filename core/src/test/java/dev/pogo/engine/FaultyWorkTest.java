package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofSeconds;

import dev.pogo.Eventually;
import dev.pogo.Fault;
import dev.pogo.Held;
import dev.pogo.Job;
import dev.pogo.Messages;
import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;
import dev.pogo.ThreadKind;
import dev.pogo.Worker;
import dev.pogo.WorkerResponse;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

/** Whatever work, job or worker throws is the outcome of its task, and of nothing else. */
class FaultyWorkTest {
    /** A job that throws what it is told to. */
    public static final class FaultyJob implements Job<Fault, Object> {
        @Override
        public Object handle(Fault args) {
            return args.strike();
        }
    }

    /** The same for a class that is named by a string, which Pogo calls by reflection. */
    public static final class FaultyNamedJob {
        public Object handle(Fault args) {
            return args.strike();
        }
    }

    /** One permit each: a lost one would let nothing more run. */
    private static PogoRuntimeImpl runtime(Worker worker) {
        return Runtimes.start(
                PogoConfig.defaults()
                        .withJobs(List.of(FaultyNamedJob.class.getName()))
                        .withPool(PoolConfig.named("default").withNumThreads(1))
                        .withPool(
                                PoolConfig.named("platform")
                                        .withNumThreads(1)
                                        .withThreads(ThreadKind.PLATFORM))
                        .withPool(PoolConfig.named("remote").withNumThreads(1).withWorker(worker)));
    }

    private static PogoRuntimeImpl runtime() {
        return runtime(request ->
                WorkerResponse.success(Fault.valueOf(String.valueOf(request.args())).strike()));
    }

    @ParameterizedTest
    @EnumSource
    void work_throws_isTheCauseAndTheNextTaskRuns(Fault fault) throws InterruptedException {
        PogoRuntimeImpl runtime = runtime();
        for (String pool : List.of("default", "platform")) {
            try (PogoScopeImpl scope = runtime.open()) {
                List<Throwable> thrown = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    TaskImpl<Object> task =
                            scope.spawn(
                                    pool,
                                    () -> {
                                        try {
                                            return fault.strike();
                                        } catch (Throwable e) {
                                            thrown.add(e);
                                            throw Fault.unchecked(e);
                                        }
                                    });
                    TaskFailedException e = assertThrows(TaskFailedException.class, task::await);
                    assertSame(thrown.get(i), e.getCause());
                    assertEquals(Task.State.FAILED, task.state());
                    assertNextRuns(scope, pool);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void job_throws_failsTheTaskAndTheNextTaskRuns(Fault fault) throws InterruptedException {
        try (PogoScopeImpl scope = runtime().open()) {
            TaskImpl<Object> byClass = scope.spawn("default", FaultyJob.class, fault);
            assertFailed(fault, byClass);
            TaskImpl<?> byName = scope.spawn("default", FaultyNamedJob.class.getName(), fault);
            assertFailed(fault, byName);
            assertNextRuns(scope, "default");
        }
    }

    @ParameterizedTest
    @EnumSource
    void worker_throws_isAmongTheCausesAndTheNextTaskRuns(Fault fault) throws InterruptedException {
        try (PogoScopeImpl scope = runtime().open()) {
            for (int i = 0; i < 2; i++) {
                TaskImpl<Object> task = scope.spawn("remote", FaultyJob.class, fault);
                TaskFailedException e = assertThrows(TaskFailedException.class, task::await);
                JobException cause = assertInstanceOf(JobException.class, e.getCause());
                Messages.assertContains("the worker of pool remote, asked for job ", e);
                assertSame(fault.type(), type(cause.getCause()));
                assertNextRuns(scope, "remote");
            }
        }
    }

    /** The result is the worker's own class, which runs its code while it is read. */
    @Test
    void worker_resultThrowsWhileItIsRead_failsTheTaskAndTheNextTaskRuns()
            throws InterruptedException {
        List<Object> hostile =
                new ArrayList<>() {
                    @Override
                    public int size() {
                        throw new Fault.ThreadStopped();
                    }

                    @Override
                    public Iterator<Object> iterator() {
                        throw new Fault.ThreadStopped();
                    }
                };
        hostile.add(1);
        try (PogoScopeImpl scope = runtime(request -> WorkerResponse.success(hostile)).open()) {
            TaskImpl<Object> task = scope.spawn("remote", FaultyJob.class, Fault.EXCEPTION);
            assertThrows(TaskFailedException.class, task::await);
            assertNextRuns(scope, "remote");
        }
    }

    /** An interrupt that nobody has sent is a failure, not a cancel. */
    @Test
    void worker_throwsInterruptedException_failsTheTaskAndTheNextTaskIsNotInterrupted()
            throws InterruptedException {
        Worker worker =
                request -> {
                    Thread.currentThread().interrupt();
                    throw new InterruptedException("the worker's own");
                };
        try (PogoScopeImpl scope = runtime(worker).open()) {
            TaskImpl<Object> task = scope.spawn("remote", FaultyJob.class, Fault.EXCEPTION);
            TaskFailedException e = assertThrows(TaskFailedException.class, task::await);
            assertInstanceOf(InterruptedException.class, e.getCause());
            assertFalse(
                    scope.spawn("remote", () -> Thread.currentThread().isInterrupted()).await());
        }
    }

    /** All that a scope does with failures: it looks at them, and throws one of them. */
    @ParameterizedTest
    @EnumSource
    void work_throwsWhileItsScopeIsAwaited_isThrownThere(Fault fault) throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(2);
        try (PogoScopeImpl scope = runtime.open()) {
            List<TaskImpl<Object>> tasks =
                    List.of(scope.spawn(fault::strike), scope.spawn(fault::strike));
            TaskFailedException any =
                    assertThrows(
                            TaskFailedException.class, () -> scope.awaitAny(tasks, ofSeconds(20)));
            assertSame(fault.type(), type(any.getCause()));
            assertSame(fault.type(), type(any.getSuppressed()[0].getCause()));
            assertEquals(tasks, scope.settle(ofSeconds(20)));
            TaskFailedException all = assertThrows(TaskFailedException.class, scope::awaitAll);
            assertSame(fault.type(), type(all.getCause()));
            assertNextRuns(scope, "default");
        }
    }

    /**
     * The permit goes from a task that failed to one that fails, and at last to one that does not.
     */
    @Test
    void waitingTasks_allFaulty_eachFailsAndTheLastRuns() throws InterruptedException {
        try (PogoScopeImpl scope = runtime().open();
                Held held = Held.untilReleased()) {
            scope.spawn(held);
            List<TaskImpl<Object>> tasks = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                for (Fault fault : Fault.values()) {
                    tasks.add(scope.spawn(fault::strike));
                }
            }
            TaskImpl<Integer> last = scope.spawn(() -> 1);
            held.release();
            assertEquals(1, last.await(ofSeconds(20)));
            Iterator<TaskImpl<Object>> inOrder = tasks.iterator();
            while (inOrder.hasNext()) {
                for (Fault fault : Fault.values()) {
                    assertFailed(fault, inOrder.next());
                }
            }
        }
    }

    /** What ends the task ends the scopes that it has open, at any depth of them. */
    @ParameterizedTest
    @EnumSource
    void work_throwsInNestedScopes_closesThemAll(Fault fault) throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(20);
        List<TaskImpl<String>> inner = new ArrayList<>();
        try (PogoScopeImpl scope = runtime.open()) {
            TaskImpl<Object> task = scope.spawn(() -> nested(runtime, fault, inner, 8));
            assertFailed(fault, task);
            assertEquals(8, inner.size());
            for (TaskImpl<String> one : inner) {
                assertEquals(Task.State.CANCELLED, one.state());
            }
            assertEquals(0, runtime.pool("default").load().running());
            assertNextRuns(scope, "default");
        }
    }

    private static Object nested(
            PogoRuntimeImpl runtime, Fault fault, List<TaskImpl<String>> inner, int depth) {
        if (depth == 0) {
            return fault.strike();
        }
        try (PogoScopeImpl scope = runtime.open()) {
            Held held = Held.untilReleased();
            inner.add(scope.spawn(held));
            Eventually.isTrue(held::hasStarted);
            return nested(runtime, fault, inner, depth - 1);
        }
    }

    private static void assertFailed(Fault fault, TaskImpl<?> task) {
        TaskFailedException e = assertThrows(TaskFailedException.class, task::await);
        assertSame(fault.type(), type(e.getCause()));
        assertTrue(task.done());
    }

    /** Anonymous classes are what they extend. */
    private static Class<?> type(@Nullable Throwable e) {
        return e instanceof Fault.Hostile
                ? Fault.Hostile.class
                : Objects.requireNonNull(e, "no cause").getClass();
    }

    private static void assertNextRuns(PogoScopeImpl scope, String pool)
            throws InterruptedException {
        assertEquals(1, scope.spawn(pool, () -> 1).await());
    }
}
