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
 * A pool of two permits and its line: however tasks are submitted, run and cancelled, each permit
 * is with one task or with the pool, and nobody waits for one that is free. The operations return
 * nothing, since what they do is not one step; the pool is looked at when they are over.
 */
@Tag("lincheck")
public final class PoolLincheckTest {
    private final Inert inert = new Inert(2);

    /** Two have their permits, one waits, one is not submitted. */
    private final List<TaskImpl<Integer>> tasks =
            List.of(inert.submitted(), inert.submitted(), inert.submitted(), inert.unsubmitted());

    private final AtomicBoolean allSubmitted = new AtomicBoolean();

    @Operation
    public void submit() {
        if (allSubmitted.compareAndSet(false, true)) {
            inert.submit(tasks.get(3));
        }
    }

    @Operation
    public void run(@Param(gen = IntGen.class, conf = "0:2") int i) {
        Inert.run(tasks.get(i));
    }

    @Operation
    public void cancel(@Param(gen = IntGen.class, conf = "0:3") int i) {
        Inert.cancel(tasks.get(i));
    }

    @Validate
    public void check() {
        int live = 0;
        int waiting = 0;
        for (TaskImpl<?> task : allSubmitted.get() ? tasks : tasks.subList(0, 3)) {
            live += task.liveThread() != null ? 1 : 0;
            waiting += task.isWaiting() ? 1 : 0;
        }
        assertEquals(new PoolLoad(2, live, waiting, 0, inert.load().stuck()), inert.load());
        assertTrue(live == 2 || waiting == 0, "tasks wait, and a permit is free");
        assertTrue(inert.mostAtOnce() <= 2, "more than two tasks had a permit");
        inert.runAll();
        assertEquals(new PoolLoad(2, 0, 0, 0, 0), inert.load());
    }

    @Test
    void line_modelChecked_losesNoTaskAndNoPermit() {
        Lincheck.modelCheck(PoolLincheckTest.class);
    }

    @Test
    void line_stressed_losesNoTaskAndNoPermit() {
        Lincheck.stress(PoolLincheckTest.class);
    }
}
