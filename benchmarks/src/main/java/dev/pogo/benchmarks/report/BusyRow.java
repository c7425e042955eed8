package dev.pogo.benchmarks.report;

import dev.pogo.benchmarks.busy.Busy;
import dev.pogo.benchmarks.contenders.BusyContender;

import java.util.List;
import java.util.stream.Stream;

/**
 * One load, under which all contenders take turns in a JVM of its own.
 *
 * @param virtual whether the callers are virtual threads
 * @param callers how many there are
 * @param tasks how many each request has
 * @param sleepMillis how long each task sleeps; 0 if it does nothing
 * @param tracked whether the JDK keeps a list of all virtual threads, which is its own default
 */
record BusyRow(boolean virtual, int callers, int tasks, int sleepMillis, boolean tracked) {
    static final BusyRow FEW = virtual(16, 3, 0);
    static final BusyRow MANY_TASKS = virtual(64, 20, 0);
    static final BusyRow PLATFORM = new BusyRow(false, 16, 3, 0, true);
    static final BusyRow SLEEP_1 = virtual(1_000, 3, 1);
    static final BusyRow SLEEP_10 = virtual(1_000, 3, 10);

    /** All that are measured, in the order of the table's columns. */
    static final List<BusyRow> ALL =
            List.of(
                    FEW,
                    FEW.untracked(),
                    MANY_TASKS,
                    MANY_TASKS.untracked(),
                    PLATFORM,
                    virtual(1_000, 3, 0),
                    new BusyRow(false, 16, 20, 1, true),
                    SLEEP_1,
                    SLEEP_10,
                    virtual(1_000, 20, 10));

    private static BusyRow virtual(int callers, int tasks, int sleepMillis) {
        return new BusyRow(true, callers, tasks, sleepMillis, true);
    }

    /** The same load, with the JDK's list of all virtual threads switched off. */
    BusyRow untracked() {
        return new BusyRow(virtual, callers, tasks, sleepMillis, false);
    }

    /**
     * Who takes part. What has no thread for each task can sleep in a few at once only, and would
     * be measured by what it does not do.
     */
    List<BusyContender> contenders() {
        return Stream.of(BusyContender.values())
                .filter(contender -> sleepMillis == 0 || contender.hasThreadForEachTask())
                .toList();
    }

    /** What the tables call it. */
    String label() {
        return "%,d %s × %d".formatted(callers, virtual ? "virtual" : "platform", tasks)
                + (sleepMillis == 0 ? "" : " of " + sleepMillis + " ms")
                + (tracked ? "" : ", untracked");
    }

    /** As the program and its results have them. */
    String callerOption() {
        return (virtual ? "virtual:" : "platform:") + callers;
    }

    /** CPU time for a request, or how many requests end in a second. */
    Figure figure(String metric, BusyContender contender) {
        return Figure.of(
                "Busy.request",
                metric,
                "callers",
                callerOption(),
                "tasks",
                Integer.toString(tasks),
                "sleep",
                Integer.toString(sleepMillis),
                "tracking",
                Boolean.toString(tracked),
                "contender",
                contender.name());
    }

    /** For the JVM and for the program in it, which has still to be told who takes part. */
    List<String> command() {
        return List.of(
                "-D" + Busy.TRACKING + "=" + tracked,
                Busy.class.getName(),
                "--callers",
                callerOption(),
                "--tasks",
                Integer.toString(tasks),
                "--sleep",
                Integer.toString(sleepMillis));
    }
}
