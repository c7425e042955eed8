package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;

import com.sun.management.ThreadMXBean;

import dev.pogo.engine.Runtimes;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * The components of a spec and what tasks do with its name. For its time see {@link WithinTest}.
 */
class TaskSpecTest {
    private static final TaskSpec SPEC = TaskSpec.in("default").named("price");

    @Test
    void in_pool_hasNeitherNameNorLimit() {
        TaskSpec spec = TaskSpec.in("cpu");
        assertEquals("cpu", spec.pool());
        assertNull(spec.name());
        assertNull(spec.within());
        assertEquals(new TaskSpec("cpu", null, null), spec);
    }

    @Test
    void copies_keepTheOtherComponents() {
        TaskSpec spec = TaskSpec.in("cpu").named("a").within(ofSeconds(1));
        assertEquals(new TaskSpec("cpu", "a", ofSeconds(1)), spec);
        assertEquals(new TaskSpec("cpu", "b", ofSeconds(1)), spec.named("b"));
        assertEquals(new TaskSpec("cpu", "a", ofSeconds(2)), spec.within(ofSeconds(2)));
        assertEquals(new TaskSpec("cpu", "a", ofSeconds(1)), spec, "it has not changed");
        assertEquals(spec, TaskSpec.in("cpu").within(ofSeconds(1)).named("a"));
    }

    @Test
    void components_invalid_areRefused() {
        TaskSpec spec = TaskSpec.in("default");
        for (String blank : new String[] {"", " ", "\t\n"}) {
            assertEquals(
                    "name must not be blank",
                    assertThrows(IllegalArgumentException.class, () -> spec.named(blank))
                            .getMessage());
        }
        for (Duration none : new Duration[] {Duration.ZERO, ofNanos(-1), ofSeconds(-5)}) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> spec.within(none));
            assertTrue(e.toString().contains("within must be more than zero, but is "));
        }
        assertEquals(ofNanos(1), spec.within(ofNanos(1)).within());
    }

    /** As {@link NullTest} checks, except for the canonical constructor. */
    @Test
    @SuppressWarnings("NullAway") // nulls are what this is about
    void constructor_nullPool_isRefused() {
        assertThrows(NullPointerException.class, () -> new TaskSpec(null, "a", null));
    }

    @Test
    void spawn_eachKindOfWork_hasTheNameEverywhere() throws InterruptedException {
        PogoRuntime runtime =
                Runtimes.start(
                        PogoConfig.defaults()
                                .withJobs(List.of(Jobs.Echo.class.getName()))
                                .withPool(
                                        PoolConfig.named("cpu")
                                                .withNumThreads(2)
                                                .withThreads(ThreadKind.PLATFORM)));
        TaskSpec spec = TaskSpec.in("cpu").named("price").within(ofSeconds(60));
        try (PogoScope scope = runtime.open()) {
            Task<String> called = scope.spawn(spec, () -> Thread.currentThread().getName());
            Task<Void> acted =
                    scope.spawn(
                            spec,
                            () -> assertEquals("pogo/cpu/price", Thread.currentThread().getName()));
            Task<@Nullable Object> job = scope.spawn(spec, Jobs.Echo.class, "a");
            Task<@Nullable Object> named = scope.spawn(spec, Jobs.Echo.class.getName(), "b");
            assertEquals("pogo/cpu/price", called.await());
            assertNull(acted.await());
            assertEquals("a", job.await());
            assertEquals("b", named.await());
            for (Task<?> task : scope.settle(ofSeconds(20))) {
                assertEquals("price", task.name());
                assertEquals("cpu", task.pool());
            }
        }
    }

    @Test
    void spawn_specWithoutName_tasksAreNamedAsWithoutASpec() throws InterruptedException {
        TaskSpec spec = TaskSpec.in("default").within(ofSeconds(60));
        PogoRuntime runtime =
                Runtimes.start(PogoConfig.defaults().withJobs(List.of(Jobs.Echo.class.getName())));
        try (PogoScope scope = runtime.open()) {
            Task<Integer> called = scope.spawn(spec, () -> 1);
            assertEquals("default#" + called.id(), called.name());
            assertEquals("Echo", scope.spawn(spec, Jobs.Echo.class, "a").name());
            assertEquals(
                    scope.spawn("default", Jobs.Echo.class.getName(), "a").name(),
                    scope.spawn(spec, Jobs.Echo.class.getName(), "a").name());
            assertEquals(
                    "pogo/default",
                    scope.spawn(spec, () -> Thread.currentThread().getName()).await());
            scope.awaitAll();
        }
    }

    @Test
    void await_failure_carriesTheName() {
        try (PogoScope scope = Runtimes.ofSize(1).open()) {
            Task<Void> task =
                    scope.spawn(
                            SPEC,
                            () -> {
                                throw new IllegalStateException("test");
                            });
            TaskFailedException e = assertThrows(TaskFailedException.class, task::await);
            assertEquals("price", e.taskName());
            assertTrue(e.toString().contains("[task price, id " + task.id()), e::toString);
            assertInstanceOf(IllegalStateException.class, e.getCause());
        }
    }

    @Test
    void spawn_unknownPool_isRefused() {
        TaskSpec spec = TaskSpec.in("none");
        try (PogoScope scope = Runtimes.ofSize(1).open()) {
            assertThrows(UnknownPoolException.class, () -> scope.spawn(spec, () -> 1));
            assertThrows(UnknownPoolException.class, () -> scope.spawn(spec, () -> {}));
            assertThrows(UnknownPoolException.class, () -> scope.spawn(spec, Jobs.Echo.class, "a"));
            assertThrows(
                    UnknownPoolException.class,
                    () -> scope.spawn(spec, Jobs.Echo.class.getName(), "a"));
        }
    }

    /** On a thread whose allocations are its own only; the least of many is free of chance. */
    @Test
    void spawn_constantSpec_allocatesNoMoreThanAPoolName() {
        try (Held held = Held.untilReleased();
                PogoScope scope = Runtimes.ofSize(1).open()) {
            scope.spawn(held);
            TaskSpec plain = TaskSpec.in("default");
            Callable<Integer> work = () -> 1;
            long byName = Long.MAX_VALUE;
            long bySpec = Long.MAX_VALUE;
            long byNamedSpec = Long.MAX_VALUE;
            for (int round = 0; round < 3_000; round++) {
                byName = Math.min(byName, allocatedBy(() -> scope.spawn("default", work)));
                bySpec = Math.min(bySpec, allocatedBy(() -> scope.spawn(plain, work)));
                byNamedSpec = Math.min(byNamedSpec, allocatedBy(() -> scope.spawn(SPEC, work)));
            }
            assertTrue(byName > 0);
            assertEquals(byName, bySpec);
            assertEquals(byName, byNamedSpec);
        }
    }

    private static long allocatedBy(Runnable spawn) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        spawn.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @Test
    void spawn_actions_runLikeCallables() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(2).open()) {
            Task<Void> task = scope.spawn(() -> {});
            assertNull(task.await());
            assertEquals(Task.State.SUCCEEDED, task.state());
            Exception failure = new Exception("test");
            Action failing =
                    () -> {
                        throw failure;
                    };
            for (Task<Void> failed :
                    List.of(
                            scope.spawn(failing),
                            scope.spawn("default", failing),
                            scope.spawn(SPEC, failing))) {
                assertSame(
                        failure, assertThrows(TaskFailedException.class, failed::await).getCause());
            }
            Task<Void> waiting = scope.spawn(SPEC, () -> Thread.sleep(100_000));
            assertFalse(waiting.done());
            assertTrue(waiting.cancel());
        }
    }
}
