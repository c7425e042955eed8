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
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * As {@link PoolLincheckTest}, with a pool whose two permits are shared out over two words, and two
 * scopes that each prefer another one.
 */
@Tag("lincheck")
public final class StripedPoolLincheckTest {
    private final Inert inert = new Inert(2, 2);

    /** Two have their permits, two are not submitted. */
    private final List<TaskImpl<Integer>> tasks =
            List.of(
                    inert.submittedIn(0),
                    inert.submittedIn(0),
                    inert.unsubmittedIn(1),
                    inert.unsubmittedIn(0));

    private final AtomicIntegerArray submitted = new AtomicIntegerArray(new int[] {1, 1, 0, 0});

    @Operation
    public void submit(@Param(gen = IntGen.class, conf = "2:3") int i) {
        if (submitted.compareAndSet(i, 0, 1)) {
            inert.submit(tasks.get(i));
        }
    }

    @Operation
    public void run(@Param(gen = IntGen.class, conf = "0:3") int i) {
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
        for (int i = 0; i < tasks.size(); i++) {
            live += tasks.get(i).liveThread() != null ? 1 : 0;
            waiting += submitted.get(i) == 1 && tasks.get(i).isWaiting() ? 1 : 0;
        }
        assertEquals(new PoolLoad(2, live, waiting, 0, inert.load().stuck()), inert.load());
        assertTrue(live == 2 || waiting == 0, "tasks wait, and a permit is free");
        assertTrue(inert.mostAtOnce() <= 2, "more than two tasks had a permit");
        inert.runAll();
        assertEquals(new PoolLoad(2, 0, 0, 0, 0), inert.load());
    }

    @Test
    void line_modelChecked_losesNoTaskAndNoPermit() {
        Lincheck.modelCheck(StripedPoolLincheckTest.class);
    }

    @Test
    void line_stressed_losesNoTaskAndNoPermit() {
        Lincheck.stress(StripedPoolLincheckTest.class);
    }
}
