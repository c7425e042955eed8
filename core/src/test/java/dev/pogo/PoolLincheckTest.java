package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * A pool of one permit and its line: however tasks are submitted, run and cancelled, the permit is
 * with one task or with the pool, and nobody waits for a permit that is free. The operations return
 * nothing, since what they do is not one step; the pool is looked at when they are over.
 */
@Param(name = "task", gen = IntGen.class, conf = "0:3")
public final class PoolLincheckTest {
    private final Inert inert = new Inert(1);
    private final List<Task<Integer>> tasks = new ArrayList<>();
    private final AtomicIntegerArray submitted = new AtomicIntegerArray(4);

    public PoolLincheckTest() {
        for (int i = 0; i < submitted.length(); i++) {
            tasks.add(inert.unsubmitted());
        }
    }

    @Operation
    public void submit(@Param(name = "task") int i) {
        if (submitted.compareAndSet(i, 0, 1)) {
            inert.submit(tasks.get(i));
        }
    }

    @Operation
    public void run(@Param(name = "task") int i) {
        Inert.run(tasks.get(i));
    }

    @Operation
    public void cancel(@Param(name = "task") int i) {
        Inert.cancel(tasks.get(i));
    }

    @Validate
    public void check() {
        long live = tasks.stream().filter(task -> task.liveThread() != null).count();
        long waiting = 0;
        for (int i = 0; i < tasks.size(); i++) {
            if (submitted.get(i) == 1 && tasks.get(i).isWaiting()) {
                waiting++;
            }
        }
        assertEquals(new PoolStats(1, (int) live, (int) waiting), inert.stats());
        assertTrue(live == 1 || waiting == 0, "tasks wait, and the permit is free");
        assertTrue(inert.mostAtOnce() <= 1, "more than one task had the permit");
        inert.runAll();
        assertEquals(new PoolStats(1, 0, 0), inert.stats());
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
