package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class RuntimeTest {
    @Test
    void close_tasksInSeveralScopes_cancelsAllAndWaits() throws InterruptedException {
        PogoRuntime runtime = Runtimes.ofSize(1);
        try (PogoScope first = runtime.open();
                PogoScope second = runtime.open();
                Held held = Held.untilReleased()) {
            Task<String> running = first.spawn(held);
            Task<Integer> waiting = second.spawn(() -> 1);
            held.awaitStarted();
            runtime.close();
            assertEquals(1, held.interrupts.get());
            assertEquals(new PoolStats(1, 0, 0), runtime.pool("default").stats());
            for (Task<?> task : new Task<?>[] {running, waiting}) {
                assertEquals(
                        CancelReason.RUNTIME_CLOSED,
                        assertThrows(TaskCancelledException.class, task::result).reason());
            }
            runtime.close();
        }
    }

    @Test
    void close_byOneOfItsTasks_isRefused() {
        PogoRuntime runtime = Runtimes.ofSize(1);
        try (PogoScope scope = runtime.open()) {
            Task<Object> task =
                    scope.spawn(() -> {
                        runtime.close();
                        return null;
                    });
            TaskFailedException e = assertThrows(TaskFailedException.class, task::await);
            assertInstanceOf(IllegalStateException.class, e.getCause());
        }
    }

    @Test
    void toString_says3amThings() throws InterruptedException {
        PogoRuntime runtime = Runtimes.ofSize(1);
        try (PogoScope scope = runtime.open();
                Held held = Held.untilReleased()) {
            scope.spawn(held);
            Task<Integer> waiting = scope.spawn("default", () -> 1, "mine");
            held.awaitStarted();
            assertEquals(
                    "PogoRuntime[1 busy scopes, 1 armed timers,"
                            + " [Pool[default: 1 of 1 running, 1 waiting]]]",
                    runtime.toString());
            assertEquals("PogoScope[2 tasks, 2 unfinished]", scope.toString());
            assertEquals("Task[mine, pool default, WAITING]", waiting.toString());
        }
    }
}
