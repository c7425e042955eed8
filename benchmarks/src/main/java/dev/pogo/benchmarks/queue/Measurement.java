package dev.pogo.benchmarks.queue;

import dev.pogo.benchmarks.measure.Comparison;
import dev.pogo.benchmarks.measure.Contender;
import dev.pogo.benchmarks.measure.ServerWatch;
import dev.pogo.benchmarks.measure.Slice;
import dev.pogo.queue.MemoryBackend;
import dev.pogo.queue.RedisBackend;
import dev.pogo.testing.RedisServer;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The ways to push messages and to have them delivered, each in turn.
 *
 * @param many how many callers and deliveries are many
 * @param rounds how often each contender has its turn
 * @param slice how long a turn is counted
 * @param warmUp how long each contender runs before
 */
record Measurement(int many, int rounds, Duration slice, Duration warmUp) {
    private static final int SMALL = 100;
    private static final int LARGE = 10_000;

    /** How many messages are under way for each delivery that may run. */
    private static final int WINDOW = 4;

    /** Prints what a push costs, with one caller and with many. */
    void pushes() throws InterruptedException {
        for (int bytes : new int[] {SMALL, LARGE}) {
            Payload payload = Payload.of(bytes);
            try (RedisServer server = RedisServer.start();
                    ServerWatch watch = new ServerWatch(server.port())) {
                Map<String, Contender> ways = new LinkedHashMap<>();
                try {
                    String url = server.url();
                    byte[] json = payload.json();
                    ways.put("`XADD`", new HandPush(url, "a", payload, HandPush.Way.BYTES));
                    ways.put(
                            "`XADD`, JSON by Jackson",
                            new HandPush(url, "f", payload, HandPush.Way.JSON));
                    ways.put(
                            "a script: limit, number, `XADD`",
                            new HandPush(url, "b", payload, HandPush.Way.LIMITED));
                    ways.put("`PogoQueue.push`", new PogoPush(url, "c", payload.text()));
                    int port = server.port();
                    ways.put("`XADD`, Jedis' pool", new PooledPush(port, "d", json, false));
                    ways.put(
                            "`MULTI` `XLEN` `HINCRBY` `XADD` `EXEC`, Jedis' pool",
                            new PooledPush(port, "e", json, true));
                    warmUp(ways, watch);
                    for (int callers : new int[] {1, many}) {
                        System.out.println(
                                Tables.pushes(
                                        Comparison.run(ways, callers, watch, rounds, slice),
                                        payload.size() + ", " + callers(callers)));
                    }
                } finally {
                    ways.values().forEach(Contender::close);
                }
            }
        }
    }

    /** Prints what a message costs from push to acknowledgement. */
    void deliveries() throws InterruptedException {
        for (int concurrency : new int[] {1, many}) {
            try (RedisServer server = RedisServer.start();
                    ServerWatch watch = new ServerWatch(server.port())) {
                Map<String, Contender> ways = new LinkedHashMap<>();
                try {
                    String url = server.url();
                    flows(url, concurrency, WINDOW * concurrency).forEach(ways::put);
                    warmUp(ways, watch);
                    Comparison measured =
                            Comparison.run(ways, WINDOW * concurrency, watch, rounds, slice);
                    System.out.println(Tables.deliveries(measured, "concurrency " + concurrency));
                    System.out.println(
                            Tables.commands(measured, "a message, concurrency " + concurrency));
                } finally {
                    ways.values().forEach(Contender::close);
                }
            }
        }
    }

    /** Prints how long it takes from the push to the job, if there is nothing else to do. */
    void latencies() throws InterruptedException {
        try (RedisServer server = RedisServer.start();
                ServerWatch watch = new ServerWatch(server.port())) {
            Map<String, Contender> ways = new LinkedHashMap<>();
            try {
                flows(server.url(), 1, 1).forEach((name, flow) -> ways.put(name, flow.slowly()));
                warmUp(ways, watch);
                System.out.println(
                        Tables.latencies(
                                Comparison.run(ways, 1, watch, rounds, slice.multipliedBy(3))));
            } finally {
                ways.values().forEach(Contender::close);
            }
        }
    }

    private static Map<String, Flow> flows(String url, int concurrency, int most) {
        Payload payload = Payload.of(SMALL);
        Map<String, Flow> flows = new LinkedHashMap<>();
        flows.put(
                "by hand", new HandFlow(url, "a", payload, concurrency, most, HandFlow.Care.NONE));
        flows.put(
                "by hand, limited and counted",
                new HandFlow(url, "b", payload, concurrency, most, HandFlow.Care.COUNTED));
        flows.put(
                "the same, and a scope for each",
                new HandFlow(url, "c", payload, concurrency, most, HandFlow.Care.SCOPED));
        flows.put(
                "`PogoQueue`", new PogoFlow(RedisBackend.at(url), "d", payload, concurrency, most));
        flows.put(
                "`PogoQueue` in memory",
                new PogoFlow(MemoryBackend.defaults(), "e", payload, concurrency, most));
        return flows;
    }

    private void warmUp(Map<String, Contender> contenders, ServerWatch watch)
            throws InterruptedException {
        for (Contender contender : contenders.values()) {
            Slice.measure(contender, many, watch, warmUp);
            contender.settle();
        }
    }

    private static String callers(int callers) {
        return callers == 1 ? "1 caller" : callers + " callers";
    }
}
