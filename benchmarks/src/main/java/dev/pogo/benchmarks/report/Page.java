package dev.pogo.benchmarks.report;

import static dev.pogo.benchmarks.report.Figure.BYTES;
import static dev.pogo.benchmarks.report.Figure.TIME;
import static dev.pogo.benchmarks.report.MarkdownTable.figure;
import static dev.pogo.benchmarks.report.MarkdownTable.whole;

import dev.pogo.benchmarks.ParallelSleep;
import dev.pogo.benchmarks.Watched;
import dev.pogo.benchmarks.contenders.Contender;
import dev.pogo.benchmarks.contenders.PipeContender;

import java.util.List;
import java.util.Locale;

/** The tables, each with the command that measures what is in it; ratios come first. */
final class Page {
    /** How many threads push into a channel, and how many pop. */
    static final List<String> PAIRS = List.of("1", "4");

    /** Of the channels that have a buffer. */
    static final List<String> CAPACITIES = List.of("16", "1024");

    private static final String JMH =
            "java --enable-preview -jar benchmarks/target/benchmarks.jar ";

    private final Results results;
    private final StringBuilder text = new StringBuilder();

    private Page(Results results) {
        this.results = results;
    }

    static String of(Results results) {
        Page page = new Page(results);
        page.goals();
        page.busy();
        page.fanOut("FanOut", "a platform thread");
        page.fanOut("FanOutOnVirtualThread", "a virtual thread");
        page.saturated();
        page.openClose();
        page.parallelSleep();
        page.backlog();
        page.turns();
        page.fairness();
        page.isolation();
        page.jobClass();
        page.platformStart();
        page.watched();
        page.channels();
        page.processJob();
        page.processThroughput();
        return page.text.toString();
    }

    /** Of the smoke test alone. */
    static String ofSmoke(Results results) {
        Page page = new Page(results);
        page.parallelSleep();
        return page.text.toString();
    }

    private void section(String heading, String command, String about) {
        sectionOf(heading, JMH + command, about);
    }

    private void sectionOf(String heading, String command, String about) {
        text.append("### ").append(heading).append("\n\n").append(about).append("\n\n");
        text.append('`').append(command).append("`\n\n");
    }

    private void add(MarkdownTable table) {
        text.append(table).append('\n');
    }

    private void goals() {
        text.append("### Goals\n\n");
        MarkdownTable table =
                new MarkdownTable("Pogo ÷ the other", List.of("goal", "measured", "met?"));
        for (Goal goal : Goal.of(results)) {
            table.row(
                    goal.about(),
                    List.of(
                            "≤ " + figure(goal.limit()),
                            goal.measured(),
                            goal.isMet() ? "yes" : "**no**"));
        }
        add(table);
    }

    private void busy() {
        sectionOf("Busy", BusyTables.COMMAND, BusyTables.ABOUT);
        BusyTables.of(results).forEach(this::add);
    }

    private void fanOut(String benchmark, String caller) {
        section(
                benchmark,
                "'\\." + benchmark + "\\.' -prof gc",
                "A request of 1 to 1,000 trivial tasks, by " + caller + ".");
        for (String metric : List.of(TIME, BYTES)) {
            MarkdownTable ratios =
                    new MarkdownTable(
                            (metric.equals(TIME) ? "time" : "bytes") + ": Pogo ÷", Suite.TASKS);
            for (Contender other : Contender.values()) {
                if (other != Contender.POGO) {
                    ratios.row(
                            other.label(),
                            Suite.TASKS,
                            tasks ->
                                    figure(
                                            results.ratio(
                                                    fanOut(
                                                            benchmark,
                                                            metric,
                                                            Contender.POGO,
                                                            tasks),
                                                    fanOut(benchmark, metric, other, tasks))));
                }
            }
            add(ratios);
        }
        MarkdownTable figures =
                new MarkdownTable("here: µs for a request; bytes for a task", Suite.TASKS);
        for (Contender contender : Contender.values()) {
            figures.row(
                    contender.label(),
                    Suite.TASKS,
                    tasks -> {
                        double time = results.median(fanOut(benchmark, TIME, contender, tasks));
                        double bytes = results.median(fanOut(benchmark, BYTES, contender, tasks));
                        return figure(time) + "; " + whole(bytes / Integer.parseInt(tasks));
                    });
        }
        add(figures);
    }

    static Figure fanOut(String benchmark, String metric, Contender contender, String tasks) {
        return Figure.of(
                benchmark + ".request", metric, "contender", contender.name(), "tasks", tasks);
    }

    private void saturated() {
        section(
                "Saturated",
                "Saturated -prof gc",
                "A request of 10,000 trivial tasks through a pool of 8 or 64 permits.");
        List<String> permits = List.of("8", "64");
        for (String metric : List.of(TIME, BYTES)) {
            String what = metric.equals(TIME) ? "ns" : "bytes";
            MarkdownTable table =
                    new MarkdownTable(
                            what + " for a task",
                            List.of("Pogo ÷, 8", "Pogo ÷, 64", "here: 8", "64"));
            for (Contender contender : Contender.values()) {
                if (results.has(saturated(metric, contender, "8"))) {
                    table.row(
                            contender.label(),
                            permits,
                            size ->
                                    figure(
                                            results.ratio(
                                                    saturated(metric, Contender.POGO, size),
                                                    saturated(metric, contender, size))),
                            size -> whole(results.median(saturated(metric, contender, size))));
                }
            }
            add(table);
        }
    }

    private static Figure saturated(String metric, Contender contender, String permits) {
        return Figure.of(
                "Saturated.request", metric, "contender", contender.name(), "permits", permits);
    }

    private void openClose() {
        section(
                "OpenClose",
                "OpenClose -prof gc",
                "Scopes by themselves, beside `StructuredTaskScope`: an empty one, an empty one"
                    + " with a deadline, one with a deadline and one task, and three within each"
                    + " other. With `leak_detection` each of Pogo's takes the stack trace of its"
                    + " opening, which here is short.");
        List<String> metrics = List.of(TIME, BYTES);
        MarkdownTable table =
                new MarkdownTable(
                        "",
                        List.of(
                                "ns: Pogo ÷ JDK",
                                "bytes: Pogo ÷ JDK",
                                "here: ns, Pogo",
                                "bytes, Pogo",
                                "ns, JDK",
                                "bytes, JDK",
                                "ns, leak_detection",
                                "bytes, leak_detection"));
        for (String shape : Goal.SHAPES) {
            table.row(
                    shape,
                    metrics,
                    metric ->
                            figure(
                                    results.ratio(
                                            openClose(shape, metric, "POGO"),
                                            openClose(shape, metric, "STRUCTURED"))),
                    metric -> whole(results.median(openClose(shape, metric, "POGO"))),
                    metric -> whole(results.median(openClose(shape, metric, "STRUCTURED"))),
                    metric -> whole(results.median(openClose(shape, metric, "POGO_TRACED"))));
        }
        add(table);
    }

    static Figure openClose(String shape, String metric, String of) {
        return Figure.of("OpenClose." + shape, metric, "of", of);
    }

    private void parallelSleep() {
        section(
                "ParallelSleep",
                "ParallelSleep",
                "Tasks that sleep for "
                        + ParallelSleep.SLEEP_MILLIS
                        + " ms: what the whole takes ÷ one sleep. A pool of 64 platform threads can"
                        + " do no better than it does.");
        List<String> sizes = List.of("2", "100", "10000");
        MarkdownTable table = new MarkdownTable("tasks", sizes);
        for (Contender contender : Contender.values()) {
            if (results.has(parallelSleep(contender, "2"))) {
                table.row(
                        contender.label(),
                        sizes,
                        tasks ->
                                figure(
                                        results.median(parallelSleep(contender, tasks))
                                                / ParallelSleep.SLEEP_MILLIS));
            }
        }
        add(table);
    }

    private static Figure parallelSleep(Contender contender, String tasks) {
        return Figure.of(
                "ParallelSleep.request", TIME, "contender", contender.name(), "tasks", tasks);
    }

    private void backlog() {
        section(
                "Backlog",
                "Backlog -p of=POGO",
                "Tasks that wait for a permit: heap for each, time to line each up and to cancel it"
                    + " (until it waits no longer), and how late the last of them is told that it"
                    + " has waited too long. Stopped after a minute: then the part that was done"
                    + " stands beside the figure. A JDK pool of platform threads keeps cancelled"
                    + " tasks in its queue, and lets none expire. The semaphore was not tried with"
                    + " a million: its 100,000 say why.");
        MarkdownTable table =
                new MarkdownTable(
                        "",
                        List.of("tasks", "heap, B", "spawn, ns", "cancel, ns", "expired late, ms"));
        for (String of : List.of("POGO", "EXECUTOR_SEMAPHORE", "THREAD_POOL")) {
            for (String tasks : Goal.BACKLOGS) {
                if (results.has(backlog("cancel", "heapBytes", of, tasks))) {
                    table.row(
                            of.replace('_', ' ').toLowerCase(Locale.ROOT),
                            List.of(
                                    tasks,
                                    whole(
                                            results.median(
                                                    backlog("cancel", "heapBytes", of, tasks))),
                                    figure(
                                            results.median(
                                                    backlog("cancel", "spawnNanos", of, tasks))),
                                    orPart("cancel", "cancelNanos", of, tasks),
                                    orPart("expire", "lateMillis", of, tasks)));
                }
            }
        }
        add(table);
    }

    private String orPart(String method, String metric, String of, String tasks) {
        double done = results.median(backlog(method, "done", of, tasks));
        String figure = figure(results.median(backlog(method, metric, of, tasks)));
        return done < 1 ? figure + " (" + figure(100 * done) + " % done)" : figure;
    }

    static Figure backlog(String method, String metric, String of, String tasks) {
        return Figure.of("Backlog." + method, metric, "of", of, "tasks", tasks);
    }

    private void turns() {
        section(
                "Turns",
                "Turns",
                "A million waiting tasks in one scope or spread over many: ns for each to line up,"
                        + " to be cancelled, or to be admitted and run on a new thread.");
        MarkdownTable table = new MarkdownTable("scopes", List.of("spawn", "cancel", "admit"));
        for (String scopes : List.of("1", "1000", "100000")) {
            table.row(
                    scopes,
                    List.of("spawnNanos", "cancelNanos", "admitNanos"),
                    metric ->
                            figure(
                                    results.median(
                                            Figure.of(
                                                    "Turns.millionTasks",
                                                    metric,
                                                    "scopes",
                                                    scopes,
                                                    "tasks",
                                                    "1000000"))));
        }
        add(table);
    }

    private void fairness() {
        section(
                "Fairness",
                "Fairness",
                "A request of 3 tasks of 1 ms, when 10,000 of them wait in front of 8 permits: what"
                    + " it takes, in the time that one task runs. First-in first-out needs 1,250.");
        MarkdownTable table = new MarkdownTable("", List.of("service times"));
        for (Contender contender : Contender.values()) {
            Figure measured =
                    Figure.of(
                            "Fairness.smallRequest",
                            "serviceTimes",
                            "ahead",
                            "10000",
                            "contender",
                            contender.name());
            if (results.has(measured)) {
                table.row(contender.label(), List.of(figure(results.median(measured))));
            }
        }
        add(table);
    }

    private void isolation() {
        section(
                "Isolation",
                "Isolation",
                "How late 1,000 I/O tasks on virtual threads start while another pool computes, in"
                        + " ms; and how many started only when that was over.");
        List<String> metrics = List.of("p50", "p99", "max", "late");
        MarkdownTable table = new MarkdownTable("that pool's threads", metrics);
        for (String computing : List.of("NOTHING", "VIRTUAL", "PLATFORM")) {
            table.row(
                    computing.toLowerCase(Locale.ROOT),
                    metrics,
                    metric ->
                            figure(
                                    results.median(
                                            Figure.of(
                                                    "Isolation.start",
                                                    metric,
                                                    "computing",
                                                    computing,
                                                    "tasks",
                                                    "1000"))));
        }
        add(table);
    }

    private void jobClass() {
        section(
                "JobClass",
                "JobClass -prof gc",
                "The same work as a job, whose args and result are snapshots, and as a lambda.");
        MarkdownTable table =
                new MarkdownTable("for a task", List.of("job ÷ lambda", "here: job", "lambda"));
        for (String metric : List.of(TIME, BYTES)) {
            Figure job = Figure.of("JobClass.job", metric);
            Figure lambda = Figure.of("JobClass.lambda", metric);
            table.row(
                    metric.equals(TIME) ? "µs" : "bytes",
                    List.of(
                            figure(results.ratio(job, lambda)),
                            figure(results.median(job)),
                            figure(results.median(lambda))));
        }
        add(table);
    }

    private void platformStart() {
        section(
                "PlatformStart",
                "PlatformStart",
                "Pogo starts a new thread for each task, platform threads too. 1 or 100 tasks that"
                        + " do nothing, or compute for about 1 ms each: µs for all of them.");
        List<String> tasks = List.of("1", "100");
        MarkdownTable table =
                new MarkdownTable(
                        "",
                        List.of("1, nothing", "100, nothing", "1, computing", "100, computing"));
        for (String method : List.of("pogoPlatform", "pogoVirtual", "fixedPool", "caller")) {
            table.row(
                    method,
                    tasks,
                    size -> figure(results.median(platformStart(method, size, "0"))),
                    size -> figure(results.median(platformStart(method, size, "500000"))));
        }
        add(table);
    }

    private static Figure platformStart(String method, String tasks, String work) {
        return Figure.of("PlatformStart." + method, TIME, "tasks", tasks, "work", work);
    }

    private void processJob() {
        section(
                "ProcessJob",
                "ProcessJob",
                "A small job, alone: in this process, in a worker process that is a warm JVM, and"
                        + " what a process for each job takes, be it one that does nothing or a"
                        + " JVM.");
        Figure warm = Figure.of("ProcessJob.warmWorker", TIME);
        MarkdownTable table = new MarkdownTable("", List.of("÷ warm worker", "here: µs"));
        for (String method : List.of("inProcess", "warmWorker", "processPerJob", "jvmPerJob")) {
            Figure measured = Figure.of("ProcessJob." + method, TIME);
            table.row(
                    method,
                    List.of(
                            figure(results.ratio(measured, warm)),
                            figure(results.median(measured))));
        }
        add(table);
    }

    private void processThroughput() {
        section(
                "ProcessThroughput",
                "ProcessThroughput",
                "100 jobs at once, through 1, 2 or 4 worker processes or as many platform threads,"
                        + " that do nothing or compute for about 1 ms: µs for a job.");
        List<String> workers = List.of("1", "2", "4");
        MarkdownTable table =
                new MarkdownTable(
                        "",
                        List.of(
                                "1, nothing",
                                "2, nothing",
                                "4, nothing",
                                "1, computing",
                                "2, computing",
                                "4, computing"));
        for (String method : List.of("inProcesses", "inThreads")) {
            table.row(
                    method,
                    workers,
                    number -> figure(results.median(processThroughput(method, number, "0"))),
                    number -> figure(results.median(processThroughput(method, number, "500000"))));
        }
        add(table);
    }

    private static Figure processThroughput(String method, String workers, String work) {
        return Figure.of("ProcessThroughput." + method, TIME, "workers", workers, "work", work);
    }

    private void watched() {
        section(
                "Watched",
                "Watched -prof gc",
                "A request of 100 trivial tasks by a platform thread, and somebody who looks at"
                        + " them. The pools' own statistics are kept always, and are in each row;"
                        + " to read them once takes "
                        + figure(results.median(watched("stats", TIME, "NOBODY")))
                        + " µs.");
        MarkdownTable table =
                new MarkdownTable(
                        "",
                        List.of("time ÷", "bytes ÷", "here: ns for a task", "bytes for a task"));
        watchedRow(table, "nobody looks", "request", "NOBODY");
        watchedRow(table, "`scope.report()`", "requestAndReport", "NOBODY");
        watchedRow(table, "`scope.report()` as a picture", "requestAndPicture", "NOBODY");
        watchedRow(table, "Micrometer's simple registry", "request", "MICROMETER");
        watchedRow(table, "flight recorder, no task is slow enough", "request", "RECORDER");
        watchedRow(table, "flight recorder, every task", "request", "RECORDER_OF_ALL");
        add(table);
    }

    private void watchedRow(MarkdownTable table, String label, String method, String by) {
        Figure time = watched(method, TIME, by);
        Figure bytes = watched(method, BYTES, by);
        table.row(
                label,
                List.of(
                        figure(results.ratio(time, watched("request", TIME, "NOBODY"))),
                        figure(results.ratio(bytes, watched("request", BYTES, "NOBODY"))),
                        whole(results.median(time) * 1_000 / Watched.TASKS),
                        whole(results.median(bytes) / Watched.TASKS)));
    }

    private static Figure watched(String method, String metric, String by) {
        return Figure.of("Watched." + method, metric, "by", by);
    }

    private void channels() {
        section(
                "Channels",
                "'RendezvousChannel|BufferedChannel' -prof gc",
                "Elements from 1 or 4 virtual threads to as many, through a rendezvous or a buffer"
                    + " of 16 or 1024: ns and bytes for an element. Those of the JDK have no close"
                    + " and no select; an unfair `SynchronousQueue` serves who came last, and an"
                    + " `ArrayBlockingQueue` lets newcomers pass those who wait.");
        for (String metric : List.of(TIME, BYTES)) {
            String what = metric.equals(TIME) ? "ns: " : "bytes: ";
            for (String capacity : List.of("0", "16", "1024")) {
                MarkdownTable table =
                        new MarkdownTable(
                                what + (capacity.equals("0") ? "rendezvous" : "buffer " + capacity),
                                List.of("Pogo ÷, 1:1", "Pogo ÷, 4:4", "here: 1:1", "4:4"));
                for (PipeContender contender : PipeContender.values()) {
                    if (results.has(channel(metric, contender, capacity, "1"))) {
                        table.row(
                                contender.label(),
                                PAIRS,
                                pairs ->
                                        figure(
                                                results.ratio(
                                                        channel(
                                                                metric,
                                                                PipeContender.POGO,
                                                                capacity,
                                                                pairs),
                                                        channel(
                                                                metric, contender, capacity,
                                                                pairs))),
                                pairs ->
                                        whole(
                                                results.median(
                                                        channel(
                                                                metric, contender, capacity,
                                                                pairs))));
                    }
                }
                add(table);
            }
        }
    }

    static Figure channel(String metric, PipeContender contender, String capacity, String pairs) {
        return capacity.equals("0")
                ? Figure.of(
                        "RendezvousChannel.elements",
                        metric,
                        "contender",
                        contender.name(),
                        "pairs",
                        pairs)
                : Figure.of(
                        "BufferedChannel.elements",
                        metric,
                        "contender",
                        contender.name(),
                        "pairs",
                        pairs,
                        "capacity",
                        capacity);
    }
}
