package dev.pogo.benchmarks.redis;

import dev.pogo.benchmarks.Medians;
import dev.pogo.testing.RedisServer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.function.ToDoubleFunction;

/** Slices of all contenders in turn, again and again, with one load. */
final class Comparison {
    private static final Contender BASE = Contender.JEDIS_BATCHING;

    private final Load load;
    private final int callers;
    private final Map<Contender, List<Figures>> figures = new EnumMap<>(Contender.class);

    private Comparison(Load load, int callers) {
        this.load = load;
        this.callers = callers;
    }

    /** Measures, after a round that is not counted. */
    static Comparison run(Load load, int callers, int rounds, Duration slice)
            throws InterruptedException {
        Comparison comparison = new Comparison(load, callers);
        Map<Contender, Client> clients = new EnumMap<>(Contender.class);
        try (RedisServer server = RedisServer.start();
                ServerCpu cpu = new ServerCpu(server.port())) {
            try {
                for (Contender contender : contenders(load)) {
                    clients.put(contender, contender.open(server.port(), poppers(load, callers)));
                }
                comparison.warmUp(clients, cpu, slice.multipliedBy(4));
                for (int round = 0; round < rounds; round++) {
                    comparison.round(clients, cpu, slice);
                }
            } finally {
                clients.values().forEach(Client::close);
            }
        }
        return comparison;
    }

    private void warmUp(Map<Contender, Client> clients, ServerCpu cpu, Duration length)
            throws InterruptedException {
        for (Client client : clients.values()) {
            Slice.measure(client, load, callers, cpu, length);
        }
    }

    private void round(Map<Contender, Client> clients, ServerCpu cpu, Duration slice)
            throws InterruptedException {
        for (Map.Entry<Contender, Client> entry : clients.entrySet()) {
            Figures counted = Slice.measure(entry.getValue(), load, callers, cpu, slice);
            figures.computeIfAbsent(entry.getKey(), key -> new ArrayList<>()).add(counted);
        }
    }

    /** Without faults the two ways of using Lettuce do the same. */
    private static List<Contender> contenders(Load load) {
        return load == Load.SHORT
                ? List.of(Contender.values())
                : List.of(Contender.JEDIS_BATCHING, Contender.JEDIS_POOL, Contender.LETTUCE);
    }

    private static int poppers(Load load, int callers) {
        return load == Load.POP ? callers : 0;
    }

    private List<Figures> of(Contender contender) {
        return Objects.requireNonNull(figures.get(contender));
    }

    private double[] values(Contender contender, ToDoubleFunction<Figures> figure) {
        return of(contender).stream().mapToDouble(figure).toArray();
    }

    /** A table row for each contender, with medians of the rounds and of the rounds' ratios. */
    @Override
    public String toString() {
        StringJoiner rows = new StringJoiner("\n");
        for (Contender contender : figures.keySet()) {
            double[] cpu = values(contender, Figures::clientMicros);
            double[] both = values(contender, Comparison::bothMicros);
            rows.add(
                    String.format(
                            Locale.ROOT,
                            "| %s, %d | `%s` | %,.0f | %.1f | %.1f | %.2f | %.2f | %,.0f |",
                            load,
                            callers,
                            contender,
                            Medians.median(values(contender, Figures::perSecond)),
                            Medians.median(cpu),
                            Medians.median(values(contender, Figures::serverMicros)),
                            Medians.ofQuotients(cpu, values(BASE, Figures::clientMicros)),
                            Medians.ofQuotients(both, values(BASE, Comparison::bothMicros)),
                            Medians.median(values(contender, Figures::bytes))));
        }
        return rows.toString();
    }

    private static double bothMicros(Figures figures) {
        return figures.clientMicros() + figures.serverMicros();
    }
}
