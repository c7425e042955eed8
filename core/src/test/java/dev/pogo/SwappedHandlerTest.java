package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.lang.Thread.UncaughtExceptionHandler;
import java.util.concurrent.Callable;

/**
 * Work that sets another uncaught-exception handler on its own thread, by which Pogo knows that
 * this runs a task.
 */
class SwappedHandlerTest {
    private final PogoRuntime runtime = Runtimes.ofSize(1);

    private static void ignore(Thread thread, Throwable e) {}

    private static UncaughtExceptionHandler swap(UncaughtExceptionHandler handler) {
        Thread thread = Thread.currentThread();
        UncaughtExceptionHandler before = thread.getUncaughtExceptionHandler();
        thread.setUncaughtExceptionHandler(handler);
        return before;
    }

    private <T> T inATask(Callable<T> work) throws InterruptedException {
        PogoRuntime around = Runtimes.ofSize(1);
        try (PogoScope scope = around.open()) {
            return scope.spawn(work).await();
        }
    }

    private void assertOpen(PogoScope scope) throws InterruptedException {
        assertEquals(1, scope.spawn(() -> 1).await());
    }

    private void assertClosed(PogoScope scope) {
        assertThrows(IllegalStateException.class, () -> scope.spawn(() -> 1));
    }

    @Test
    void close_handlerSetSinceTheOpening_closesNoneThatIsNotInside() throws InterruptedException {
        assertTrue(
                inATask(() -> {
                    UncaughtExceptionHandler own = swap(SwappedHandlerTest::ignore);
                    PogoScope around = runtime.open();
                    swap(own);
                    PogoScope closed = runtime.open();
                    PogoScope inside = runtime.open();
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
                    PogoScope around = runtime.open();
                    UncaughtExceptionHandler own = swap(SwappedHandlerTest::ignore);
                    PogoScope closed = runtime.open();
                    PogoScope inside = runtime.open();
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
            PogoScope left =
                    inATask(() -> {
                        PogoScope scope = runtime.open();
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
        PogoScope left =
                inATask(() -> {
                    swap(SwappedHandlerTest::ignore);
                    PogoScope scope = runtime.open();
                    assertOpen(scope);
                    return scope;
                });
        Eventually.isTrue(() -> {
            try (PogoScope other = runtime.open()) {
                other.channel(1);
            }
            return runtime.toString().contains("[0 busy scopes");
        });
        assertClosed(left);
    }

    /** Frameworks clear the thread-locals of their threads between two requests. */
    @Test
    void close_threadLocalsClearedSinceTheOpening_closesNoneThatIsNotInside() throws Exception {
        PogoScope forgotten = runtime.open();
        ScopeStack.setInnermost(null, null);
        try (PogoScope next = runtime.open()) {
            forgotten.close();
            assertOpen(next);
            assertSame(next, ScopeStack.innermost(Execution.current()));
        }
        assertNull(ScopeStack.innermost(Execution.current()));
    }
}
