package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Any JSON-compatible value comes back unchanged, and any bytes are an answer or are refused. Run
 * it again with the seed that a failure prints: {@code -Dpogo.payload.seed=…}.
 */
class PayloadRandomTest {
    private static final long SEED = Long.getLong("pogo.payload.seed", System.nanoTime());
    private static final String ON_FAILURE = "-Dpogo.payload.seed=" + SEED;

    private final Random random = new Random(SEED);

    /** A bean with every shape inside. */
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

    @Test
    void plainValues_throughAJob_areUnchanged() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open()) {
            for (int i = 0; i < 5_000; i++) {
                Object value = value(5);
                assertEquals(value, scope.spawn(Jobs.Echo.class, value).await(), () -> ON_FAILURE);
            }
        }
    }

    @Test
    void records_throughAJob_areUnchanged() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open()) {
            for (int i = 0; i < 2_000; i++) {
                Order order = order(3);
                assertEquals(order, scope.spawn(EchoOrder.class, order).await(), () -> ON_FAILURE);
            }
        }
    }

    /** Through text, too, where a fraction is a BigDecimal. */
    @Test
    void records_throughAWorkersText_areUnchanged() throws InterruptedException {
        Worker echo =
                request ->
                        WorkerResponse.parse(
                                WorkerResponse.success(WorkerRequest.parse(request.toJson()).args())
                                        .toJson());
        PogoConfig config =
                PogoConfig.defaults().withPool(PoolConfig.named("default").withWorker(echo));
        try (PogoScope scope = Runtimes.start(config).open()) {
            for (int i = 0; i < 2_000; i++) {
                Order order = order(3);
                assertEquals(order, scope.spawn(EchoOrder.class, order).await(), () -> ON_FAILURE);
            }
        }
    }

    @Test
    void bytes_asAResponse_areAResponseOrRefused() {
        int good = 0;
        int refused = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = bytes();
            try {
                WorkerResponse response = WorkerResponse.parse(bytes);
                byte[] json = response.toJson(); // 7e0 is the number 7 from then on
                assertArrayEquals(json, WorkerResponse.parse(json).toJson(), () -> ON_FAILURE);
                good++;
            } catch (InvalidPayloadException e) {
                refused++;
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError(
                        ON_FAILURE + ": " + new String(bytes, StandardCharsets.UTF_8), e);
            }
        }
        assertTrue(good > 1_000 && refused > 1_000, good + " good, " + refused + " refused");
    }

    /** Good responses, most of them with some bytes changed, cut or repeated; and plain noise. */
    private byte[] bytes() {
        if (random.nextInt(10) == 0) {
            byte[] noise = new byte[random.nextInt(40)];
            random.nextBytes(noise);
            return noise;
        }
        WorkerResponse response =
                random.nextInt(4) == 0
                        ? new WorkerResponse(false, null, random.nextBoolean() ? null : text())
                        : WorkerResponse.success(value(3));
        byte[] bytes = response.toJson();
        for (int changes = random.nextInt(4); changes > 0 && bytes.length > 0; changes--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(3)) {
                case 0 ->
                        bytes[at] = (byte) "{}[]\",:0eE-.tfn \\u\u00ff".charAt(random.nextInt(19));
                case 1 -> bytes = java.util.Arrays.copyOf(bytes, at);
                default -> bytes[at] = (byte) random.nextInt(256);
            }
        }
        return bytes;
    }

    private Order order(int depth) {
        List<Order> parts = new ArrayList<>();
        for (int i = random.nextInt(depth == 0 ? 1 : 3); i > 0; i--) {
            parts.add(order(depth - 1));
        }
        Map<String, String> labels = new LinkedHashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            labels.put(text(), text());
        }
        return new Order(
                text(),
                random.nextInt(),
                random.nextGaussian() * Math.pow(10, random.nextInt(-300, 300)),
                random.nextBoolean() ? null : random.nextLong(),
                new BigDecimal(new BigInteger(200, random), random.nextInt(-20, 40)),
                parts,
                labels);
    }

    private @Nullable Object value(int depth) {
        return switch (random.nextInt(depth == 0 ? 8 : 10)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> random.nextInt();
            case 3 -> random.nextLong() | (1L << 40); // an int would stay one
            case 4 -> random.nextGaussian() * Math.pow(10, random.nextInt(-300, 300));
            case 5 -> new BigDecimal(new BigInteger(100, random), random.nextInt(0, 40));
            case 6 -> new BigInteger(100, random).setBit(101);
            case 7 -> text();
            case 8 -> {
                List<@Nullable Object> list = new ArrayList<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    list.add(value(depth - 1));
                }
                yield list;
            }
            default -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    map.put(text(), value(depth - 1));
                }
                yield map;
            }
        };
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
            switch (random.nextInt(4)) {
                case 0 -> text.appendCodePoint(0x1F600 + random.nextInt(40));
                case 1 -> text.append("\"\\/\b\f\n\r\t\u0000\u2028".charAt(random.nextInt(10)));
                default -> text.append((char) ('a' + random.nextInt(26)));
            }
        }
        return text.toString();
    }
}
