package dev.pogo.benchmarks.measure;

import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/** All that is counted, read always in the same order, so that each is read as long after. */
record Snapshot(
        Traffic traffic,
        ProcessUse server,
        ProcessUse hosts,
        ProcessUse caller,
        long operations,
        long nanos) {
    static Snapshot of(ServerWatch server, Set<Long> hosts, LongAdder operations) {
        return new Snapshot(
                server.traffic(),
                ProcessUse.of(Set.of(server.pid())),
                ProcessUse.of(hosts),
                ProcessUse.of(Set.of(ProcessHandle.current().pid())),
                operations.sum(),
                System.nanoTime());
    }

    /**
     * What was between the two.
     *
     * @param latencies of the operations, in nanoseconds
     */
    Figures since(Snapshot before, long[] latencies) {
        double done = operations - before.operations;
        long[] sorted = latencies.clone();
        Arrays.sort(sorted);
        return new Figures(
                done * 1e9 / (nanos - before.nanos),
                percentile(sorted, 0.5),
                percentile(sorted, 0.99),
                Figures.Spent.between(before.caller, caller, done),
                Figures.Spent.between(before.hosts, hosts, done),
                Figures.Spent.between(before.server, server, done),
                traffic.since(before.traffic, done));
    }

    /** In microseconds; NaN of nothing. */
    static double percentile(long[] sortedNanos, double part) {
        return sortedNanos.length == 0
                ? Double.NaN
                : sortedNanos[(int) (sortedNanos.length * part)] / 1e3;
    }
}
