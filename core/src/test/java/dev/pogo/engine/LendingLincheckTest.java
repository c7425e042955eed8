package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.PoolLoad;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A parent with the pool's only permit, which awaits its scope and goes on again while children are
 * submitted, run and cancelled: the permit is with one of them, and no child waits while the parent
 * does, too.
 */
@Tag("lincheck")
public final class LendingLincheckTest {
    private final Inert inert = new Inert(1);
    private final TaskImpl<Integer> parent = inert.submitted();

    /** Two wait, one is not submitted. */
    private final List<TaskImpl<Integer>> children =
            List.of(inert.submitted(), inert.submitted(), inert.unsubmitted());

    private final AtomicBoolean allSubmitted = new AtomicBoolean();

    /** Written by the one thread that stands for the parent's. */
    private volatile boolean awaiting;

    @Operation(nonParallelGroup = "parent")
    public void await() {
        if (!awaiting && parent.liveThread() != null && !Inert.returns(parent)) {
            awaiting = true;
            Inert.beginAwait(parent, inert.tasks(), () -> false);
        }
    }

    @Operation(nonParallelGroup = "parent")
    public void goOn() {
        if (awaiting) {
            Inert.endAwait(parent);
            awaiting = false;
        }
    }

    @Operation(nonParallelGroup = "parent")
    public void goOnByItself() {
        if (awaiting) {
            Inert.endAwaitByItself(parent);
            awaiting = false;
        }
    }

    @Operation(nonParallelGroup = "parent")
    public void interrupt() {
        Inert.interruptReturning(parent);
    }

    @Operation(nonParallelGroup = "parent")
    public void end() {
        goOn();
        interrupt();
        Inert.run(parent);
    }

    @Operation
    public void submit() {
        if (allSubmitted.compareAndSet(false, true)) {
            inert.submit(children.get(2));
        }
    }

    @Operation
    public void run(@Param(gen = IntGen.class, conf = "0:2") int i) {
        Inert.run(children.get(i));
    }

    @Operation
    public void cancel(@Param(gen = IntGen.class, conf = "0:2") int i) {
        Inert.cancel(children.get(i));
    }

    @Validate
    public void check() {
        int live = parent.liveThread() != null ? 1 : 0;
        int waiting = 0;
        boolean anyRuns = false;
        for (TaskImpl<?> child : allSubmitted.get() ? children : children.subList(0, 2)) {
            live += child.liveThread() != null ? 1 : 0;
            waiting += child.isWaiting() ? 1 : 0;
            anyRuns |= child.liveThread() != null && !child.done();
        }
        PoolLoad load = inert.load();
        assertEquals(live, load.running() + load.lent());
        assertEquals(waiting, load.waiting());
        assertTrue(load.running() > 0 || waiting == 0, "a child waits, and the permit is free");
        assertTrue(!awaiting || load.lent() == 1 || waiting == 0, "a child waits for its parent");
        assertTrue(!Inert.returns(parent) || anyRuns, "the parent waits, and no child runs");
        goOn();
        interrupt();
        inert.runAll();
        assertEquals(new PoolLoad(1, 0, 0, 0, 0), inert.load());
    }

    @Test
    void permit_modelChecked_isLentAndGivenBack() {
        Lincheck.modelCheck(LendingLincheckTest.class);
    }

    @Test
    void permit_stressed_isLentAndGivenBack() {
        Lincheck.stress(LendingLincheckTest.class);
    }
}
