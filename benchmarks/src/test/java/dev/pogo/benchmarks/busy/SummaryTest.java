package dev.pogo.benchmarks.busy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pogo.benchmarks.contenders.BusyContender;

import org.junit.jupiter.api.Test;

import java.util.List;

/** What is printed of several rounds. */
class SummaryTest {
    private static void round(InTurn<BusyContender> inTurn, double pogo, double executor)
            throws InterruptedException, StuckException {
        inTurn.round(
                contender -> new Cost(contender == BusyContender.POGO ? pogo : executor, 1_000));
    }

    @Test
    void of_machineIsSlowInOneRound_dividesRoundByRound() throws Exception {
        InTurn<BusyContender> inTurn =
                new InTurn<>(List.of(BusyContender.POGO, BusyContender.EXECUTOR));
        round(inTurn, 1, 2);
        round(inTurn, 100, 400);
        round(inTurn, 30, 10);
        assertEquals(
                """
                  POGO                          1000 requests/s     30.00 us CPU a request, / EXECUTOR: 0.50
                  EXECUTOR                      1000 requests/s     10.00 us CPU a request, / EXECUTOR: 1.00\
                """,
                Summary.of(inTurn, BusyContender.EXECUTOR));
        assertEquals(
                """
                  POGO                          1000 requests/s     30.00 us CPU a request
                  EXECUTOR                      1000 requests/s     10.00 us CPU a request\
                """,
                Summary.of(inTurn, BusyContender.JOX));
    }

    @Test
    void of_oneHasFailed_saysWhy() throws Exception {
        InTurn<BusyContender> inTurn = new InTurn<>(List.of(BusyContender.JOX));
        inTurn.warmUp(contender -> {
            throw new LoadFailedException("no such Java", null);
        });
        assertEquals(
                "  JOX                      no such Java",
                Summary.of(inTurn, BusyContender.EXECUTOR));
    }
}
