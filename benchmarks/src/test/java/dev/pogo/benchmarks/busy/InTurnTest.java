package dev.pogo.benchmarks.busy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who has a slice when, and what is kept of it. */
class InTurnTest {
    private final List<String> order = new ArrayList<>();
    private final InTurn<String> inTurn = new InTurn<>(List.of("a", "b", "c"));

    /** Takes one microsecond more than the one before it. */
    private Cost next(String contender) {
        order.add(contender);
        return new Cost(order.size(), 1);
    }

    private static Cost failing(String contender) throws LoadFailedException {
        if (contender.equals("b")) {
            throw new LoadFailedException("as it is to", null);
        }
        return new Cost(1, 1);
    }

    @Test
    void round_twice_givesEachASliceBeforeTheFirstHasItsNext() throws Exception {
        inTurn.round(this::next);
        inTurn.round(this::next);
        assertEquals(List.of("a", "b", "c", "a", "b", "c"), order);
        assertEquals(
                Map.of(
                        "a", List.of(new Cost(1, 1), new Cost(4, 1)),
                        "b", List.of(new Cost(2, 1), new Cost(5, 1)),
                        "c", List.of(new Cost(3, 1), new Cost(6, 1))),
                inTurn.costs());
    }

    @Test
    void warmUp_ofEach_isNotKept() throws Exception {
        inTurn.warmUp(this::next);
        inTurn.round(this::next);
        assertEquals(List.of("a", "b", "c", "a", "b", "c"), order);
        assertEquals(List.of(new Cost(4, 1)), inTurn.costs().get("a"));
    }

    @Test
    void warmUp_oneFails_leavesItOutAndGoesOn() throws Exception {
        inTurn.warmUp(InTurnTest::failing);
        inTurn.round(this::next);
        assertEquals(List.of("a", "c"), order);
        assertEquals(Set.of("a", "c"), inTurn.costs().keySet());
        assertEquals(Set.of("b"), inTurn.failures().keySet());
    }

    @Test
    void round_oneFailsLater_losesWhatItHad() throws Exception {
        inTurn.round(this::next);
        inTurn.round(InTurnTest::failing);
        assertEquals(Set.of("a", "c"), inTurn.costs().keySet());
        assertEquals(Set.of("b"), inTurn.failures().keySet());
    }

    @Test
    void round_noRequestHasEnded_isAFailure() throws Exception {
        inTurn.round(contender -> new Cost(1, contender.equals("b") ? 0 : 1));
        assertEquals(Set.of("b"), inTurn.failures().keySet());
    }
}
