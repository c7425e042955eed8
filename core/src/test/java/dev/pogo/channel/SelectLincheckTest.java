package dev.pogo.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.engine.Lincheck;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Selects that wait for two rendezvous, beside threads that push, pop and close: each is chosen
 * once or leaves, whoever could have met has, and each element has come to one who took it. The
 * operations return nothing, since what they do is not one step; all is looked at when they are
 * over.
 */
@Tag("lincheck")
public final class SelectLincheckTest {
    private final Channel<Integer> left = Channel.rendezvous();
    private final Channel<Integer> right = Channel.rendezvous();

    /** One that waits in a place in each of the channels. */
    private static final class Selecting {
        private final ThreadWait waiter = new ThreadWait();
        private final LineNode pop = new LineNode(waiter, 0);
        private final LineNode push = new LineNode(waiter, 1);
        private final Channel<Integer> from;
        private final Channel<Integer> to;
        private final AtomicBoolean began = new AtomicBoolean();

        Selecting(Channel<Integer> from, Channel<Integer> to, int element) {
            this.from = from;
            this.to = to;
            push.element = element;
        }

        void enlist() {
            if (began.compareAndSet(false, true)) {
                from.enlistPopper(pop);
                to.enlistPusher(push);
            }
        }

        void leave() {
            if (waiter.leave()) {
                from.forget(pop);
                to.forget(push);
            }
        }

        boolean waits() {
            return began.get() && !waiter.isDecided();
        }

        boolean hasPopped() {
            return waiter.chosen() == pop && pop.element != Channel.CLOSED;
        }

        boolean hasPushed() {
            return waiter.chosen() == push && push.element != Channel.CLOSED;
        }
    }

    /** The first can meet the others. */
    private final List<Selecting> selects =
            List.of(
                    new Selecting(left, right, 10),
                    new Selecting(right, left, 20),
                    new Selecting(right, left, 30));

    private final AtomicInteger pushed = new AtomicInteger();
    private final AtomicInteger popped = new AtomicInteger();
    private final AtomicInteger sumPushed = new AtomicInteger();
    private final AtomicInteger sumPopped = new AtomicInteger();

    @Operation
    public void select(@Param(gen = IntGen.class, conf = "0:2") int i) {
        selects.get(i).enlist();
    }

    @Operation
    public void leave(@Param(gen = IntGen.class, conf = "0:2") int i) {
        selects.get(i).leave();
    }

    @Operation
    public void push() {
        if (left.offer(1) == Channel.Offer.TAKEN) {
            pushed.incrementAndGet();
            sumPushed.addAndGet(1);
        }
    }

    @Operation
    public void pop() {
        if (left.poll() instanceof Integer element) {
            popped.incrementAndGet();
            sumPopped.addAndGet(element);
        }
    }

    @Operation
    public void close() {
        right.close();
    }

    @Validate
    public void check() {
        boolean aWaits = selects.get(0).waits();
        boolean bWaits = selects.get(1).waits() || selects.get(2).waits();
        assertFalse(aWaits && bWaits, "two selects wait that could have met");
        assertFalse(right.isClosed() && (aWaits || bWaits), "a select waits for a closed channel");
        assertEquals(pushed.get() + count(true), popped.get() + count(false));
        int given = sumPushed.get() + selects.stream().mapToInt(this::given).sum();
        int got = sumPopped.get() + selects.stream().mapToInt(SelectLincheckTest::got).sum();
        assertEquals(given, got, "elements are lost or doubled");
        selects.forEach(Selecting::leave);
        for (Channel<Integer> channel : List.of(left, right)) {
            assertTrue(channel.offer(0) != Channel.Offer.TAKEN, "somebody still waits to pop");
            assertFalse(channel.poll() instanceof Integer, "somebody still waits to push");
        }
    }

    private long count(boolean pushing) {
        return selects.stream()
                .filter(select -> pushing ? select.hasPushed() : select.hasPopped())
                .count();
    }

    private int given(Selecting select) {
        return select.hasPushed() && select.push.element instanceof Integer element ? element : 0;
    }

    private static int got(Selecting select) {
        return select.hasPopped() && select.pop.element instanceof Integer element ? element : 0;
    }

    @Test
    void selects_modelChecked_areChosenOnceAndLoseNothing() {
        Lincheck.modelCheck(SelectLincheckTest.class);
    }

    @Test
    void selects_stressed_areChosenOnceAndLoseNothing() {
        Lincheck.stress(SelectLincheckTest.class);
    }
}
