package dev.pogo.benchmarks.report;

import dev.pogo.benchmarks.contenders.Contender;
import dev.pogo.benchmarks.contenders.PipeContender;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What Pogo wants to be, and whether it is. */
record Goal(String about, double limit, List<Double> figures) {
    static final List<String> SHAPES = List.of("empty", "deadline", "deadlineAndTask", "nested");
    static final List<String> BACKLOGS = List.of("10000", "100000", "1000000");

    private static final List<String> TASKS = List.of("3", "10", "100", "1000");

    /** All of them. */
    static List<Goal> of(Results results) {
        List<Goal> goals = new ArrayList<>(BusyGoals.of(results));
        for (String benchmark : List.of("FanOut", "FanOutOnVirtualThread")) {
            String where = "`" + benchmark + "` of 3, 10, 100, 1000 tasks: ";
            goals.add(
                    new Goal(
                            where + "time, bare threads",
                            1.15,
                            each(tasks ->
                                    results.ratioToCheapest(
                                            Page.fanOut(
                                                    benchmark, Figure.TIME, Contender.POGO, tasks),
                                            Stream.of(Contender.PARK, Contender.YIELD_PARK)
                                                    .map(floor ->
                                                            Page.fanOut(
                                                                    benchmark,
                                                                    Figure.TIME,
                                                                    floor,
                                                                    tasks))
                                                    .toList()))));
            goals.add(fanOut(results, where, benchmark, Figure.TIME, Contender.STRUCTURED, 0.9));
            goals.add(
                    fanOut(
                            results,
                            where,
                            benchmark,
                            Figure.TIME,
                            Contender.EXECUTOR_SEMAPHORE,
                            0.8));
            goals.add(fanOut(results, where, benchmark, Figure.BYTES, Contender.EXECUTOR, 1));
        }
        goals.add(
                new Goal(
                        "`OpenClose` " + String.join(", ", SHAPES) + ": time, StructuredTaskScope",
                        0.5,
                        SHAPES.stream()
                                .map(shape ->
                                        results.ratio(
                                                Page.openClose(shape, Figure.TIME, "POGO"),
                                                Page.openClose(shape, Figure.TIME, "STRUCTURED")))
                                .toList()));
        goals.add(
                new Goal(
                        "`Backlog` of 10,000, 100,000, 1,000,000: bytes of heap for each (no"
                                + " ratio)",
                        100,
                        BACKLOGS.stream()
                                .map(tasks ->
                                        Math.rint(
                                                results.median(
                                                        Page.backlog(
                                                                "cancel",
                                                                "heapBytes",
                                                                "POGO",
                                                                tasks))))
                                .toList()));
        goals.add(
                new Goal(
                        "`RendezvousChannel` 1:1, 4:4: time, the cheapest of jox, the fair"
                                + " SynchronousQueue and LinkedTransferQueue",
                        1,
                        channels(
                                results,
                                "0",
                                PipeContender.JOX,
                                PipeContender.SYNCHRONOUS_QUEUE_FAIR,
                                PipeContender.LINKED_TRANSFER_QUEUE)));
        for (String capacity : Page.CAPACITIES) {
            goals.add(
                    new Goal(
                            "`BufferedChannel` of "
                                    + capacity
                                    + " 1:1, 4:4: time, the cheaper of jox and ArrayBlockingQueue",
                            1,
                            channels(
                                    results,
                                    capacity,
                                    PipeContender.JOX,
                                    PipeContender.ARRAY_BLOCKING_QUEUE)));
        }
        return goals;
    }

    private static List<Double> channels(
            Results results, String capacity, PipeContender... others) {
        return Page.PAIRS.stream()
                .map(pairs ->
                        results.ratioToCheapest(
                                Page.channel(Figure.TIME, PipeContender.POGO, capacity, pairs),
                                Stream.of(others)
                                        .map(other ->
                                                Page.channel(Figure.TIME, other, capacity, pairs))
                                        .toList()))
                .toList();
    }

    private static Goal fanOut(
            Results results,
            String where,
            String benchmark,
            String metric,
            Contender other,
            double limit) {
        String what = metric.equals(Figure.TIME) ? "time, " : "bytes, ";
        return new Goal(
                where + what + other.label(),
                limit,
                each(tasks ->
                        results.ratio(
                                Page.fanOut(benchmark, metric, Contender.POGO, tasks),
                                Page.fanOut(benchmark, metric, other, tasks))));
    }

    private static List<Double> each(ToDoubleFunction<String> figure) {
        return TASKS.stream().map(figure::applyAsDouble).toList();
    }

    String measured() {
        return figures.stream().map(MarkdownTable::figure).collect(Collectors.joining(", "));
    }

    boolean isMet() {
        return figures.stream().allMatch(figure -> figure <= limit);
    }
}
