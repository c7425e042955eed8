package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.engine.Runtimes;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

/** Rule 1: spawn never blocks, never runs the work itself, and fails at once on the caller. */
class SpawnTest {
    @Test
    void spawn_anyWork_runsOnAnotherThread() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open()) {
            assertNotSame(Thread.currentThread(), scope.spawn(Thread::currentThread).await());
        }
    }

    @Test
    void spawn_poolFull_returnsWithTheTaskWaiting() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open();
                Held held = Held.untilReleased()) {
            Task<String> first = scope.spawn(held);
            Task<String> second = scope.spawn(() -> "second");
            held.awaitStarted();
            assertEquals(Task.State.RUNNING, first.state());
            assertEquals(Task.State.WAITING, second.state());
            assertFalse(second.done());
            held.release();
            assertEquals("second", second.await());
            assertEquals("released", first.result());
        }
    }

    @Test
    void spawn_virtualPool_runsOnDaemonThreadNamedAfterThePool() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open()) {
            Thread thread = scope.spawn(Thread::currentThread).await();
            assertTrue(thread.isVirtual());
            assertEquals("pogo/default", thread.getName());
        }
    }

    @Test
    void spawn_platformPool_runsOnDaemonPlatformThread() throws InterruptedException {
        PoolConfig cpu = PoolConfig.named("cpu").withThreads(ThreadKind.PLATFORM);
        PogoRuntime runtime = Runtimes.start(PogoConfig.defaults().withPool(cpu));
        try (PogoScope scope = runtime.open()) {
            Thread thread = scope.spawn("cpu", Thread::currentThread).await();
            assertFalse(thread.isVirtual());
            assertTrue(thread.isDaemon());
            assertEquals("pogo/cpu", thread.getName());
        }
    }

    @Test
    void spawn_unknownPool_failsAndListsTheKnownOnes() {
        PogoRuntime runtime =
                Runtimes.start(PogoConfig.defaults().withPool(PoolConfig.named("cpu")));
        try (PogoScope scope = runtime.open()) {
            UnknownPoolException e =
                    assertThrows(UnknownPoolException.class, () -> scope.spawn("cqu", () -> 1));
            assertEquals(
                    "unknown Pogo pool \"cqu\"; known pools: default, cpu (from built-in defaults)",
                    e.getMessage());
            assertEquals("built-in defaults", e.source());
            assertEquals("cqu", e.pool());
            assertEquals(List.of("default", "cpu"), e.known());
        }
    }

    @Test
    void spawn_closedScope_isRefused() {
        PogoScope scope = Runtimes.ofSize(1).open();
        scope.close();
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> scope.spawn(() -> 1));
        assertEquals("the scope is closed", e.getMessage());
    }

    @Test
    void spawn_closedRuntime_isRefused() {
        PogoRuntime runtime = Runtimes.ofSize(1);
        try (PogoScope used = runtime.open();
                PogoScope unused = runtime.open()) {
            used.spawn(() -> 1);
            runtime.close();
            for (PogoScope scope : List.of(used, unused)) {
                IllegalStateException e =
                        assertThrows(IllegalStateException.class, () -> scope.spawn(() -> 1));
                assertEquals("the Pogo runtime is closed", e.getMessage());
            }
            assertThrows(IllegalStateException.class, runtime::open);
        }
    }

    @Test
    void spawn_blankName_isRefused() {
        try (PogoScope scope = Runtimes.ofSize(1).open()) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> scope.spawn(TaskSpec.in("default").named(" "), () -> 1));
        }
    }

    @Test
    void spawn_withName_isKnownByIt() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open()) {
            Task<Integer> named = scope.spawn(TaskSpec.in("default").named("price"), () -> 1);
            Task<Integer> unnamed = scope.spawn(() -> 1);
            assertEquals("price", named.name());
            assertEquals("default#" + unnamed.id(), unnamed.name());
            assertEquals("default", unnamed.pool());
            scope.awaitAll();
        }
    }

    @Test
    void id_manyTasksInManyScopes_isUniqueAndNotZero() {
        PogoRuntime runtime = Runtimes.ofSize(4);
        Set<Long> ids = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            try (PogoScope scope = runtime.open()) {
                for (int j = 0; j < 10; j++) {
                    long id = scope.spawn(() -> 1).id();
                    assertNotEquals(0, id);
                    assertTrue(ids.add(id));
                }
            }
        }
    }

    @Test
    void spawn_workReturnsNull_givesNull() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open()) {
            Callable<Object> nothing = () -> null;
            assertEquals(null, scope.spawn(nothing).await());
        }
    }
}
