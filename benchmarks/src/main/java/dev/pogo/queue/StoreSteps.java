package dev.pogo.queue;

import dev.pogo.benchmarks.Medians;
import dev.pogo.benchmarks.measure.ServerWatch;
import dev.pogo.benchmarks.measure.Table;
import dev.pogo.benchmarks.measure.Traffic;
import dev.pogo.queue.QueueStore.Reservation;
import dev.pogo.testing.RedisServer;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Measures the steps of a message with few messages and with many: so many are pending, delayed and
 * dead letters at the same time. In this package, because it calls stores, which the API does not
 * offer.
 */
public final class StoreSteps {
    private static final int CALLERS = 64;
    private static final int PAGE = 500;
    private static final int ROOM = 100_000_000;
    private static final byte[] PAYLOAD = new byte[100];
    private static final Duration SOON = Duration.ofMillis(50);
    private static final PushOptions NOW = PushOptions.none();
    private static final PushOptions LATER = NOW.withDelay(Duration.ofHours(1));

    private final QueueStore store;

    /** Null for the memory of this process. */
    private final @Nullable ServerWatch server;

    private final Map<String, List<Double>> nanos = new LinkedHashMap<>();
    private final Map<String, List<Double>> serverMicros = new LinkedHashMap<>();

    private StoreSteps(QueueStore store, @Nullable ServerWatch server) {
        this.store = store;
        this.server = server;
    }

    /** What is measured. */
    private interface Work {
        void run() throws Exception;
    }

    /** What is done for each of some messages. */
    private interface Each<T> {
        void run(T of) throws Exception;
    }

    /**
     * Prints the tables.
     *
     * @param sizes numbers of messages
     * @param rounds how often each size has its turn
     * @param operations how many times each step is done in a turn
     * @throws Exception if something fails
     */
    public static void print(List<Integer> sizes, int rounds, int operations) throws Exception {
        redis(sizes, rounds, operations);
        MemoryBackend memory =
                MemoryBackend.defaults().withMaxMessages(ROOM).withMaxTotalBytes(Integer.MAX_VALUE);
        Map<Integer, StoreSteps> stores = new LinkedHashMap<>();
        for (int size : sizes) {
            MemoryStore store = new MemoryStore("steps", memory, QueueConfig.defaults());
            stores.put(size, new StoreSteps(store, null));
        }
        turns(stores, rounds, 20 * operations);
        System.out.println(
                table(stores, "in memory: µs", steps -> steps.nanos, value -> value / 1e3));
    }

    private static void redis(List<Integer> sizes, int rounds, int operations) throws Exception {
        List<AutoCloseable> opened = new ArrayList<>();
        Map<Integer, StoreSteps> stores = new LinkedHashMap<>();
        try {
            for (int size : sizes) {
                RedisServer server = RedisServer.start();
                opened.add(server);
                ServerWatch watch = new ServerWatch(server.port());
                opened.add(watch);
                RedisBackend backend = RedisBackend.at(server.url()).withMaxMessages(ROOM);
                RedisStore store = new RedisStore("steps", backend, QueueConfig.defaults());
                opened.add(store);
                stores.put(size, new StoreSteps(store, watch));
            }
            turns(stores, rounds, operations);
            System.out.println(
                    table(stores, "Redis' own µs", steps -> steps.serverMicros, value -> value));
            System.out.println(
                    table(
                            stores,
                            "Redis: µs until the reply",
                            steps -> steps.nanos,
                            value -> value / 1e3));
        } finally {
            for (AutoCloseable each : opened.reversed()) {
                each.close();
            }
        }
    }

    private static void turns(Map<Integer, StoreSteps> stores, int rounds, int operations)
            throws Exception {
        for (Map.Entry<Integer, StoreSteps> entry : stores.entrySet()) {
            entry.getValue().fill(entry.getKey());
        }
        for (StoreSteps steps : stores.values()) {
            steps.turn(operations);
            steps.nanos.clear(); // the first turn warms up
            steps.serverMicros.clear();
        }
        for (int round = 0; round < rounds; round++) {
            for (StoreSteps steps : stores.values()) {
                steps.turn(operations);
            }
        }
    }

    private void fill(int size) throws Exception {
        inParallel(numbers(size), i -> store.push(PAYLOAD, NOW));
        for (int dead = 0; dead < size; ) {
            List<Reservation> page = store.reserve(Math.min(PAGE, size - dead), SOON);
            inParallel(page, reserved -> store.fail(reserved.deliveryId(), "filling"));
            dead += page.size();
        }
        inParallel(numbers(size), i -> store.push(PAYLOAD, LATER));
        inParallel(numbers(size), i -> store.push(PAYLOAD, NOW));
    }

    private static List<Integer> numbers(int size) {
        return IntStream.range(0, size).boxed().toList();
    }

    private static <T> void inParallel(List<T> all, Each<T> work) throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                int first = caller;
                running.add(
                        callers.submit(() -> {
                            for (int i = first; i < all.size(); i += CALLERS) {
                                work.run(all.get(i));
                            }
                            return null;
                        }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
    }

    /** Leaves as many messages as there were, but for those that it has delayed. */
    private void turn(int operations) throws Exception {
        measure("push", operations, () -> repeat(operations, () -> store.push(PAYLOAD, NOW)));
        measure(
                "push with delay",
                operations,
                () -> repeat(operations, () -> store.push(PAYLOAD, LATER)));
        measure(
                "reserve and acknowledge",
                operations,
                () ->
                        repeat(
                                operations,
                                () -> store.ack(store.reserve(1, SOON).getFirst().deliveryId())));
        List<Reservation> first = store.reserve(operations, SOON);
        measure(
                "release",
                first.size(),
                () -> {
                    for (Reservation each : first) {
                        store.release(each.deliveryId(), Duration.ZERO, true);
                    }
                });
        List<Reservation> second = store.reserve(operations, SOON);
        measure(
                "fail",
                second.size(),
                () -> {
                    for (Reservation each : second) {
                        store.fail(each.deliveryId(), "it is measured");
                    }
                });
        measure(
                "retry",
                second.size(),
                () -> {
                    for (Reservation each : second) {
                        store.retry(each.id());
                    }
                });
        measure("numbers", operations, () -> repeat(operations, store::numbers));
    }

    private static void repeat(int operations, Work work) throws Exception {
        for (int i = 0; i < operations; i++) {
            work.run();
        }
    }

    private void measure(String step, int operations, Work work) throws Exception {
        double microsBefore = micros();
        long before = System.nanoTime();
        work.run();
        double took = System.nanoTime() - before;
        add(nanos, step, took / operations);
        add(serverMicros, step, (micros() - microsBefore) / operations);
    }

    private static void add(Map<String, List<Double>> values, String step, double value) {
        values.computeIfAbsent(step, key -> new ArrayList<>()).add(value);
    }

    /** What the server has spent on commands that were sent to it. */
    private double micros() {
        if (server == null) {
            return 0;
        }
        Traffic traffic = server.traffic();
        return traffic.calls("evalsha").micros() + traffic.calls("xreadgroup").micros();
    }

    private static Table table(
            Map<Integer, StoreSteps> stores,
            String heading,
            Function<StoreSteps, Map<String, List<Double>>> values,
            ToDoubleFunction<Double> unit) {
        List<String> columns = new ArrayList<>(List.of(heading));
        stores.keySet().forEach(size -> columns.add("%,d messages".formatted(size)));
        Table table = new Table(columns.toArray(String[]::new));
        for (String step : values.apply(stores.values().iterator().next()).keySet()) {
            table.row(
                    step,
                    stores.values().stream()
                            .map(steps -> values.apply(steps).getOrDefault(step, List.of()))
                            .mapToDouble(all -> median(all, unit))
                            .toArray());
        }
        return table;
    }

    private static double median(List<Double> values, ToDoubleFunction<Double> unit) {
        return Medians.median(values.stream().mapToDouble(unit).toArray());
    }
}
