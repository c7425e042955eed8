package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.Eventually;
import dev.pogo.Logs;

import org.junit.jupiter.api.Test;

import java.lang.Thread.UncaughtExceptionHandler;
import java.util.concurrent.Callable;

/**
 * Work that sets another uncaught-exception handler on its own thread, by which Pogo knows that
 * this runs a task.
 */
class SwappedHandlerTest {
    private final PogoRuntimeImpl runtime = Runtimes.ofSize(1);

    private static void ignore(Thread thread, Throwable e) {}

    private static UncaughtExceptionHandler swap(UncaughtExceptionHandler handler) {
        Thread thread = Thread.currentThread();
        UncaughtExceptionHandler before = thread.getUncaughtExceptionHandler();
        thread.setUncaughtExceptionHandler(handler);
        return before;
    }

    private <T> T inATask(Callable<T> work) throws InterruptedException {
        PogoRuntimeImpl around = Runtimes.ofSize(1);
        try (PogoScopeImpl scope = around.open()) {
            return scope.spawn(work).await();
        }
    }

    private void assertOpen(PogoScopeImpl scope) throws InterruptedException {
        assertEquals(1, scope.spawn(() -> 1).await());
    }

    private void assertClosed(PogoScopeImpl scope) {
        assertThrows(IllegalStateException.class, () -> scope.spawn(() -> 1));
    }

    @Test
    void close_handlerSetSinceTheOpening_closesNoneThatIsNotInside() throws InterruptedException {
        assertTrue(
                inATask(() -> {
                    UncaughtExceptionHandler own = swap(SwappedHandlerTest::ignore);
                    PogoScopeImpl around = runtime.open();
                    swap(own);
                    PogoScopeImpl closed = runtime.open();
                    PogoScopeImpl inside = runtime.open();
                    swap(SwappedHandlerTest::ignore);
                    closed.close();
                    assertOpen(around);
                    assertClosed(inside);
                    assertSame(around, ScopeStack.innermost(Execution.current()));
                    swap(own);
                    assertNull(ScopeStack.innermost(Execution.current()));
                    around.close();
                    swap(SwappedHandlerTest::ignore);
                    assertNull(ScopeStack.innermost(Execution.current()));
                    return true;
                }));
    }

    @Test
    void close_handlerRestoredSinceTheOpening_closesNoneThatIsNotInside()
            throws InterruptedException {
        assertTrue(
                inATask(() -> {
                    PogoScopeImpl around = runtime.open();
                    UncaughtExceptionHandler own = swap(SwappedHandlerTest::ignore);
                    PogoScopeImpl closed = runtime.open();
                    PogoScopeImpl inside = runtime.open();
                    swap(own);
                    closed.close();
                    assertOpen(around);
                    assertClosed(inside);
                    assertSame(around, ScopeStack.innermost(Execution.current()));
                    around.close();
                    assertNull(ScopeStack.innermost(Execution.current()));
                    swap(SwappedHandlerTest::ignore);
                    assertNull(ScopeStack.innermost(Execution.current()));
                    return true;
                }));
    }

    /** One that the work has left open is closed after it, whatever handler there is by then. */
    @Test
    void task_endsWithAnotherHandlerAndAnOpenScope_closesIt() throws InterruptedException {
        try (Logs logs = new Logs()) {
            PogoScopeImpl left =
                    inATask(() -> {
                        PogoScopeImpl scope = runtime.open();
                        swap(SwappedHandlerTest::ignore);
                        return scope;
                    });
            assertClosed(left);
            assertEquals(1, logs.messages().size());
            assertNull(ScopeStack.innermost(Execution.current()));
        }
    }

    /** Nobody knows of it but the runtime. */
    @Test
    void task_leavesAScopeOpenThatItOpenedWithAnotherHandler_laterOnesCloseIt()
            throws InterruptedException {
        PogoScopeImpl left =
                inATask(() -> {
                    swap(SwappedHandlerTest::ignore);
                    PogoScopeImpl scope = runtime.open();
                    assertOpen(scope);
                    return scope;
                });
        Eventually.isTrue(() -> {
            try (PogoScopeImpl other = runtime.open()) {
                other.channel(1);
            }
            return runtime.toString().contains("[0 busy scopes");
        });
        assertClosed(left);
    }

    /** Frameworks clear the thread-locals of their threads between two requests. */
    @Test
    void close_threadLocalsClearedSinceTheOpening_closesNoneThatIsNotInside() throws Exception {
        PogoScopeImpl forgotten = runtime.open();
        ScopeStack.setInnermost(null, null);
        try (PogoScopeImpl next = runtime.open()) {
            forgotten.close();
            assertOpen(next);
            assertSame(next, ScopeStack.innermost(Execution.current()));
        }
        assertNull(ScopeStack.innermost(Execution.current()));
    }
}
