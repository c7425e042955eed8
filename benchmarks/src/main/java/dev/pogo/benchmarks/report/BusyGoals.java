package dev.pogo.benchmarks.report;

import dev.pogo.benchmarks.contenders.BusyContender;

import java.util.List;
import java.util.stream.Stream;

/** What Pogo wants to be under load, beside the JDK's scope with the bound that it lacks. */
final class BusyGoals {
    private static final BusyContender OTHER = BusyContender.STRUCTURED_SEMAPHORE;

    private BusyGoals() {}

    static List<Goal> of(Results results) {
        List<BusyRow> tracked = List.of(BusyRow.FEW, BusyRow.MANY_TASKS);
        return List.of(
                goal(
                        results,
                        1.05,
                        ", one by one, without and with a deadline",
                        List.of(BusyRow.SLEEP_1),
                        BusyContender.POGO,
                        BusyContender.POGO_DEADLINE),
                goal(
                        results,
                        0.95,
                        ", awaitAll, without and with a deadline",
                        List.of(BusyRow.SLEEP_1),
                        BusyContender.POGO_AWAIT_ALL,
                        BusyContender.POGO_AWAIT_ALL_DEADLINE),
                goal(results, 1, ", one by one", List.of(BusyRow.SLEEP_10), BusyContender.POGO),
                goal(
                        results,
                        0.9,
                        ", awaitAll",
                        List.of(BusyRow.SLEEP_10),
                        BusyContender.POGO_AWAIT_ALL),
                bothWays(results, 0.9, List.of(BusyRow.PLATFORM)),
                bothWays(results, 1.3, tracked),
                bothWays(results, 1.1, tracked.stream().map(BusyRow::untracked).toList()));
    }

    private static Goal bothWays(Results results, double limit, List<BusyRow> rows) {
        return goal(
                results,
                limit,
                rows.size() == 1 ? ", one by one and awaitAll" : ", each one by one and awaitAll",
                rows,
                BusyContender.POGO,
                BusyContender.POGO_AWAIT_ALL);
    }

    private static Goal goal(
            Results results, double limit, String how, List<BusyRow> rows, BusyContender... pogo) {
        return new Goal(
                "`Busy` "
                        + String.join("; ", rows.stream().map(BusyRow::label).toList())
                        + how
                        + ": CPU, "
                        + OTHER.label(),
                limit,
                rows.stream()
                        .flatMap(row ->
                                Stream.of(pogo)
                                        .map(way ->
                                                results.ratio(
                                                        row.figure(Figure.TIME, way),
                                                        row.figure(Figure.TIME, OTHER))))
                        .toList());
    }
}
