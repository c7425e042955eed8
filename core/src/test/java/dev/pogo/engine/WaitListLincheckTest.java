package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The waiters of one awaitable: who has enlisted before the state changes is told, once. So many
 * have left at the beginning that the next to enlist sweeps them out.
 */
@Tag("lincheck")
public final class WaitListLincheckTest {
    private record Enlisted(CountingWaiter waiter, int seen) {}

    private final WaitList awaitable = new Inert(1).tasks();
    private final AtomicInteger state = new AtomicInteger();

    /** Those who wait, with the state that each has seen after it had enlisted. */
    private final Queue<Enlisted> waiting = new ConcurrentLinkedQueue<>();

    private final Queue<CountingWaiter> gone = new ConcurrentLinkedQueue<>();

    public WaitListLincheckTest() {
        List<WaitList.Waiter> leaving = new ArrayList<>();
        enlist();
        for (int i = 0; i < 13; i++) {
            WaitList.Waiter waiter = new CountingWaiter();
            awaitable.enlist(waiter);
            leaving.add(waiter);
        }
        enlist();
        leaving.forEach(WaitList.Waiter::leave);
    }

    @Operation
    public void enlist() {
        CountingWaiter waiter = new CountingWaiter();
        awaitable.enlist(waiter);
        waiting.add(new Enlisted(waiter, state.get()));
    }

    @Operation
    public void enlistAndLeave() {
        CountingWaiter waiter = new CountingWaiter();
        awaitable.enlist(waiter);
        waiter.leave();
        gone.add(waiter);
    }

    @Operation
    public void change() {
        state.incrementAndGet();
        awaitable.wakeAll();
    }

    @Validate
    public void check() {
        for (Enlisted enlisted : waiting) {
            boolean missed = enlisted.seen != state.get() && enlisted.waiter.told() == 0;
            assertFalse(missed, "the state has changed, and a waiter was not told");
        }
        awaitable.wakeAll();
        waiting.forEach(enlisted -> assertEquals(1, enlisted.waiter.told()));
        gone.forEach(waiter -> assertTrue(waiter.told() <= 1));
    }

    @Test
    void waiters_modelChecked_areToldOnce() {
        Lincheck.modelCheck(WaitListLincheckTest.class);
    }

    @Test
    void waiters_stressed_areToldOnce() {
        Lincheck.stress(WaitListLincheckTest.class);
    }
}
