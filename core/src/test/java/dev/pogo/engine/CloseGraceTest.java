package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.Eventually;
import dev.pogo.Held;
import dev.pogo.InvalidConfigException;
import dev.pogo.Logs;
import dev.pogo.Messages;
import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.PoolLoad;
import dev.pogo.TaskCancelledException;
import dev.pogo.TaskSpec;

import org.junit.jupiter.api.Test;

import java.time.Duration;

/** Work that does not stop, where close() need not wait for it. */
class CloseGraceTest {
    private static final Duration GRACE = ofMillis(30);

    private final PogoRuntimeImpl runtime =
            Runtimes.start(
                    PogoConfig.defaults()
                            .withPool(PoolConfig.named("default").withNumThreads(2))
                            .withCloseGrace(GRACE));
    private final PoolImpl pool = runtime.pool("default");

    @Test
    void close_workIgnoresItsInterrupt_leavesItAfterTheGraceChargedToItsPool()
            throws InterruptedException {
        try (Logs logs = new Logs();
                Held held = Held.ignoringInterrupts()) {
            PogoScopeImpl scope = runtime.open();
            TaskImpl<String> stubborn = scope.spawn(TaskSpec.in("default").named("stubborn"), held);
            held.awaitStarted();
            long began = System.nanoTime();
            scope.close();
            assertTrue(System.nanoTime() - began >= GRACE.toNanos());

            Eventually.isTrue(() -> pool.load().equals(new PoolLoad(2, 1, 0, 0, 1)));
            assertThrows(IllegalStateException.class, () -> scope.spawn(() -> 1));
            TaskCancelledException e = assertThrows(TaskCancelledException.class, stubborn::result);
            assertFalse(e.stopped());
            assertTrue(e.tookToStop().compareTo(GRACE) >= 0);
            Messages.assertMatches(
                    "cancelled because its scope was closed, and has not stopped for .*"
                            + " \\[task stubborn, .*; pool default: 1 of 2 running, 0 waiting, 1"
                            + " stuck\\]",
                    e);
            assertEquals(1, logs.messages().size());
            Messages.assertContains(
                    "It is left behind, and keeps its permit", logs.messages().get(0));
            Messages.assertContains("dev.pogo.Held.call", logs.messages().get(0));

            held.release();
            Eventually.isTrue(() -> pool.load().equals(new PoolLoad(2, 0, 0, 0, 0)));
            TaskCancelledException later =
                    assertThrows(TaskCancelledException.class, stubborn::result);
            assertTrue(later.stopped());
            Messages.assertContains(", and stopped after ", later);
        }
    }

    @Test
    void close_workStops_returnsAsSoonAsItHas() throws InterruptedException {
        try (Logs logs = new Logs();
                Held held = Held.untilReleased()) {
            TaskImpl<String> task;
            try (PogoScopeImpl scope = runtime.open()) {
                task = scope.spawn(held);
                held.awaitStarted();
            }
            assertEquals(new PoolLoad(2, 0, 0, 0, 0), pool.load());
            assertTrue(assertThrows(TaskCancelledException.class, task::result).stopped());
            assertTrue(task.tookToStop().compareTo(ofSeconds(10)) < 0);
            assertEquals(0, logs.messages().size());
        }
    }

    /** A scope inside the task that is left behind still ends with it. */
    @Test
    void close_stragglerHasAScopeOfItsOwn_leavesBoth() throws InterruptedException {
        try (Held held = Held.ignoringInterrupts()) {
            try (PogoScopeImpl scope = runtime.open()) {
                scope.spawn(() -> {
                    try (PogoScopeImpl inner = runtime.open()) {
                        inner.spawn(held);
                        held.awaitStarted();
                    }
                    return null;
                });
                held.awaitStarted();
            }
            Eventually.isTrue(() -> pool.load().equals(new PoolLoad(2, 1, 0, 0, 1)));
        }
    }

    @Test
    void closeOfTheRuntime_workIgnoresItsInterrupt_leavesItAfterOneGraceForAll()
            throws InterruptedException {
        try (Logs logs = new Logs();
                Held first = Held.ignoringInterrupts();
                Held second = Held.ignoringInterrupts()) {
            PogoScopeImpl one = runtime.open();
            PogoScopeImpl other = runtime.open();
            one.spawn(first);
            other.spawn(second);
            first.awaitStarted();
            second.awaitStarted();
            runtime.close();
            Eventually.isTrue(() -> pool.load().stuck() == 2);
            assertEquals(2, logs.messages().size());
            other.close();
            one.close();
        }
        Eventually.isTrue(() -> pool.load().running() == 0);
    }

    @Test
    void grace_notPositive_isRefused() {
        PogoConfig config = PogoConfig.defaults();
        assertThrows(InvalidConfigException.class, () -> config.withCloseGrace(Duration.ZERO));
        assertEquals(ofSeconds(2), PogoConfig.parse("{\"close_grace\": \"2s\"}").closeGrace());
    }
}
