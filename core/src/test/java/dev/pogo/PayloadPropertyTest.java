package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Any JSON-compatible value comes back unchanged, and any bytes are an answer or are refused. */
class PayloadPropertyTest {
    /** A record with every shape inside. */
    record Order(
            String id,
            int count,
            double weight,
            @Nullable Long parent,
            BigDecimal price,
            List<Order> parts,
            Map<String, String> labels) {}

    /** Gives its args. */
    public static final class EchoOrder implements Job<Order, Order> {
        @Override
        public Order handle(Order args) {
            return args;
        }
    }

    /** What happens to the bytes of a good answer: one is changed, or the rest cut off. */
    record Change(int place, byte value, boolean cut) {
        byte[] to(byte[] bytes) {
            if (bytes.length == 0) {
                return bytes;
            }
            int at = place % bytes.length;
            if (cut) {
                return Arrays.copyOf(bytes, at);
            }
            byte[] changed = bytes.clone();
            changed[at] = value;
            return changed;
        }
    }

    @Property
    void plainValue_throughAJob_isUnchanged(@ForAll("values") @Nullable Object value)
            throws InterruptedException {
        assertEquals(value, throughJob(PogoConfig.defaults(), Jobs.Echo.class, value));
    }

    @Property
    void record_throughAJob_isUnchanged(@ForAll("orders") Order order) throws InterruptedException {
        assertEquals(order, throughJob(PogoConfig.defaults(), EchoOrder.class, order));
    }

    @Property
    void record_throughAWorkersText_isUnchanged(@ForAll("orders") Order order)
            throws InterruptedException {
        Worker echo =
                request -> {
                    Object args = WorkerRequest.parse(request.toJson()).args();
                    return WorkerResponse.parse(WorkerResponse.success(args).toJson());
                };
        PogoConfig config =
                PogoConfig.defaults().withPool(PoolConfig.named("default").withWorker(echo));
        assertEquals(order, throughJob(config, EchoOrder.class, order));
    }

    @Property(tries = 5_000)
    void bytes_asAResponse_areAResponseOrRefused(
            @ForAll("responses") WorkerResponse response, @ForAll("changes") List<Change> changes) {
        byte[] bytes = response.toJson();
        for (Change change : changes) {
            bytes = change.to(bytes);
        }
        assertResponseOrRefused(bytes);
    }

    @Property
    void noise_asAResponse_isAResponseOrRefused(@ForAll byte[] noise) {
        assertResponseOrRefused(noise);
    }

    /** Everything else than an InvalidPayloadException fails the property. */
    private static void assertResponseOrRefused(byte[] bytes) {
        try {
            byte[] json = WorkerResponse.parse(bytes).toJson(); // 7e0 is the number 7 from then on
            assertArrayEquals(json, WorkerResponse.parse(json).toJson());
            Statistics.collect("response");
        } catch (InvalidPayloadException e) {
            Statistics.collect("refused");
        }
    }

    private static <T extends @Nullable Object> T throughJob(
            PogoConfig config, Class<? extends Job<T, T>> job, T args) throws InterruptedException {
        try (PogoRuntime runtime = PogoRuntime.start(config);
                PogoScope scope = runtime.open()) {
            return scope.spawn(job, args).await();
        }
    }

    @Provide
    Arbitrary<Object> values() {
        Arbitrary<Object> leaf =
                Arbitraries.<Object>oneOf(
                        Arbitraries.of(true, false),
                        Arbitraries.integers(),
                        Arbitraries.longs().filter(number -> number != number.intValue()),
                        Arbitraries.doubles(),
                        Arbitraries.bigDecimals(),
                        Arbitraries.bigIntegers().map(number -> number.add(BigInteger.TWO.pow(80))),
                        Arbitraries.strings());
        return Arbitraries.recursive(
                () -> leaf.injectNull(0.1),
                inner ->
                        Arbitraries.<Object>oneOf(
                                inner.list().ofMaxSize(5),
                                Arbitraries.maps(Arbitraries.strings(), inner).ofMaxSize(5)),
                0,
                4);
    }

    @Provide
    Arbitrary<Order> orders() {
        return Arbitraries.recursive(
                () -> order(Arbitraries.just(List.of())),
                inner -> order(inner.list().ofMaxSize(3)),
                0,
                3);
    }

    private static Arbitrary<Order> order(Arbitrary<List<Order>> parts) {
        return Combinators.combine(
                        Arbitraries.strings(),
                        Arbitraries.integers(),
                        Arbitraries.doubles().map(number -> number + 0.0), // JSON has one zero
                        Arbitraries.longs().injectNull(0.2),
                        Arbitraries.bigDecimals(),
                        parts,
                        Arbitraries.maps(Arbitraries.strings(), Arbitraries.strings()).ofMaxSize(3))
                .as(Order::new);
    }

    @Provide
    Arbitrary<WorkerResponse> responses() {
        return Arbitraries.oneOf(
                values().map(WorkerResponse::success),
                Arbitraries.strings()
                        .injectNull(0.2)
                        .map(error -> new WorkerResponse(false, null, error)));
    }

    @Provide
    Arbitrary<List<Change>> changes() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 10_000),
                        Arbitraries.oneOf(
                                Arbitraries.bytes(),
                                Arbitraries.of('{', '}', '[', ']', '"', ',', ':', '0', 'e', '-')
                                        .map(one -> (byte) one.charValue())),
                        Arbitraries.integers().between(0, 9).map(one -> one == 0))
                .as(Change::new)
                .list()
                .ofMaxSize(3);
    }
}
