package dev.pogo.benchmarks.remote;

import dev.pogo.benchmarks.measure.Comparison;
import dev.pogo.benchmarks.measure.Contender;
import dev.pogo.benchmarks.measure.ServerWatch;
import dev.pogo.benchmarks.measure.Slice;
import dev.pogo.testing.RedisServer;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Everything that {@link RemoteJob} measures.
 *
 * @param many how many callers are many
 * @param rounds how often each contender has its turn
 * @param slice how long a turn is counted
 * @param warmUp how long each contender runs before
 */
record Measurement(int many, int rounds, Duration slice, Duration warmUp) {
    private static final String REMOTE = "remote job";

    /** Prints the tables that need every contender. */
    void check() throws InterruptedException {
        ways();
        sizes();
    }

    /** Prints all tables. */
    void all() throws InterruptedException {
        ways();
        hosts();
        sizes();
    }

    private void ways() throws InterruptedException {
        try (RedisServer server = RedisServer.start();
                ServerWatch watch = new ServerWatch(server.port());
                Fleet fleet = Fleet.start(server.url(), "one", 1)) {
            Map<String, Contender> ways = new LinkedHashMap<>();
            try {
                ways.put("`PING`", new Ping(server.port(), Thread::ofVirtual));
                ways.put("`PING`, platform threads", new Ping(server.port(), Thread::ofPlatform));
                ways.put("job in this process", PogoJob.inThisProcess());
                ways.put("job in worker processes", PogoJob.inWorkerProcesses());
                ways.put(REMOTE, PogoJob.remote(fleet, 1));
                ways.put("Redisson's executor", RedissonJob.start(server.url()));
                warmUp(ways, many, watch);
                Comparison one = Comparison.run(ways, 1, watch, rounds, slice);
                Comparison all = Comparison.run(ways, many, watch, rounds, slice);
                System.out.println(Tables.ways(one, "1 caller"));
                System.out.println(Tables.ways(all, callers(many)));
                System.out.println(Tables.wakes(one, "1 caller: for one operation"));
                System.out.println(Tables.commands(REMOTE, one, all, callers(many)));
            } finally {
                ways.values().forEach(Contender::close);
            }
        }
    }

    private void hosts() throws InterruptedException {
        try (RedisServer server = RedisServer.start();
                ServerWatch watch = new ServerWatch(server.port());
                Fleet one = Fleet.start(server.url(), "one", 1);
                Fleet three = Fleet.start(server.url(), "three", 3);
                PogoJob byOne = PogoJob.remote(one, 1);
                PogoJob byThree = PogoJob.remote(three, 1)) {
            Map<String, Contender> fleets = new LinkedHashMap<>();
            fleets.put("1 host", byOne);
            fleets.put("3 hosts", byThree);
            for (int host = 0; host < 3; host++) {
                warmUp(fleets, 4 * many, watch); // each of three gets a third of the jobs
            }
            for (int callers : new int[] {many, 4 * many}) {
                System.out.println(
                        Tables.hosts(
                                Comparison.run(fleets, callers, watch, rounds, slice),
                                callers(callers)));
            }
        }
    }

    private void sizes() throws InterruptedException {
        try (RedisServer server = RedisServer.start();
                ServerWatch watch = new ServerWatch(server.port());
                Fleet fleet = Fleet.start(server.url(), "one", 1);
                PogoJob small = PogoJob.remote(fleet, 1);
                PogoJob medium = PogoJob.remote(fleet, "x".repeat(100));
                PogoJob large = PogoJob.remote(fleet, "x".repeat(10_000))) {
            Map<String, Contender> sizes = new LinkedHashMap<>();
            sizes.put("a number", small);
            sizes.put("100 B", medium);
            sizes.put("10 KB", large);
            warmUp(sizes, many, watch);
            Comparison measured = Comparison.run(sizes, many, watch, rounds, slice);
            System.out.println(Tables.sizes(measured, callers(many) + ": args and result"));
        }
    }

    private void warmUp(Map<String, Contender> contenders, int callers, ServerWatch watch)
            throws InterruptedException {
        for (Contender contender : contenders.values()) {
            Slice.measure(contender, callers, watch, warmUp);
        }
    }

    private static String callers(int callers) {
        return callers + " callers";
    }
}
