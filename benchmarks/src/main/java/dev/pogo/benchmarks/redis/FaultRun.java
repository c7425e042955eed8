package dev.pogo.benchmarks.redis;

import dev.pogo.benchmarks.Medians;
import dev.pogo.testing.RedisServer;

import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;

/**
 * Callers that count while faults happen. The server writes each command to its file before it
 * replies, so that what it has done is still there when it comes back.
 */
final class FaultRun {
    private static final int CALLERS = 64;
    private static final Duration BEFORE = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Contender contender;
    private final Fault fault;
    private final List<CountingCaller> callers = new ArrayList<>();
    private final List<Double> firstReplies = new ArrayList<>();
    private final List<Double> recoveries = new ArrayList<>();
    private long doneTwice;
    private long lost;

    private FaultRun(Contender contender, Fault fault) {
        this.contender = contender;
        this.fault = fault;
    }

    static FaultRun run(Contender contender, Fault fault, int times) throws InterruptedException {
        FaultRun run = new FaultRun(contender, fault);
        try (RedisServer server =
                        RedisServer.start("--appendonly", "yes", "--appendfsync", "always");
                Client client = contender.open(server.port(), 0)) {
            List<Thread> threads = new ArrayList<>();
            for (int number = 0; number < CALLERS; number++) {
                CountingCaller caller = new CountingCaller(client, number);
                run.callers.add(caller);
                threads.add(Thread.ofVirtual().start(caller));
            }
            for (int time = 0; time < times; time++) {
                Thread.sleep(BEFORE);
                fault.happenTo(server);
                run.recover();
            }
            run.end(threads);
            run.compare(server);
        }
        return run;
    }

    /** How many milliseconds it takes until the first and until each caller has had a reply. */
    private void recover() {
        long back = System.nanoTime();
        firstReplies.add(await(back, 1));
        recoveries.add(await(back, CALLERS));
    }

    /** NaN if it takes too long. */
    private double await(long back, int wanted) {
        while (callers.stream().filter(caller -> caller.lastReply() - back > 0).count() < wanted) {
            if (System.nanoTime() - back > PATIENCE.toNanos()) {
                return Double.NaN;
            }
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(100));
        }
        return (System.nanoTime() - back) / 1e6;
    }

    private void end(List<Thread> threads) throws InterruptedException {
        int hanging = 0;
        callers.forEach(CountingCaller::stop);
        long limit = System.nanoTime() + PATIENCE.toNanos();
        for (Thread thread : threads) {
            Duration left = Duration.ofNanos(Math.max(1, limit - System.nanoTime()));
            if (!thread.join(left)) {
                hanging++;
            }
        }
        if (hanging > 0) {
            throw new IllegalStateException(contender + ": " + hanging + " callers hang");
        }
    }

    private void compare(RedisServer server) {
        try (Connection connection = JedisConnections.open(server.port())) {
            for (CountingCaller caller : callers) {
                connection.sendCommand(Command.GET, caller.key());
                long counted = Long.parseLong(connection.getBulkReply());
                long more = counted - caller.value();
                doneTwice += caller.doneTwice() + Math.max(0, more - caller.failedInARow());
                lost += Math.max(0, -more);
            }
        }
    }

    private long sum(ToLongFunction<CountingCaller> figure) {
        return callers.stream().mapToLong(figure).sum();
    }

    private Map<String, Integer> failures() {
        Map<String, Integer> failures = new TreeMap<>();
        callers.forEach(caller ->
                caller.failures()
                        .forEach((name, count) -> failures.merge(name, count, Integer::sum)));
        return failures;
    }

    private double longestMillis() {
        return callers.stream().mapToLong(CountingCaller::longestNanos).max().orElse(0) / 1e6;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "| %s | `%s` | %,.0f ms | %,.0f ms | %,.0f ms | %,d | %,d | %,d | %s |",
                fault,
                contender,
                median(firstReplies),
                median(recoveries),
                longestMillis(),
                sum(CountingCaller::failed),
                doneTwice,
                lost,
                failures());
    }

    private static double median(List<Double> millis) {
        return Medians.median(millis.stream().mapToDouble(value -> value).toArray());
    }
}
