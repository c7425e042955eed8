package dev.pogo.channel;

import dev.pogo.engine.Lincheck;

import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two waiters, each with a thread of its own that may choose both or leave, while others choose
 * one: all of it is as if done one by one, and so nobody is taken for gone who only tries.
 */
@Tag("lincheck")
public final class ThreadWaitLincheckTest {
    private final LineNode one = new LineNode(new ThreadWait(), 0);
    private final LineNode other = new LineNode(new ThreadWait(), 0);

    @Operation(nonParallelGroup = "one")
    public boolean oneChoosesBoth() {
        return one.waiter.chooseBoth(/* mine= */ one, /* other= */ other);
    }

    @Operation(nonParallelGroup = "other")
    public boolean otherChoosesBoth() {
        return other.waiter.chooseBoth(/* mine= */ other, /* other= */ one);
    }

    @Operation(nonParallelGroup = "one")
    public boolean oneLeaves() {
        return one.waiter.leave();
    }

    @Operation(nonParallelGroup = "other")
    public boolean otherLeaves() {
        return other.waiter.leave();
    }

    @Operation
    public boolean chooseOne() {
        return one.waiter.choose(one);
    }

    @Operation
    public boolean chooseOther() {
        return other.waiter.choose(other);
    }

    @Test
    void waiters_modelChecked_areLinearizable() {
        Lincheck.modelCheck(ThreadWaitLincheckTest.class);
    }

    @Test
    void waiters_stressed_areLinearizable() {
        Lincheck.stress(ThreadWaitLincheckTest.class);
    }
}
